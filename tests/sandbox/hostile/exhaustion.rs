//! What it takes.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use serde_json::Value;
use stocktake_runtime::Limits;
use stocktake_runtime::limits::SandboxLimits;
use stocktake_tests::hostile::{self, Cage};
use stocktake_tests::server::{self, MARKED_PASSWORD, Server};

use super::{CAGE, HURRIED, assert_refused};

/// A server without TLS at this address.
fn plain(listener: &TcpListener) -> Server {
    let address = listener.local_addr().expect("an address");
    Server {
        url: format!("http://{address}"),
        username: "reader".to_owned(),
        password: MARKED_PASSWORD.to_owned(),
        ca_file: None,
        preferred_version: "7.0-8.x",
    }
}

#[test]
fn a_guest_that_never_ends_is_ended_and_the_next_one_runs() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    for (behaviour, outcome) in [
        ("spins-for-ever", "ended by force"),
        ("sleeps-for-ever", "ended by force"),
        ("waits-for-a-silent-server", "it has cleaned up"),
    ] {
        let begun = Instant::now();
        let ran = HURRIED.run(&plain(&silent), behaviour);
        assert_refused(behaviour, &ran, "PLUGIN_TIMEOUT");
        let message = &ran.outcome.errors[0].message;
        assert!(message.contains(outcome), "{behaviour}: {message}");
        let wall = ran.outcome.usage.wall;
        assert!(wall.used >= wall.allowed, "{behaviour}: {wall:?}");
        assert!(begun.elapsed().as_secs() < 5, "{behaviour}");
        let after = HURRIED.run_in_the_know(&plain(&silent), "honest");
        assert!(after.outcome.proof().is_some(), "after {behaviour}");
    }
}

#[test]
fn a_guest_that_hoards_is_ended_at_its_budget() {
    let simulated = server::simulator(&[]);
    for (behaviour, budget, allowed) in [
        ("hogs-memory", "memory", 320_u64 << 20),
        ("hoards-handles-of-the-host", "handles", 500),
        ("hoards-handles-of-its-own", "handles", 500),
    ] {
        let ran = CAGE.run(&simulated.server, behaviour);
        assert_refused(behaviour, &ran, "PLUGIN_BUDGET_EXCEEDED");
        let context = ran.outcome.errors[0]
            .redacted_context
            .clone()
            .expect("facts");
        assert_eq!(context["budget"], budget, "{behaviour}");
        assert_eq!(context["allowed"], allowed, "{behaviour}");
        assert!(context["used"].as_u64() > Some(allowed), "{behaviour}");
        let after = CAGE.run(&simulated.server, "honest");
        assert!(after.outcome.proof().is_some(), "after {behaviour}");
    }
    simulated.assert_clean();
}

#[test]
fn a_guest_that_opens_bodies_and_leaves_them_is_stopped_by_name() {
    let simulated = server::simulator(&[]);
    let behaviour = "opens-bodies-and-leaves-them";
    let request = hostile::request(&simulated.server, behaviour);
    let mut limits = Limits::default();
    limits.network.in_flight = 3;
    // For so long it is waited for that one of them ends.
    limits.network.first_byte = Duration::from_secs(1);
    let policy = hostile::policy(&simulated.server, &request).within(limits);
    let ran = CAGE.run_under(&request, &policy);
    assert_refused(behaviour, &ran, "PLUGIN_BUDGET_EXCEEDED");
    let context = ran.outcome.errors[0].redacted_context.as_ref();
    let context = context.expect("facts");
    assert_eq!(context["budget"], "exchanges in flight");
    assert_eq!(
        (&context["used"], &context["allowed"]),
        (&4.into(), &3.into())
    );
    let after = CAGE.run(&simulated.server, "honest");
    assert!(
        after.outcome.proof().is_some(),
        "{:?}",
        after.outcome.errors
    );
    simulated.assert_clean();
}

// BY-8
#[test]
fn a_guest_that_floods_ids_is_ended_at_the_budget_of_the_hosts_memory() {
    let simulated = server::simulator(&[]);
    let mut limits = SandboxLimits::default();
    limits.host_bytes = 4 << 20;
    let ran = Cage::new(limits).run(&simulated.server, "floods-ids");
    assert_refused("floods-ids", &ran, "PLUGIN_BUDGET_EXCEEDED");
    let context = ran.outcome.errors[0].redacted_context.as_ref();
    let context = context.expect("facts");
    assert_eq!(context["budget"], "host memory");
    assert_eq!(context["allowed"], 4 << 20);
    assert!(context["used"].as_u64() > Some(4 << 20), "{context:?}");
    let kept = &ran.document()["stats"]["usage"]["host_bytes"];
    assert_eq!(kept["allowed"], 4 << 20);
    assert_eq!(kept["used"], context["used"]);
    // It was ended within a page of the budget, not when everything was taken.
    assert!(ran.outcome.usage.pages.used < 20, "{:?}", ran.outcome.usage);
}

#[test]
fn a_warning_of_16_mib_is_refused_before_it_is_searched_or_kept() {
    let simulated = server::simulator(&[]);
    let ran = CAGE.run_in_the_know(&simulated.server, "warns-of-16-mib");
    assert_refused("warns-of-16-mib", &ran, "PLUGIN_RESPONSE_INVALID");
    let message = &ran.outcome.errors[0].message;
    assert!(message.contains("65536 are allowed"), "{message}");
    assert!(ran.outcome.warnings.is_empty());
    simulated.assert_clean();
}

#[test]
fn a_guest_that_floods_its_server_is_stopped_at_the_budget_of_the_run() {
    let simulated = server::simulator(&[]);
    let request = hostile::request(&simulated.server, "floods-requests");
    let mut limits = Limits::default();
    limits.network.requests = 20;
    let policy = hostile::policy(&simulated.server, &request).within(limits);
    let ran = CAGE.run_under(&request, &policy);
    let codes = ran.codes();
    assert!(
        codes.iter().all(|code| [
            "PLUGIN_BUDGET_EXCEEDED",
            "EGRESS_DENIED",
            "VCENTER_NETWORK_ERROR"
        ]
        .contains(code)),
        "{codes:?}"
    );
    assert!(ran.outcome.proof().is_none());
    // The logout is the host's: it is never over budget.
    assert!(simulated.simulator.counters().requests <= 20 + 1);
    simulated.assert_clean();
}

// BY-8
#[test]
fn what_was_used_is_reported_beside_what_was_allowed() {
    let simulated = server::simulator(&[]);
    let usage = CAGE.run(&simulated.server, "honest").document()["stats"]["usage"].clone();
    let used = |name: &str| usage[name]["used"].as_u64();
    assert_eq!(used("pages"), Some(1), "{usage}");
    assert_eq!(used("page_bytes"), used("output_bytes"), "{usage}");
    assert!(used("memory_bytes") >= Some(1 << 16), "{usage}");
    for (name, budget) in usage.as_object().expect("an object") {
        let [used, allowed] =
            ["used", "allowed"].map(|side| budget.get(side).and_then(Value::as_u64));
        assert!(used.is_some() && used <= allowed, "{name}: {budget}");
    }
    let hoard = CAGE.run(&simulated.server, "hoards-handles-of-the-host");
    let handles = hoard.outcome.usage.handles;
    assert!(handles.used > 400 && handles.allowed == 500, "{handles:?}");
}
