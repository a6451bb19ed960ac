//! Every way in which a run ends before its time.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use stocktake_runtime::gateway::Trust;
use stocktake_runtime::limits::SandboxLimits;
use stocktake_runtime::validation::Asset;
use stocktake_runtime::{Outcome, Policy, Runtime, Writer};
use stocktake_simulator::{Fault, Simulator};
use stocktake_tests::request;
use stocktake_tests::server::{self, Simulated};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

struct Nothing;

impl Writer for Nothing {
    fn asset(&mut self, _: &Asset<'_>) -> io::Result<()> {
        Ok(())
    }
    fn finish(&mut self, _: &Outcome) -> io::Result<()> {
        Ok(())
    }
}

/// What ends a run.
#[derive(Clone, Copy, PartialEq)]
enum Ending {
    /// It ends by itself, or by its limits.
    Own,
    /// Its caller cancels it after a page.
    Cancelled,
    /// Its caller drops it after a page.
    Dropped,
}

/// Collects; `None` when no caller waited for the outcome.
fn collect(simulated: &Simulated, limits: SandboxLimits, ending: Ending) -> Option<Outcome> {
    let server = &simulated.server;
    let request = request::with(request::to(server, "collect"), "page_size", 7);
    let request = request::parsed(&request);
    let ca_file = server.ca_file.as_ref().expect("a CA");
    let trust = Trust::ca_file(ca_file).expect("a CA");
    let mut policy = Policy::for_request(&request).trusting(trust);
    policy.limits.sandbox = limits;
    let executor = tokio::runtime::Runtime::new().expect("threads");
    let runtime = Runtime::new().expect("an engine");
    let component = stocktake_vcenter_artifact::COMPONENT;
    let collector = runtime.load(component).expect("the built-in component");
    executor.block_on(async {
        let (cancel, page) = (CancellationToken::new(), Arc::new(Notify::new()));
        let progress = {
            let (cancel, page) = (cancel.clone(), page.clone());
            move |_| {
                page.notify_one();
                if ending == Ending::Cancelled {
                    cancel.cancel();
                }
            }
        };
        let run = stocktake_runtime::run(&collector, &request, &policy, Nothing, progress, &cancel);
        if ending != Ending::Dropped {
            return Some(run.await.0);
        }
        tokio::select! {
            _ = run => panic!("it ended before it was dropped"),
            () = page.notified() => {}
        }
        let begun = Instant::now();
        while simulated.simulator.counters().sessions_open > 0 {
            assert!(
                begun.elapsed() < Duration::from_secs(10),
                "the session stays open"
            );
            tokio::task::yield_now().await;
        }
        None
    })
}

fn assert_left_clean(simulated: &Simulated) {
    let counters = simulated.simulator.counters();
    assert_eq!((counters.logins, counters.logouts), (1, 1), "{counters:?}");
    assert!(
        counters.views_created > 0,
        "it ended too early: {counters:?}"
    );
    simulated.assert_clean();
}

fn codes(outcome: &Outcome) -> Vec<&'static str> {
    outcome
        .errors
        .iter()
        .map(|error| error.code.as_str())
        .collect()
}

#[test]
fn a_guest_that_traps_leaves_nothing_on_the_server() {
    let builder = Simulator::builder().vms(40).hosts(6).clusters(2);
    let simulated = server::start(builder.fault(Fault::ManyDisks));
    // Enough to begin with, and too little for the VM with thousands of disks.
    let mut limits = SandboxLimits::default();
    limits.memory_bytes = 5 << 20;
    let outcome = collect(&simulated, limits, Ending::Own).expect("an outcome");
    assert_eq!(codes(&outcome), ["PLUGIN_BUDGET_EXCEEDED"]);
    assert!(outcome.evidence.is_none(), "it was not asked any more");
    assert_left_clean(&simulated);
}

#[test]
fn a_run_over_its_time_leaves_nothing_on_the_server() {
    let simulated = server::simulator(&[Fault::SlowDrip]);
    let mut limits = SandboxLimits::default();
    limits.wall = Duration::from_millis(700);
    let outcome = collect(&simulated, limits, Ending::Own).expect("an outcome");
    assert_eq!(codes(&outcome).first(), Some(&"PLUGIN_TIMEOUT"));
    assert_left_clean(&simulated);
}

#[test]
fn a_cancelled_run_leaves_nothing_on_the_server() {
    let simulated = server::simulator(&[Fault::SlowDrip]);
    let outcome = collect(&simulated, SandboxLimits::default(), Ending::Cancelled);
    let outcome = outcome.expect("an outcome");
    assert_eq!(codes(&outcome).first(), Some(&"INVENTORY_INCOMPLETE"));
    assert_left_clean(&simulated);
}

/// The guest has no time at all to clean up; the host's logout ends what it began.
#[test]
fn a_guest_ended_by_force_leaves_nothing_on_the_server() {
    let simulated = server::simulator(&[Fault::SlowDrip]);
    let mut limits = SandboxLimits::default();
    limits.grace = Duration::ZERO;
    let outcome = collect(&simulated, limits, Ending::Cancelled).expect("an outcome");
    assert!(outcome.proof().is_none());
    assert_left_clean(&simulated);
}

#[test]
fn a_run_that_nobody_waits_for_any_more_leaves_nothing_on_the_server() {
    let simulated = server::simulator(&[Fault::SlowDrip]);
    assert!(collect(&simulated, SandboxLimits::default(), Ending::Dropped).is_none());
    assert_left_clean(&simulated);
}
