use std::sync::Arc;
use std::time::Duration;

use stocktake_contract::{ErrorCode, Problem};
use tokio_util::sync::CancellationToken;

use super::RunReport;
use crate::limits::SandboxLimits;
use crate::page::Page;
use crate::resilience::{Breaker, CircuitSettings, MemoryStore, Verdict};
use crate::sink::Sink;
use crate::testing::{Behaviour, CLOSED, GREED, PAGES, SPIN, guest, guest_with};
use crate::{Collector, Policy, Request, Runtime};

/// Keeps pages and refuses the one with this number.
#[derive(Default)]
struct Pages {
    taken: Vec<Page>,
    refuses: Option<u32>,
}

impl Sink for Pages {
    fn page(&mut self, page: Page) -> Result<(), Problem> {
        if self.refuses == Some(page.sequence) {
            return Err(Problem::new(
                ErrorCode::RawPersistFailed,
                "the disk is full",
            ));
        }
        self.taken.push(page);
        Ok(())
    }
}

/// A collector and what a run of it may do.
struct Limited {
    collector: Collector,
    policy: Policy,
}

impl Limited {
    fn new(limits: SandboxLimits, component: &[u8]) -> Self {
        let runtime = Runtime::new().expect("an engine");
        let mut policy = Policy::default();
        policy.limits.sandbox = limits;
        Limited {
            collector: runtime.load(component).expect("a collector"),
            policy,
        }
    }
}

fn request() -> Request {
    Request::parse("{}").expect("JSON")
}

fn collector(limits: SandboxLimits, pull: &'static str, close: &'static str) -> Limited {
    let stderr = pull.contains("$panic");
    let bytes = guest(&Behaviour {
        pull,
        close,
        stderr,
    });
    Limited::new(limits, &bytes)
}

/// What becomes of a run whose pages go to `pages`.
async fn run(limited: &Limited, pages: &mut Pages) -> RunReport {
    run_under(&request(), limited, pages).await
}

async fn run_under(request: &Request, limited: &Limited, pages: &mut Pages) -> RunReport {
    let Limited { collector, policy } = limited;
    let (report, sink) = collector.run(request, policy, std::mem::take(pages)).await;
    *pages = sink.expect("it does not block");
    report
}

fn code(report: &RunReport) -> ErrorCode {
    report.problems.first().expect("a problem").code
}

fn hurried() -> SandboxLimits {
    SandboxLimits {
        wall: Duration::from_millis(100),
        grace: Duration::from_millis(100),
        ..SandboxLimits::default()
    }
}

#[tokio::test]
async fn pages_come_in_order_and_then_the_summary() {
    let collector = collector(SandboxLimits::default(), PAGES, CLOSED);
    let mut pages = Pages::default();
    let report = run(&collector, &mut pages).await;
    let sequence: Vec<u32> = pages.taken.iter().map(|page| page.sequence).collect();
    assert_eq!(sequence, [0, 1, 2]);
    assert!(pages.taken.iter().all(|page| page.batch == "{}\n{}\n"));
    assert!(report.problems.is_empty(), "{:?}", report.problems);
    assert_eq!(report.summary.expect("a summary").stats.assets, 0);
    assert_eq!(report.usage.memory_bytes.used, 2 * 65536);
}

#[tokio::test]
async fn a_collector_runs_any_number_of_times_each_in_a_fresh_store() {
    let collector = collector(SandboxLimits::default(), PAGES, CLOSED);
    for _ in 0..3 {
        let mut pages = Pages::default();
        run(&collector, &mut pages).await;
        assert_eq!(pages.taken.len(), 3);
    }
}

#[tokio::test]
async fn a_page_that_is_refused_ends_the_run_and_closes_it() {
    let collector = collector(SandboxLimits::default(), PAGES, CLOSED);
    let mut pages = Pages {
        refuses: Some(0),
        ..Pages::default()
    };
    let report = run(&collector, &mut pages).await;
    assert_eq!(code(&report), ErrorCode::RawPersistFailed);
    assert!(pages.taken.is_empty());
}

/// Takes a page for as long as the other end lives.
struct Stuck(std::sync::mpsc::Receiver<()>);

impl Sink for Stuck {
    fn page(&mut self, _: Page) -> Result<(), Problem> {
        let _ = self.0.recv();
        Ok(())
    }
}

#[tokio::test]
async fn a_stuck_sink_is_left_behind_and_never_blames_the_server() {
    let Limited { collector, policy } = collector(hurried(), PAGES, CLOSED);
    let request = request();
    let (_stuck, gate) = std::sync::mpsc::channel();
    let (mut report, sink) = collector.run(&request, &policy, Stuck(gate)).await;
    assert!(sink.is_none());
    assert_eq!(code(&report), ErrorCode::OutputWriteFailed);
    assert!(report.summary.is_some(), "the collector has cleaned up");
    report.usage.requests.used = 3;
    assert_eq!(report.verdict(), Verdict::Unknown);

    let (_stuck, gate) = std::sync::mpsc::channel();
    let cancel = CancellationToken::new();
    let cancelled = tokio::spawn({
        let cancel = cancel.clone();
        async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            cancel.cancel();
        }
    });
    let running = collector.run_until(&request, &policy, Stuck(gate), &cancel);
    let (report, sink) = running.await;
    cancelled.await.expect("cancelled");
    assert!(report.cancelled && sink.is_none(), "{report:?}");
}

#[tokio::test]
async fn a_sink_that_panics_ends_the_run_and_comes_back() {
    #[derive(Debug)]
    struct Broken;
    impl Sink for Broken {
        fn page(&mut self, _: Page) -> Result<(), Problem> {
            panic!("on purpose");
        }
    }
    let Limited { collector, policy } = collector(SandboxLimits::default(), PAGES, CLOSED);
    let (report, sink) = collector.run(&request(), &policy, Broken).await;
    assert_eq!(code(&report), ErrorCode::InternalError);
    assert!(report.summary.is_some(), "the collector has cleaned up");
    sink.expect("the sink");
}

#[tokio::test]
async fn a_cancelled_run_is_closed_by_the_guest() {
    let Limited { collector, policy } = collector(SandboxLimits::default(), PAGES, CLOSED);
    let cancel = CancellationToken::new();
    cancel.cancel();
    let (report, _) = collector
        .run_until(&request(), &policy, Pages::default(), &cancel)
        .await;
    assert!(report.cancelled);
    assert!(report.problems.is_empty(), "{:?}", report.problems);
    assert!(report.summary.is_some());
}

#[tokio::test]
async fn a_guest_that_computes_for_ever_is_ended_by_force() {
    let collector = collector(hurried(), SPIN, SPIN);
    let report = run(&collector, &mut Pages::default()).await;
    assert_eq!(code(&report), ErrorCode::PluginTimeout);
    assert!(report.problems[0].message.contains("ended by force"));
    assert!(report.summary.is_none());
}

#[tokio::test]
async fn a_guest_that_is_late_but_listens_closes_its_run() {
    const ENDLESS_PAGES: &str = "(i32.store8 (i32.const 1024) (i32.const 0)) (i32.const 1024)";
    let collector = collector(hurried(), ENDLESS_PAGES, CLOSED);
    let report = run(&collector, &mut Pages::default()).await;
    assert_eq!(code(&report), ErrorCode::PluginTimeout);
    assert!(report.problems[0].message.contains("it has cleaned up"));
    assert_eq!(report.summary.expect("a summary").stats.assets, 77);
}

#[tokio::test]
async fn a_guest_over_its_memory_is_distinguished_from_a_trap() {
    let limits = SandboxLimits {
        memory_bytes: 4 << 20,
        ..SandboxLimits::default()
    };
    let report = run(&collector(limits, GREED, CLOSED), &mut Pages::default()).await;
    assert_eq!(code(&report), ErrorCode::PluginBudgetExceeded);
    let context = report.problems[0].redacted_context.clone().expect("facts");
    assert_eq!(context["budget"], "memory");
    assert_eq!(context["allowed"], 4 << 20);
    assert!(report.usage.memory_bytes.used <= 4 << 20);
}

/// Asserts that a run ends with this budget spent, and answers its report.
async fn assert_spent(collector: &Limited, budget: &str, allowed: u64) -> RunReport {
    let report = run(collector, &mut Pages::default()).await;
    assert_eq!(code(&report), ErrorCode::PluginBudgetExceeded, "{budget}");
    let context = report.problems[0].redacted_context.clone().expect("facts");
    assert_eq!(context["budget"], budget);
    assert_eq!(context["allowed"], allowed);
    assert!(context["used"].as_u64() > Some(allowed), "{context:?}");
    report
}

/// A collector whose module has further fields.
fn collector_with(limits: SandboxLimits, pull: &'static str, fields: &str) -> Limited {
    let behaviour = Behaviour {
        pull,
        close: CLOSED,
        stderr: false,
    };
    Limited::new(limits, &guest_with(&behaviour, fields))
}

#[tokio::test]
async fn memories_and_tables_are_bounded_by_their_sum() {
    const TABLES: &str = "(loop $more (drop (table.grow $t (ref.null func) (i32.const 1000))) (br $more)) (unreachable)";
    let limits = SandboxLimits {
        memory_bytes: 4 << 20,
        ..SandboxLimits::default()
    };
    let memories = "(memory 2)".repeat(32);
    let many = collector_with(limits, PAGES, &memories);
    assert_spent(&many, "memory", 4 << 20).await;
    let few = collector_with(limits, PAGES, &memories[..memories.len() / 2]);
    let report = run(&few, &mut Pages::default()).await;
    assert!(report.problems.is_empty(), "{:?}", report.problems);
    assert_eq!(report.usage.memory_bytes.used, 17 * 2 * 65536);
    let tables = collector_with(limits, TABLES, "(table $t 0 funcref)");
    let report = assert_spent(&tables, "memory", 4 << 20).await;
    assert!(report.usage.memory_bytes.used > 3 << 20);
}

#[tokio::test]
async fn memories_and_tables_are_bounded_in_number() {
    let limits = SandboxLimits {
        instances: 10,
        ..SandboxLimits::default()
    };
    for field in ["(memory 0)", "(table 0 funcref)"] {
        let many = collector_with(limits, PAGES, &field.repeat(11));
        assert_spent(&many, "instances", 10).await;
    }
}

#[tokio::test]
async fn what_crosses_in_one_call_is_bounded() {
    const GIANT: &str = "
        (i32.store8 (i32.const 1024) (i32.const 0))
        (i32.store (i32.const 1080) (i32.const 2048))
        (i32.store (i32.const 1084) (i32.const 100000))
        (i32.const 1024)";
    let limits = SandboxLimits {
        hostcall_bytes: 65536,
        ..SandboxLimits::default()
    };
    let report = assert_spent(&collector_with(limits, GIANT, ""), "hostcall fuel", 65536).await;
    assert_eq!(report.usage.page_bytes.used, 0);
}

#[tokio::test]
async fn handles_of_the_guests_own_are_bounded() {
    const HOARD: &str = "(loop $more (drop (call $new (i32.const 1))) (br $more)) (unreachable)";
    let limits = SandboxLimits {
        handles: 50,
        ..SandboxLimits::default()
    };
    assert_spent(&collector_with(limits, HOARD, ""), "handles", 50).await;
}

#[tokio::test]
async fn pages_and_their_bytes_are_bounded() {
    let two_pages = SandboxLimits {
        pages: 2,
        ..SandboxLimits::default()
    };
    let report = assert_spent(&collector_with(two_pages, PAGES, ""), "pages", 2).await;
    assert_eq!(report.usage.pages.used, 3);
    let two_batches = SandboxLimits {
        output_bytes: 12,
        ..SandboxLimits::default()
    };
    let report = assert_spent(&collector_with(two_batches, PAGES, ""), "output", 12).await;
    assert_eq!(report.usage.page_bytes.used, 6);
    assert_eq!(report.usage.output_bytes.used, 18);
}

#[tokio::test]
async fn a_trap_poisons_neither_what_runs_beside_it_nor_what_comes_after() {
    let runtime = Runtime::new().expect("an engine");
    let load = |pull| {
        let behaviour = Behaviour {
            pull,
            close: CLOSED,
            stderr: false,
        };
        Limited {
            collector: runtime.load(&guest(&behaviour)).expect("a collector"),
            policy: Policy::default(),
        }
    };
    let (sound, broken) = (load(PAGES), load("(unreachable)"));
    for _ in 0..3 {
        let [mut first, mut second] = [Pages::default(), Pages::default()];
        let (mut lost, mut also_lost) = (Pages::default(), Pages::default());
        let reports = tokio::join!(
            run(&sound, &mut first),
            run(&broken, &mut lost),
            run(&sound, &mut second),
            run(&broken, &mut also_lost),
        );
        for report in [&reports.1, &reports.3] {
            assert_eq!(code(report), ErrorCode::PluginTrapped);
        }
        for (report, pages) in [(&reports.0, first), (&reports.2, second)] {
            assert!(report.problems.is_empty(), "{:?}", report.problems);
            assert_eq!(pages.taken.len(), 3);
        }
    }
}

#[tokio::test]
async fn a_trap_is_reported_with_its_reason_and_the_last_words() {
    let collector = collector(
        SandboxLimits::default(),
        "(call $panic) (unreachable)",
        CLOSED,
    );
    let report = run(&collector, &mut Pages::default()).await;
    assert_eq!(code(&report), ErrorCode::PluginTrapped);
    let message = &report.problems[0].message;
    assert!(message.contains("unreachable"), "{message}");
    assert!(
        message.ends_with("its last words: it panicked !"),
        "{message}"
    );
    assert_eq!(report.stderr, "it panicked\u{1b}!");
}

#[tokio::test]
async fn a_dropped_run_does_not_keep_its_thread() {
    let Limited { collector, policy } = collector(hurried(), SPIN, SPIN);
    let request = request();
    let lost = collector.run(&request, &policy, Pages::default());
    let waited = tokio::time::timeout(Duration::from_millis(20), lost).await;
    assert!(waited.is_err());
    // The runtime's end waits for the guest's thread: this test would hang.
}

#[tokio::test]
async fn a_run_that_the_breaker_refuses_never_starts_its_collector() {
    let breaker = Breaker::new(Arc::new(MemoryStore::default()));
    let request = r#"{"source":{"config":{"endpoint":"https://vc.lan"}}}"#;
    let request = Request::parse(request).expect("JSON");
    let policy = Policy::for_request(&request);
    let endpoint = policy.network.allowed.clone().expect("an endpoint");
    for _ in 0..CircuitSettings::default().failures {
        let reason = "it is down".to_owned();
        let permit = breaker.admit(&endpoint, Duration::ZERO).expect("closed");
        permit.report(&Verdict::Failed { reason });
    }
    // It would trap.
    let Limited { collector, .. } = collector(SandboxLimits::default(), "(unreachable)", CLOSED);
    let collector = collector.guarded_by(breaker);
    let limited = Limited { collector, policy };
    let report = run_under(&request, &limited, &mut Pages::default()).await;
    assert_eq!(report.problems.len(), 1, "{report:?}");
    assert_eq!(code(&report), ErrorCode::VcenterNetworkError);
    let context = report.problems[0].redacted_context.as_ref();
    assert_eq!(context.expect("a context")["breaker"], "open");
    assert_eq!(report.usage.requests.used, 0);
}
