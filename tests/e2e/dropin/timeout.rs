//! Plugins that take too long. A ledger sends SIGTERM after five minutes, and then
//! SIGKILL; here with a shorter timeout.

use std::fs;
use std::time::Duration;

use stocktake_simulator::Fault;
use stocktake_tests::request;
use stocktake_tests::server::{self, MARK, Simulated};

use super::ingest::Ingest;
use super::ledger::{Ledger, Running};

const SIGTERM: i32 = 15;
const SIGKILL: i32 = 9;

/// A plugin in the middle of a listing that never ends.
fn stalled(simulated: &Simulated) -> Running {
    let asked = request::with(request::to(&simulated.server, "collect"), "page_size", 7);
    let mut running = Ledger::trusting(&simulated.server).spawn();
    running.write(asked.to_string().as_bytes());
    running.close();
    while simulated.simulator.counters().views_open == 0 {
        assert!(!running.is_over(), "it ended before it listed anything");
        std::thread::yield_now();
    }
    running
}

#[test]
fn a_plugin_that_is_told_to_end_answers_that_nothing_is_to_be_stored_and_leaves_no_session() {
    let simulated = server::simulator(&[Fault::SlowDrip]);
    let ran = stalled(&simulated).end_within(Duration::ZERO);
    let ingest = Ingest::of(&ran, "collect").expect("a sound answer");
    assert_eq!(ran.code(), Some(1));
    assert!(!ingest.stores);
    assert_eq!(ingest.codes()[0], "INVENTORY_INCOMPLETE");
    assert!(!ran.text.contains(MARK) && !ran.stderr.contains(MARK));
    simulated.assert_clean();
}

/// Its own limit is below that of the ledger, as it is with five minutes.
#[test]
fn a_plugin_over_its_own_limit_says_so_and_leaves_no_session() {
    let simulated = server::simulator(&[Fault::SlowDrip]);
    let folder = tempfile::tempdir().expect("a folder");
    let policy = folder.path().join("policy.toml");
    fs::write(&policy, "[sandbox]\nwall_seconds = 1\n").expect("written");
    let asked = request::with(request::to(&simulated.server, "collect"), "page_size", 7);
    let ran = Ledger::trusting(&simulated.server)
        .with("STOCKTAKE_POLICY", &policy)
        .run(asked.to_string().as_bytes());
    let ingest = Ingest::of(&ran, "collect").expect("a sound answer");
    assert_eq!(ran.code(), Some(1));
    assert!(!ingest.stores);
    assert_eq!(ingest.codes()[0], "PLUGIN_TIMEOUT");
    assert_eq!(ingest.document["errors"][0]["retryable"], true);
    simulated.assert_clean();
}

/// It cannot log out any more; the session expires on the server. The ledger must reject the output.
#[test]
fn a_plugin_that_is_killed_is_not_listened_to() {
    let simulated = server::simulator(&[Fault::SlowDrip]);
    let ran = stalled(&simulated).kill();
    assert_eq!(ran.signal(), Some(SIGKILL));
    let broken = Ingest::of(&ran, "collect").expect_err("half an answer");
    assert_eq!(broken, "it was ended by a signal");
}

#[test]
fn a_plugin_whose_stdin_is_never_closed_waits_and_has_asked_for_nothing() {
    let simulated = server::simulator(&[]);
    let mut running = Ledger::trusting(&simulated.server).spawn();
    let asked = request::to(&simulated.server, "collect").to_string();
    // A valid request that is complete only at its end.
    running.write(asked.as_bytes());
    let ran = running.end_within(Duration::ZERO);
    assert_eq!(ran.signal(), Some(SIGTERM));
    assert_eq!(ran.text, "");
    assert_eq!(simulated.simulator.counters().connections, 0);
}
