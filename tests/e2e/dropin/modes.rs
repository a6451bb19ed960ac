//! Valid requests.

use serde_json::Value;
use stocktake_contract::request::Mode;
use stocktake_simulator::Fault;
use stocktake_tests::request;
use stocktake_tests::server::{self, MARK, Server};
use stocktake_tests::vcsim::{Size, Vcsim};

use super::ingest::Ingest;
use super::ledger::{Ledger, Ran};

fn ask(server: &Server, request: &Value) -> (Ran, Ingest) {
    let ran = Ledger::trusting(server).run(request.to_string().as_bytes());
    let mode = request["request"]["mode"].as_str().expect("a mode");
    let ingest = Ingest::of(&ran, mode).unwrap_or_else(|broken| panic!("{mode}: {broken}"));
    assert!(!ran.text.contains(MARK) && !ran.stderr.contains(MARK));
    (ran, ingest)
}

/// Kinds and relations of each mode, where there are `all` of VMs, hosts, clusters, hosts in clusters.
fn assert_each_mode_is_believed(server: &Server, all: [u64; 4]) {
    let [vms, hosts, clusters, members] = all;
    for mode in Mode::ALL {
        let (_, ingest) = ask(server, &request::to(server, mode.as_str()));
        assert_eq!(ingest.codes(), [""; 0], "{mode}");
        assert_eq!(ingest.stores, mode.collects(), "{mode}");
        let or_none = |is_asked: bool, count| if is_asked { count } else { 0 };
        let placed = or_none(mode.collects_vms(), 2 * vms);
        let found = ["vm", "host", "cluster"].map(|kind| ingest.count(kind));
        let expected = [
            or_none(mode.collects_vms(), vms),
            or_none(mode.collects_hosts(), hosts),
            or_none(mode.collects_hosts(), clusters),
        ];
        assert_eq!(found, expected, "{mode}");
        assert_eq!(
            ingest.document["stats"]["relations"],
            placed + or_none(mode.collects_hosts(), members),
            "{mode}"
        );
        let detects = mode.collects() || mode == Mode::Detect;
        assert_eq!(ingest.document["detect"].is_object(), detects, "{mode}");
        let extensions = ["evidence", "usage"].map(|key| ingest.document["stats"].get(key));
        assert_eq!(extensions, [None, None], "only when asked for");
    }
}

#[test]
fn a_ledger_believes_each_mode_of_the_simulator_and_stores_what_is_an_inventory() {
    let simulated = server::simulator(&[]);
    let totals = simulated.simulator.totals();
    let members = totals.hosts - totals.standalone_hosts;
    let all = [totals.vms, totals.hosts, totals.clusters, members].map(u64::from);
    assert_each_mode_is_believed(&simulated.server, all);
    simulated.assert_clean();
}

#[test]
fn a_ledger_believes_each_mode_of_vcsim_and_stores_what_is_an_inventory() {
    let vcsim = Vcsim::start(Size {
        datacenters: 1,
        clusters: 2,
        hosts: 3,
        vms: 4,
    });
    let (vms, hosts, clusters) = vcsim.counts();
    assert_each_mode_is_believed(&vcsim.server, [vms, hosts, clusters, hosts - 1]);
}

/// The text is decoded in chunks that split characters, and contains no multi-byte character.
#[test]
fn names_of_every_script_survive_a_ledger_that_decodes_chunk_by_chunk() {
    let simulated = server::simulator(&[Fault::OddNames]);
    let (_, ingest) = ask(
        &simulated.server,
        &request::to(&simulated.server, "collect"),
    );
    let assets = ingest.document["assets"].as_array().expect("assets");
    let captions: Vec<&str> = assets
        .iter()
        .filter_map(|asset| asset["normalized"]["identity"]["caption"].as_str())
        .collect();
    assert!(captions.iter().any(|caption| !caption.is_ascii()));
}

#[test]
fn the_evidence_is_in_the_response_when_asked_for() {
    let simulated = server::simulator(&[]);
    let asked = request::with(request::to(&simulated.server, "collect"), "evidence", true);
    let (_, ingest) = ask(&simulated.server, &asked);
    let evidence = &ingest.document["stats"]["evidence"];
    assert_eq!(evidence["drained"], true);
    assert_eq!(evidence["kinds"][0]["kind"], "vm");
    assert_eq!(
        evidence["kinds"][0]["announced"],
        evidence["kinds"][0]["returned"]
    );
}

/// The inventory of a ledger is not replaced by an incomplete one.
#[test]
fn a_list_that_is_not_whole_is_answered_in_part_and_not_stored() {
    for fault in [
        Fault::WithholdVm,
        Fault::ShortList,
        Fault::DyingToken,
        Fault::ProxyHtml,
        Fault::CutConnection,
    ] {
        let simulated = server::simulator(&[fault]);
        let asked = request::with(request::to(&simulated.server, "collect"), "page_size", 7);
        let (ran, ingest) = ask(&simulated.server, &asked);
        assert_eq!(ran.code(), Some(1), "{fault}");
        assert!(!ingest.stores && !ingest.codes().is_empty(), "{fault}");
        simulated.assert_clean();
    }
}

#[test]
fn a_wrong_password_fails_with_its_code_and_leaves_no_session() {
    let simulated = server::simulator(&[]);
    let mut asked = request::to(&simulated.server, "collect");
    asked["source"]["credential"]["password"] = format!("wrong-{MARK}").into();
    let (ran, ingest) = ask(&simulated.server, &asked);
    assert_eq!(ran.code(), Some(1));
    assert_eq!(ingest.codes(), ["VCENTER_AUTH_FAILED"]);
    simulated.assert_clean();
}
