//! Pages: all of them, or an error.

use stocktake_simulator::{Fault, Simulator};
use stocktake_tests::answer::{collect, under};
use stocktake_tests::server;

/// PC-8: pages of the requested size until there is no token.
#[test]
fn three_pages_and_a_drained_token_are_a_whole_list() {
    let simulated = server::simulator(&[]);
    let answer = collect(
        &simulated.server,
        &["--mode", "collect_vms", "--page-size", "20", "--evidence"],
    );
    answer.assert_complete();
    let evidence = answer.evidence();
    assert_eq!(evidence["pages"], 3, "{evidence}");
    assert_eq!(evidence["continue_calls"], 2, "{evidence}");
    assert_eq!(evidence["drained"], true, "{evidence}");
    simulated.assert_clean();
}

#[test]
fn a_token_that_is_never_drained_is_an_incomplete_list() {
    let (simulated, answer) = under(
        Fault::DyingToken,
        &["--mode", "collect_vms", "--page-size", "7"],
    );
    assert_eq!(answer.errors(), ["INVENTORY_INCOMPLETE"]);
    assert!(answer.assets("vm").count() > 0, "what was read is kept");
    simulated.assert_clean();
}

/// Its token may be used up, so it cannot be requested again; the listing can.
#[test]
fn a_page_that_is_lost_on_the_network_begins_the_listing_anew_once() {
    let sound = server::simulator(&[]);
    for arguments in [
        &["--mode", "collect"][..],
        &["--credentials-to-guest"],
        &["--scope-datacenter", "DC01 Berlin"],
    ] {
        let arguments = [arguments, &["--page-size", "7", "--evidence"]].concat();
        let whole = collect(&sound.server, &arguments);
        let (simulated, answer) = under(Fault::ResetOnContinue, &arguments);
        answer.assert_complete();
        assert_eq!(answer.evidence()["restarts"], 1, "{arguments:?}");
        assert_eq!(answer.evidence()["logins"], 1, "{arguments:?}");
        assert_eq!(answer.ids(), whole.ids(), "{arguments:?}");
        simulated.assert_clean();
    }
}

#[test]
fn a_page_that_is_lost_again_is_an_incomplete_list() {
    let (simulated, answer) = under(
        Fault::CutOnContinue,
        &["--mode", "collect_vms", "--page-size", "7", "--evidence"],
    );
    assert_eq!(answer.errors(), ["VCENTER_NETWORK_ERROR"]);
    assert_eq!(answer.evidence()["restarts"], 1);
    assert!(answer.assets("vm").count() > 0, "what was read is kept");
    // The server has forgotten none by itself.
    assert!(simulated.simulator.counters().cancel_calls > 0);
    simulated.assert_clean();
}

/// BY-4: an account without System.Read on the root folder is refused further
/// pages; the announced objects are then read by name.
#[test]
fn continue_refused_with_no_permission_degrades_and_stays_whole() {
    let whole = collect(&server::simulator(&[]).server, &[]);
    for arguments in [
        &["--page-size", "7"][..],
        &["--page-size", "1"],
        &["--page-size", "7", "--mode", "collect"],
    ] {
        let (simulated, answer) = under(Fault::ContinueRefused, arguments);
        answer.assert_complete();
        assert_eq!(answer.warning_codes(), ["VCENTER_CONTINUE_REFUSED"]);
        let context = &answer.warnings()[0]["redacted_context"];
        assert_eq!(context["privilege"], "System.Read");
        assert_eq!(answer.ids(), whole.ids(), "{arguments:?}");
        let counters = simulated.simulator.counters();
        assert!(counters.tokens_open == 0, "{counters:?}");
        simulated.assert_clean();
    }
}

#[test]
fn managed_object_not_found_on_page_2_costs_the_one_object_that_is_gone() {
    let (simulated, answer) = under(Fault::GoneOnContinue, &["--page-size", "7"]);
    answer.assert_complete();
    let gone = simulated.simulator.victim(Fault::GoneOnContinue);
    let gone = gone.expect("a victim");
    assert_eq!(answer.warning_codes(), ["VCENTER_OBJECT_VANISHED"]);
    assert_eq!(
        answer.warnings()[0]["redacted_context"]["external_id"],
        gone.as_str()
    );
    assert_eq!(answer.asset("vm", &gone), None);
    simulated.assert_clean();
}

#[test]
fn a_huge_single_response_is_handed_over_in_parts() {
    let simulated = server::start(
        Simulator::builder()
            .vms(3000)
            .hosts(40)
            .clusters(4)
            .fault(Fault::SinglePage),
    );
    let answer = collect(&simulated.server, &["--page-size", "100", "--evidence"]);
    answer.assert_complete();
    assert_eq!(answer.evidence()["continue_calls"], 0);
    assert!(answer.assets("vm").count() > 2900);
    simulated.assert_clean();
}

#[test]
fn an_object_on_two_pages_is_emitted_once() {
    let whole = collect(&server::simulator(&[]).server, &[]);
    let (simulated, answer) = under(Fault::DuplicateObjects, &["--page-size", "7"]);
    answer.assert_complete();
    assert_eq!(answer.ids(), whole.ids());
    simulated.assert_clean();
}

#[test]
fn a_server_that_does_not_know_an_option_is_asked_without_it() {
    let whole = collect(&server::simulator(&[]).server, &[]);
    let (simulated, answer) = under(Fault::UnknownOption, &[]);
    answer.assert_complete();
    assert_eq!(answer.0, whole.0);
    simulated.assert_clean();
}

/// BY-7: the page size changes nothing but the number of calls.
#[test]
fn the_same_inventory_gives_the_same_bytes_whatever_the_page_size() {
    let simulated = server::simulator(&[]);
    let whole = collect(&simulated.server, &[]);
    for size in ["1", "7", "48"] {
        let answer = collect(&simulated.server, &["--page-size", size]);
        assert_eq!(answer, whole, "{size}");
    }
    simulated.assert_clean();
}

/// PC-11: the slow crawl reads the same, one call per object.
#[test]
fn one_call_per_object_reads_the_same_inventory() {
    let simulated = server::simulator(&[]);
    let whole = collect(&simulated.server, &[]);
    let before = simulated.simulator.counters().requests;
    let answer = collect(&simulated.server, &["--strategy", "per_object"]);
    answer.assert_complete();
    assert_eq!(answer.ids(), whole.ids());
    let calls = simulated.simulator.counters().requests - before;
    assert!(calls > whole.ids().len() as u64, "{calls}");
    for relation in ["runs_on", "hosts_vm", "member_of"] {
        let sorted = |answer: &stocktake_tests::answer::Answer| {
            let mut relations = answer.relations(relation);
            relations.sort_unstable();
            format!("{relations:?}")
        };
        assert_eq!(sorted(&answer), sorted(&whole), "{relation}");
    }
    simulated.assert_clean();
}
