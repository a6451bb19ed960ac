use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use super::{Breaker, Permit};
use crate::gateway::Authority;
use crate::resilience::circuit::Circuit;
use crate::resilience::store::{DirectoryStore, MemoryStore, Store};
use crate::resilience::verdict::Verdict;
use crate::testing::log::events;

const LONGEST: Duration = Duration::from_secs(310);

/// A breaker, and the seconds that its clock shows.
fn breaker(store: Arc<dyn Store>) -> (Breaker, Arc<AtomicU64>) {
    let seconds = Arc::new(AtomicU64::new(1_790_000_000));
    let clock = seconds.clone();
    let now = move || SystemTime::UNIX_EPOCH + Duration::from_secs(clock.load(Ordering::Relaxed));
    (Breaker::new(store).with_clock(now), seconds)
}

fn endpoint() -> Authority {
    Authority::from_url("https://vc.lan").expect("a URL")
}

fn failed() -> Verdict {
    Verdict::Failed {
        reason: "it is down".to_owned(),
    }
}

fn permit(breaker: &Breaker) -> Permit {
    breaker.admit(&endpoint(), LONGEST).expect("let through")
}

fn fail(breaker: &Breaker, times: u32) {
    for _ in 0..times {
        permit(breaker).report(&failed());
    }
}

#[test]
fn breakers_of_one_store_share_what_they_know() {
    let folder = tempfile::tempdir().expect("a folder");
    let open = || Arc::new(DirectoryStore::open(folder.path()).expect("a store"));
    let (one, other) = (breaker(open()).0, breaker(open()).0);
    fail(&one, 2);
    fail(&other, 3);
    for breaker in [&one, &other] {
        let refusal = breaker.admit(&endpoint(), LONGEST).expect_err("refused");
        assert_eq!(refusal.retry_after, Duration::from_secs(30));
        assert_eq!(refusal.reason, "it is down");
    }
    let elsewhere = Authority::from_url("https://other.lan").expect("a URL");
    assert!(one.admit(&elsewhere, LONGEST).is_ok());
}

/// As when its process is killed: it neither reports nor is dropped.
#[test]
fn a_killed_probe_is_given_up_within_a_minute_and_one_that_lives_is_not() {
    const LEASE: Duration = crate::execution::LEASE;
    let folder = tempfile::tempdir().expect("a folder");
    let store = Arc::new(DirectoryStore::open(folder.path()).expect("a store"));
    let (breaker, seconds) = breaker(store);
    let wait = |time: Duration| seconds.fetch_add(time.as_secs(), Ordering::Relaxed);
    fail(&breaker, 5);
    wait(Duration::from_secs(30));
    let probe = breaker.admit(&endpoint(), LEASE).expect("let through");
    let heartbeat = probe.heartbeat().expect("others wait for it");
    // It lives for longer than any lease.
    for _ in 0..30 {
        wait(crate::execution::BEAT);
        heartbeat.beat(LEASE);
        assert!(breaker.admit(&endpoint(), LEASE).is_err());
    }
    std::mem::forget(probe);
    let refusal = breaker.admit(&endpoint(), LEASE).expect_err("refused");
    assert!(refusal.retry_after < Duration::from_secs(60), "{refusal:?}");
    wait(refusal.retry_after);
    let next = breaker.admit(&endpoint(), LEASE).expect("let through");
    // The killed one comes back after all.
    heartbeat.beat(LEASE * 100);
    next.report(&Verdict::Answered);
    assert!(breaker.admit(&endpoint(), LEASE).is_ok());
}

#[test]
fn a_run_that_is_dropped_counts_for_nothing_and_a_dropped_probe_is_replaced() {
    let (breaker, seconds) = breaker(Arc::new(MemoryStore::default()));
    fail(&breaker, 4);
    drop(permit(&breaker));
    fail(&breaker, 1);
    seconds.fetch_add(30, Ordering::Relaxed);
    drop(permit(&breaker));
    permit(&breaker).report(&Verdict::Answered);
    permit(&breaker).report(&Verdict::Answered);
}

#[test]
fn every_change_and_every_refusal_is_an_event() {
    let (breaker, seconds) = breaker(Arc::new(MemoryStore::default()));
    let events = events(|| {
        fail(&breaker, 5);
        breaker.admit(&endpoint(), LONGEST).expect_err("refused");
        seconds.fetch_add(30, Ordering::Relaxed);
        fail(&breaker, 1);
        seconds.fetch_add(60, Ordering::Relaxed);
        permit(&breaker).report(&Verdict::Answered);
    });
    let to = "endpoint=https://vc.lan:443";
    let expected = [
        format!("WARN breaker opened {to} cooldown_seconds=30 reason=\"it is down\""),
        format!(
            "INFO breaker refused a run {to} half_open=false retry_after_seconds=30 reason=\"it is down\""
        ),
        format!("INFO breaker half-open: this run is the probe {to}"),
        format!("WARN breaker reopened {to} cooldown_seconds=60 reason=\"it is down\""),
        format!("INFO breaker half-open: this run is the probe {to}"),
        format!("INFO breaker closed {to}"),
    ];
    assert_eq!(events, expected);
}

#[test]
fn a_store_that_fails_stops_no_run() {
    #[derive(Debug)]
    struct Broken;
    impl Store for Broken {
        fn update(&self, _: &Authority, _: &mut dyn FnMut(&mut Circuit)) -> io::Result<()> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn circuits(&self) -> io::Result<Vec<(Authority, Circuit)>> {
            Err(io::ErrorKind::StorageFull.into())
        }
    }
    let (breaker, _) = breaker(Arc::new(Broken));
    let events = events(|| fail(&breaker, 9));
    assert_eq!(events.len(), 9, "a warning for each: {events:?}");
}
