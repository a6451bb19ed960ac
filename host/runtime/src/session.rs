//! One run of a collector, from the request to the report.

use std::time::{Duration, Instant};

use stocktake_contract::Problem;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::component::Collector;
use crate::conversion;
use crate::engine::Limits;
use crate::failure;
use crate::gateway::{Cause, Diagnosis, Gateway, Policy, Sessions};
use crate::guest::{End, Guest, Remains};
use crate::handover::Handover;
use crate::page::{Page, Summary};
use crate::redaction::Redaction;
use crate::resilience::{Deferral, Pass, Verdict};
use crate::sandbox::Sandbox;
use crate::stderr::Stderr;
use crate::usage::{Budget, Usage};

/// Between the end of a run and its report to the breaker.
const REPORTING: Duration = Duration::from_secs(5);

/// Takes the pages of a run, in order.
pub trait Sink {
    /// Takes one page while the collector reads the next.
    ///
    /// # Errors
    ///
    /// A problem ends the run; the collector cleans up on the server and no
    /// further page comes.
    fn page(&mut self, page: Page) -> Result<(), Problem>;
}

/// What became of a run.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct RunReport {
    /// The collector's last answer, if it gave one.
    pub summary: Option<Summary>,
    /// What the host found: a trap, a spent budget, a denied exchange, a sink's refusal.
    pub problems: Vec<Problem>,
    /// The sessions that the host made; `None` when they are the collector's own.
    pub sessions: Option<Sessions>,
    /// Why exchanges failed, with the cure; the collector's own errors do not know.
    pub diagnoses: Vec<Diagnosis>,
    /// What the run used.
    pub usage: Usage,
    /// The last of what the collector wrote to stderr.
    pub stderr: String,
    /// No session could be had; what the collector says of it is a consequence.
    pub refused: bool,
    /// The run was ended by its caller.
    pub cancelled: bool,
}

impl Collector {
    /// Runs the collector once, in a fresh store, under `policy`.
    ///
    /// Dropping the future ends the run; the collector cleans up behind it.
    pub async fn run(
        &self,
        request: &str,
        policy: &Policy,
        sink: &mut (dyn Sink + Send),
    ) -> RunReport {
        self.run_until(request, policy, sink, &CancellationToken::new())
            .await
    }

    /// Runs the collector once, until its end or until `cancel`.
    ///
    /// Cancelling ends the exchange under way; the collector then closes its run,
    /// so that nothing of it is left on the server. A run that the policy's breaker
    /// refuses ends at once: the collector is not started, nothing is sent, and the
    /// problem says when to try again.
    pub async fn run_until(
        &self,
        request: &str,
        policy: &Policy,
        sink: &mut (dyn Sink + Send),
        cancel: &CancellationToken,
    ) -> RunReport {
        let begun = Instant::now();
        let handover = match Handover::of(request, policy.credentials_to_guest) {
            Ok(handover) => handover,
            Err(problem) => return RunReport::of_problem(problem),
        };
        let pass = match self.admit(policy) {
            Ok(pass) => pass,
            Err(deferral) => return RunReport::of_problem(deferral.problem()),
        };
        let stop = CancellationToken::new();
        let _stop_when_dropped = stop.clone().drop_guard();
        let deadline = tokio::time::Instant::now().checked_add(self.limits.wall);
        let gateway = Gateway::new(policy, handover.credential, stop.clone(), deadline);
        let stderr = Stderr::default();
        let redaction = Redaction::of_request(request);
        let (sender, mut pages) = mpsc::channel(1);
        let guest = Guest {
            store: Sandbox::store(self.pre.engine(), &self.limits, gateway.clone(), &stderr),
            pre: self.pre.clone(),
            request: handover.request,
            pages: sender,
            stop: stop.clone(),
            grace: self.limits.grace,
            gateway: gateway.clone(),
        };
        let guest = guest.start();
        let mut usage = Usage::within(&self.limits, &policy.limits);
        let ending = take_pages(&mut pages, sink, &mut usage, cancel).await;
        if ending != Ending::Exhausted {
            stop.cancel();
            pages.close();
        }
        let remains = guest.await;
        if let Ok(remains) = &remains {
            usage.take_remains(remains);
        }
        let mut report = self.report(remains, ending, &stderr, &redaction);
        // The guest's thread has closed it already, unless it was lost.
        report.sessions = gateway.close().await;
        report.take_diagnoses(&gateway);
        usage.take_reading(gateway.meter().reading());
        usage.wall.used = begun.elapsed();
        usage.log();
        report.usage = usage;
        if let Some(pass) = pass {
            pass.report(&Verdict::of(&report));
        }
        report
    }

    /// Leave to run, where somebody is asked for it.
    fn admit(&self, policy: &Policy) -> Result<Option<Pass>, Deferral> {
        let (Some(breaker), Some(endpoint)) = (&policy.breaker, &policy.allowed) else {
            return Ok(None);
        };
        let Limits { wall, grace, .. } = self.limits;
        let patience = wall.saturating_add(grace).saturating_add(REPORTING);
        breaker.admit(endpoint, patience).map(Some)
    }

    fn report(
        &self,
        remains: Result<Remains, tokio::task::JoinError>,
        ending: Ending,
        stderr: &Stderr,
        redaction: &Redaction,
    ) -> RunReport {
        let mut report = RunReport {
            stderr: stderr.last_words(redaction),
            cancelled: ending == Ending::Cancelled,
            ..RunReport::default()
        };
        let timed_out = ending == Ending::TimedOut;
        if let Ending::Refused(problem) = ending {
            report.problems.push(problem);
        }
        let mut outcome = "it has cleaned up";
        match remains {
            Ok(remains) => match remains.end {
                End::Summary(summary) => {
                    let (summary, misfits) = conversion::summary(*summary, redaction);
                    report.problems.extend(misfits);
                    report.summary = Some(summary);
                }
                End::Trapped(error) => {
                    outcome = "it trapped while cleaning up";
                    let trap = failure::of_trap(&error, &report.stderr, &self.limits);
                    report.problems.push(trap);
                }
                End::Stuck => {
                    outcome = "it did not react and was ended by force";
                    if !timed_out {
                        let grace = self.limits.grace;
                        report.problems.push(failure::of_stuck(grace));
                    }
                }
            },
            Err(error) => report.problems.push(failure::of_defect(&error)),
        }
        if timed_out {
            let timeout = failure::of_timeout(self.limits.wall, outcome);
            report.problems.insert(0, timeout);
        }
        report
    }
}

impl RunReport {
    /// A run that ended before it began.
    fn of_problem(problem: Problem) -> Self {
        RunReport {
            problems: vec![problem],
            ..RunReport::default()
        }
    }

    fn take_diagnoses(&mut self, gateway: &Gateway) {
        for diagnosis in gateway.diary().take() {
            self.refused |= matches!(diagnosis.cause, Cause::NoSession(_));
            match diagnosis.problem() {
                Some(problem) => self.problems.push(problem),
                None => self.diagnoses.push(diagnosis),
            }
        }
    }
}

/// Why no more pages are taken.
#[derive(Debug, PartialEq)]
enum Ending {
    /// The guest has no more.
    Exhausted,
    Refused(Problem),
    Cancelled,
    TimedOut,
}

async fn take_pages(
    pages: &mut mpsc::Receiver<crate::bindings::exports::stocktake::collector::inventory::Page>,
    sink: &mut (dyn Sink + Send),
    usage: &mut Usage,
    cancel: &CancellationToken,
) -> Ending {
    let deadline = tokio::time::sleep(usage.wall.allowed);
    tokio::pin!(deadline);
    loop {
        tokio::select! {
            biased;
            () = cancel.cancelled() => return Ending::Cancelled,
            () = &mut deadline => return Ending::TimedOut,
            page = pages.recv() => match page {
                None => return Ending::Exhausted,
                Some(page) => {
                    let taken = charge(usage, page.batch.len() as u64)
                        .and_then(|()| sink.page(conversion::page(page)));
                    if let Err(problem) = taken {
                        return Ending::Refused(problem);
                    }
                }
            },
        }
    }
}

/// Counts one page more.
fn charge(usage: &mut Usage, bytes: u64) -> Result<(), Problem> {
    usage.page_bytes.used = usage.page_bytes.used.max(bytes);
    let cure = "narrow the scope or raise the limit";
    for (budget, more, what, unit) in [
        (&mut usage.pages, 1, "pages", "pages"),
        (&mut usage.output_bytes, bytes, "output", "bytes"),
    ] {
        let Budget { used, allowed } = budget;
        *used = used.saturating_add(more);
        if used > allowed {
            return Err(failure::over_budget(what, unit, *used, *allowed, cure));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
