//! Runs that are ended early, or called after their end.

use stocktake_fixture::Fixture;
use stocktake_runtime::Policy;
use stocktake_runtime::raw_run::{Ending, RawRun};

use super::fixtures::{request, test_run};
use super::server::{Site, left_behind};
use super::{Job, Shown, must_fail};
use crate::finding::{Deviation, Wrong};
use crate::request::VCENTER;
use crate::runner::{self, Runner, TestRun};
use crate::transport::{Change, Chunking, Script};

/// The largest number of pages after which a run is cancelled.
const LATEST: u64 = 12;

impl Job<'_> {
    pub(super) async fn cancelled(&mut self) {
        let runner = self.runner;
        let mut cases = Vec::new();
        for fixture in self.fixtures {
            let script = Script::of(fixture, Chunking::Whole, Change::None);
            let whole = runner.run(test_run(runner, fixture, script)).await;
            let pages = whole.outcome.usage.pages.used.min(LATEST);
            cases.extend((0..pages.max(1)).map(|after| (fixture, after)));
        }
        self.each(cases, |(fixture, after)| async move {
            let script = Script::of(fixture, Chunking::Whole, Change::None);
            let cancelled = TestRun {
                cancel_after: Some(after),
                ..test_run(runner, fixture, script)
            };
            let ran = runner.run(cancelled).await;
            let place = format!("{}, cancelled after {after} pages", fixture.name());
            let not_whole = must_fail(&ran.outcome, &[]);
            (place, ran.deviations.into_iter().chain(not_whole).collect())
        })
        .await;
        if runner.source_type == VCENTER {
            let pages = LATEST;
            let cases = (0..pages).flat_map(|after| [(after, false), (after, true)]);
            self.each(cases.collect(), |(after, is_own)| {
                cancelled_on_server(runner, after, is_own)
            })
            .await;
        }
    }

    pub(super) async fn asked_again(&mut self) {
        let runner = self.runner;
        let endings = [
            Ending::Pulled,
            Ending::ClosedAfter(0),
            Ending::ClosedAfter(1),
        ];
        let mut cases = Vec::new();
        for fixture in self.fixtures {
            cases.extend(endings.map(|ending| (fixture, ending)));
        }
        self.each(cases, |(fixture, ending)| again(runner, fixture, ending))
            .await;
        if runner.source_type == VCENTER {
            self.each(endings.into(), |ending| again_on_server(runner, ending))
                .await;
        }
    }
}

/// Nothing is left, whether the host or the component logs in.
async fn cancelled_on_server(runner: &Runner, after: u64, is_own: bool) -> Shown {
    let place = format!(
        "the simulator, cancelled after {after} pages{}",
        whose(is_own)
    );
    let site = match Site::start(None).await {
        Ok(site) => site,
        Err(deviation) => return (place, vec![deviation]),
    };
    let cancelled = TestRun {
        cancel_after: Some(after),
        ..site.test_run(runner, Some(1), is_own)
    };
    let ran = runner.run(cancelled).await;
    let left = left_behind(&site.simulator);
    (place, ran.deviations.into_iter().chain(left).collect())
}

fn whose(is_own: bool) -> &'static str {
    if is_own {
        ", in a session of its own"
    } else {
        ""
    }
}

async fn again(runner: &Runner, fixture: &Fixture, ending: Ending) -> Shown {
    let request = request(runner, fixture);
    let policy = runner::policy(&request)
        .with_credentials_to_guest(true)
        .through(Script::of(fixture, Chunking::Whole, Change::None));
    let place = format!("{}, {}", fixture.name(), label(ending));
    (place, raw_answer(runner, &request, &policy, ending).await)
}

async fn again_on_server(runner: &Runner, ending: Ending) -> Shown {
    let place = format!("the simulator, {}", label(ending));
    let site = match Site::start(None).await {
        Ok(site) => site,
        Err(deviation) => return (place, vec![deviation]),
    };
    let TestRun {
        request, policy, ..
    } = site.test_run(runner, Some(7), true);
    let mut deviations = raw_answer(runner, &request, &policy, ending).await;
    deviations.extend(left_behind(&site.simulator));
    (place, deviations)
}

fn label(ending: Ending) -> String {
    match ending {
        Ending::Pulled => "pulled and closed after its summary".to_owned(),
        Ending::ClosedAfter(pages) => format!("closed after {pages} pages"),
    }
}

async fn raw_answer(
    runner: &Runner,
    request: &str,
    policy: &Policy,
    ending: Ending,
) -> Vec<Deviation> {
    let raw_run = match runner.raw_run(request, policy, ending).await {
        Ok(raw_run) => raw_run,
        Err(deviations) => return deviations,
    };
    let RawRun {
        summary,
        pulled_again,
        closed_again,
        ..
    } = raw_run;
    let mut deviations = Vec::new();
    for (is_same, how) in [(pulled_again, "pulled"), (closed_again, "closed")] {
        if !is_same {
            let expected = "the summary that it returned before";
            let came = format!("another one, or none, when {how} again");
            deviations.push(Deviation::new(Wrong::KeepsTalking, expected, came));
        }
    }
    if ending == Ending::ClosedAfter(0) && summary.stats.inventory_complete {
        let expected = "an inventory of which nothing was read is not reported as complete";
        let came = "inventory-complete: true";
        deviations.push(Deviation::new(Wrong::ClaimsComplete, expected, came));
    }
    deviations
}
