//! One run of a collector, from the request to the report.

use std::sync::Arc;
use std::time::{Duration, Instant};

use stocktake_contract::Problem;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::component::Collector;
use crate::connection::{Connection, Purpose};
use crate::conversion;
use crate::count::{Order, SpotCheck};
use crate::deadline::{Deadline, Expiry};
use crate::failure;
use crate::guest::{End, Guest, GuestExit};
use crate::limits::SandboxLimits;
use crate::output::{self, OutputMeter, OutputThread, Taken};
use crate::page::Page;
use crate::policy::Policy;
use crate::redaction::Redaction;
use crate::request::Request;
use crate::resilience::{CircuitOpen, Heartbeat, Permit};
use crate::sandbox::Sandbox;
use crate::sink::{CountedSink, Sink};
use crate::stderr::Stderr;
use crate::strip_credential::StrippedRequest;
use crate::usage::Usage;
use crate::validation::Identities;

use report::HARMLESS_WAIT;

pub use report::RunReport;

mod report;
mod verdict;

/// Lease of a breaker's probe: one that is not renewed for so long, as when it was killed, is given up.
pub(crate) const LEASE: Duration = Duration::from_secs(45);
/// How often the lease is renewed.
pub(crate) const BEAT: Duration = Duration::from_secs(10);

/// A sink that does not know what it has taken.
struct Uncounted<S>(S);

impl<S: Sink> Sink for Uncounted<S> {
    fn page(&mut self, page: Page) -> Result<(), Problem> {
        self.0.page(page)
    }
}

impl<S: Sink> CountedSink for Uncounted<S> {
    fn received(&self) -> Option<&Identities> {
        None
    }

    fn spot_check(&self) -> Option<Arc<SpotCheck>> {
        None
    }
}

impl Collector {
    /// Runs the collector once, in a fresh store, under `policy`.
    ///
    /// The sink comes back with the report, unless it was still taking a page when the run
    /// had to end. Dropping the future ends the run; the collector cleans up behind it.
    pub async fn run<S: Sink + Send + 'static>(
        &self,
        request: &Request,
        policy: &Policy,
        sink: S,
    ) -> (RunReport, Option<S>) {
        self.run_until(request, policy, sink, &CancellationToken::new())
            .await
    }

    /// Runs the collector once, until its end or until `cancel`.
    ///
    /// Cancelling ends the exchange under way; the collector then closes its run,
    /// so that nothing of it is left on the server. A run that the collector's breaker
    /// refuses ends at once: the collector is not started, nothing is sent, and the
    /// problem says when to try again.
    pub async fn run_until<S: Sink + Send + 'static>(
        &self,
        request: &Request,
        policy: &Policy,
        sink: S,
        cancel: &CancellationToken,
    ) -> (RunReport, Option<S>) {
        let mut deadline = Deadline::for_run(cancel, &policy.limits.sandbox);
        let sink = Uncounted(sink);
        let (report, sink) = match OutputThread::start() {
            Ok(thread) => {
                self.execute(request, policy, sink, &thread, &mut deadline)
                    .await
            }
            Err(error) => (
                RunReport::from_problem(output::no_thread(&error)),
                Some(sink),
            ),
        };
        (report, sink.map(|Uncounted(sink)| sink))
    }

    /// Runs the collector once; `thread` takes the pages. What the sink has taken is held against a
    /// count of the host's own.
    pub(crate) async fn execute<S: CountedSink + Send + 'static>(
        &self,
        request: &Request,
        policy: &Policy,
        sink: S,
        thread: &OutputThread,
        deadline: &mut Deadline<'_>,
    ) -> (RunReport, Option<S>) {
        let begun = Instant::now();
        let stripped = match StrippedRequest::from_request(request, policy.credentials_to_guest) {
            Ok(stripped) => stripped,
            Err(problem) => return (RunReport::from_problem(problem), Some(sink)),
        };
        let permit = match self.admit(policy) {
            Ok(permit) => permit,
            Err(refusal) => return (RunReport::from_problem(refusal.problem()), Some(sink)),
        };
        let stop = CancellationToken::new();
        let _stop_when_dropped = stop.clone().drop_guard();
        let redaction =
            Redaction::from_request(request.text()).and(policy.network.proxies.secrets());
        let redaction = Arc::new(redaction);
        let connection = Connection::new(
            policy,
            Purpose {
                credential: stripped.credential,
                order: sink.received().and_then(|_| Order::from_request(request)),
                spot_check: sink.spot_check(),
                tags: request.asks_for_tags(),
                redaction: Arc::clone(&redaction),
                interrupt: stop.clone(),
                deadline: deadline.at(),
            },
        );
        let gateway = connection.gateway();
        let limits = &policy.limits.sandbox;
        let stderr = Stderr::default();
        let (sender, pages) = mpsc::channel(output::QUEUE);
        let meter = Arc::new(OutputMeter::default());
        let guest = Guest {
            store: Sandbox::store(self.pre.engine(), limits, gateway.clone(), &stderr),
            pre: self.pre.clone(),
            request: stripped.text,
            pages: sender,
            meter: meter.clone(),
            stop: stop.clone(),
            grace: limits.grace,
            connection: connection.clone(),
        };
        let mut guest = guest.start();
        let over = CancellationToken::new();
        let _over_when_dropped = over.clone().drop_guard();
        if let Some(heartbeat) = permit.as_ref().and_then(Permit::heartbeat) {
            tokio::spawn(beat(heartbeat, over));
        }
        let mut usage = Usage::within(&policy.limits);
        let mut taking = thread.run({
            let (meter, stop) = (meter.clone(), stop.clone());
            move || output::take_pages(sink, pages, &meter, &usage, &stop)
        });
        let (mut sink, ending) = tokio::select! {
            biased;
            expiry = deadline.expired() => {
                let is_done = guest.is_finished();
                (None, Ending::from_expiry(expiry, &meter, is_done, limits.wall))
            }
            taken = &mut taking => match taken {
                Ok(Taken { sink, refused }) => (Some(sink), Ending::from_refusal(refused)),
                Err(_) => (None, Ending::Refused(failure::panicked_output())),
            },
        };
        if ending != Ending::Exhausted {
            stop.cancel();
        }
        let exit = guest.ended().await;
        if let Ok(exit) = &exit {
            usage.memory_bytes.used = exit.memory as u64;
            usage.handles.used = exit.handles as u64;
        }
        let is_taking = matches!(
            ending,
            Ending::Cancelled | Ending::TimedOut | Ending::HeldUp(_)
        );
        let mut report = report(exit, ending, &stderr, &redaction, limits);
        report.take_diagnoses(gateway);
        let received = sink.as_ref().and_then(CountedSink::received);
        if report.is_to_be_counted()
            && let Some(received) = received
        {
            let counted = connection.count(received);
            report.take_count(counted, deadline, limits.wall).await;
            report.clean_count(&redaction);
        }
        guest.close().await;
        // The guest's thread has closed it already, unless it was lost.
        report.sessions = connection.close().await;
        report.unended = connection.unended();
        if is_taking {
            let taken = deadline.output(taking).await;
            sink = taken.map(|taken| taken.sink);
        }
        let waited = meter.waited();
        report.take_diagnoses(gateway);
        usage.take_reading(gateway.meter().reading());
        meter.report(&mut usage);
        usage.wall.used = begun.elapsed();
        report.blame_output(waited, usage.wall.used);
        usage.log();
        report.usage = usage;
        if let Some(permit) = permit {
            permit.report(&report.verdict());
        }
        (report, sink)
    }

    /// Leave to run, where a breaker is asked for it.
    fn admit(&self, policy: &Policy) -> Result<Option<Permit>, CircuitOpen> {
        match (&self.breaker, &policy.network.allowed) {
            (Some(breaker), Some(endpoint)) => breaker.admit(endpoint, LEASE).map(Some),
            _ => Ok(None),
        }
    }
}

fn report(
    exit: Result<GuestExit, Problem>,
    ending: Ending,
    stderr: &Stderr,
    redaction: &Redaction,
    limits: &SandboxLimits,
) -> RunReport {
    let mut report = RunReport {
        stderr: stderr.last_words(redaction),
        cancelled: ending == Ending::Cancelled,
        ..RunReport::default()
    };
    let timed_out = matches!(ending, Ending::TimedOut | Ending::HeldUp(_));
    let mut held_up = None;
    match ending {
        Ending::Refused(problem) => report.problems.push(problem),
        Ending::HeldUp(waited) => held_up = Some(waited),
        Ending::Exhausted | Ending::Cancelled | Ending::TimedOut => {}
    }
    let mut outcome = "it has cleaned up";
    match exit {
        Ok(exit) => match exit.end {
            End::Summary(summary) => {
                let (summary, misfits) = conversion::summary(*summary, redaction);
                report.problems.extend(misfits);
                report.summary = Some(summary);
            }
            End::Trapped(error) => {
                outcome = "it trapped while cleaning up";
                let trap = failure::trap(&error, &report.stderr, limits);
                report.problems.push(trap);
            }
            End::Stuck => {
                outcome = "it did not react and was ended by force";
                if !timed_out {
                    report.problems.push(failure::stuck(limits.grace));
                }
            }
        },
        Err(lost) => report.problems.push(lost),
    }
    if timed_out {
        let wall = limits.wall;
        let timeout = match held_up {
            Some(waited) => failure::held_up(waited, wall),
            None => failure::timeout(wall, outcome),
        };
        report.problems.insert(0, timeout);
    }
    report
}

/// Renews the lease of a probe until `over`.
async fn beat(heartbeat: Heartbeat, over: CancellationToken) {
    loop {
        tokio::select! {
            () = over.cancelled() => return,
            () = tokio::time::sleep(BEAT) => {}
        }
        let heartbeat = heartbeat.clone();
        // The store may wait for a lock.
        let renewed = tokio::task::spawn_blocking(move || heartbeat.beat(LEASE));
        if renewed.await.is_err() {
            return;
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
    /// The time was over because the output was not taken; the guest waited for so long.
    HeldUp(Duration),
}

impl Ending {
    fn from_refusal(refused: Option<Problem>) -> Self {
        refused.map_or(Ending::Exhausted, Ending::Refused)
    }

    /// A guest that has nothing more to do is late by its output.
    fn from_expiry(expiry: Expiry, meter: &OutputMeter, is_done: bool, wall: Duration) -> Self {
        let waited = meter.waited();
        // A collector that floods waits for each page a little.
        let is_stuck = meter.waiting() >= HARMLESS_WAIT.min(wall / 4);
        match expiry {
            Expiry::Cancelled => Ending::Cancelled,
            Expiry::TimedOut if is_done || is_stuck || waited >= wall / 2 => Ending::HeldUp(waited),
            Expiry::TimedOut => Ending::TimedOut,
        }
    }
}

#[cfg(test)]
mod tests;
