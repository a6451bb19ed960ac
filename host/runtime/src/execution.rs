//! One run of a collector, from the request to the report.

use std::sync::Arc;
use std::time::{Duration, Instant};

use stocktake_contract::{ErrorCode, Problem};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::component::Collector;
use crate::conversion;
use crate::count::{Count, Order};
use crate::deadline::{Deadline, Expiry};
use crate::failure;
use crate::gateway::{Cause, Diagnosis, Gateway, Policy, Sessions};
use crate::guest::{End, Guest, GuestExit};
use crate::output::{self, OutputMeter, OutputThread, Taken};
use crate::page::{Page, Summary};
use crate::redaction::Redaction;
use crate::resilience::{CircuitOpen, Heartbeat, Permit, Verdict};
use crate::sandbox::Sandbox;
use crate::stderr::Stderr;
use crate::strip_credential::StrippedRequest;
use crate::usage::Usage;
use crate::validation::Identities;

/// The probe of a breaker is given up so long after its last sign of life, as when it was killed.
pub(crate) const LEASE: Duration = Duration::from_secs(45);
/// How often it gives one.
pub(crate) const BEAT: Duration = Duration::from_secs(10);

/// What the output may be to blame for: less waiting than this breaks no exchange.
const HARMLESS_WAIT: Duration = Duration::from_secs(5);

/// Takes the pages of a run, in order, on a thread of its own.
pub trait Sink {
    /// Takes one page while the collector reads the next. It may block: the collector then waits,
    /// and a run that has to end leaves a sink behind that does not come back within the grace.
    ///
    /// # Errors
    ///
    /// A problem ends the run; the collector cleans up on the server and no
    /// further page comes.
    fn page(&mut self, page: Page) -> Result<(), Problem>;
}

/// A sink that knows what it has taken, so that the host can count it.
pub(crate) trait CountedSink: Sink {
    /// The assets that were taken; `None` when nobody knows.
    fn received(&self) -> Option<&Identities>;
}

/// A sink of which nobody knows what it has taken.
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
    /// Why the session that the host made could not be ended, when it could not.
    pub unended: Option<Problem>,
    /// What the host's own count came to; of runs without verification there is none.
    pub count: Count,
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
    /// The sink comes back with the report, unless it was still taking a page when the run
    /// had to end. Dropping the future ends the run; the collector cleans up behind it.
    pub async fn run<S: Sink + Send + 'static>(
        &self,
        request: &str,
        policy: &Policy,
        sink: S,
    ) -> (RunReport, Option<S>) {
        self.run_until(request, policy, sink, &CancellationToken::new())
            .await
    }

    /// Runs the collector once, until its end or until `cancel`.
    ///
    /// Cancelling ends the exchange under way; the collector then closes its run,
    /// so that nothing of it is left on the server. A run that the policy's breaker
    /// refuses ends at once: the collector is not started, nothing is sent, and the
    /// problem says when to try again.
    pub async fn run_until<S: Sink + Send + 'static>(
        &self,
        request: &str,
        policy: &Policy,
        sink: S,
        cancel: &CancellationToken,
    ) -> (RunReport, Option<S>) {
        let mut deadline = Deadline::for_run(cancel, &self.limits);
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
        request: &str,
        policy: &Policy,
        sink: S,
        thread: &OutputThread,
        deadline: &mut Deadline<'_>,
    ) -> (RunReport, Option<S>) {
        let begun = Instant::now();
        let stripped = match StrippedRequest::of(request, policy.credentials_to_guest) {
            Ok(stripped) => stripped,
            Err(problem) => return (RunReport::from_problem(problem), Some(sink)),
        };
        let permit = match admit(policy) {
            Ok(permit) => permit,
            Err(refusal) => return (RunReport::from_problem(refusal.problem()), Some(sink)),
        };
        let stop = CancellationToken::new();
        let _stop_when_dropped = stop.clone().drop_guard();
        let redaction = Redaction::from_request(request).and(policy.proxies.secrets());
        let redaction = Arc::new(redaction);
        let gateway = Gateway::new(
            policy,
            stripped.credential,
            Arc::clone(&redaction),
            stop.clone(),
            deadline.at(),
        );
        if let (Some(_), Some(order)) = (sink.received(), Order::from_request(&stripped.request)) {
            gateway.expect_count(order);
        }
        let stderr = Stderr::default();
        let (sender, pages) = mpsc::channel(output::QUEUE);
        let meter = Arc::new(OutputMeter::default());
        let guest = Guest {
            store: Sandbox::store(self.pre.engine(), &self.limits, gateway.clone(), &stderr),
            pre: self.pre.clone(),
            request: stripped.request,
            pages: sender,
            meter: meter.clone(),
            stop: stop.clone(),
            grace: self.limits.grace,
            gateway: gateway.clone(),
        };
        let mut guest = guest.start();
        let over = CancellationToken::new();
        let _over_when_dropped = over.clone().drop_guard();
        if let Some(heartbeat) = permit.as_ref().and_then(Permit::heartbeat) {
            tokio::spawn(beat(heartbeat, over));
        }
        let mut usage = Usage::within(&self.limits, &policy.limits);
        let mut taking = thread.run({
            let (meter, stop) = (meter.clone(), stop.clone());
            move || output::take_pages(sink, pages, &meter, &usage, &stop)
        });
        let (mut sink, ending) = tokio::select! {
            biased;
            expiry = deadline.expired() => {
                let is_done = guest.is_finished();
                (None, Ending::from_expiry(expiry, &meter, is_done, self.limits.wall))
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
            usage.take_guest_exit(exit);
        }
        let is_taking = matches!(
            ending,
            Ending::Cancelled | Ending::TimedOut | Ending::HeldUp(_)
        );
        let mut report = self.report(exit, ending, &stderr, &redaction);
        report.take_diagnoses(&gateway);
        let received = sink.as_ref().and_then(CountedSink::received);
        if report.is_to_be_counted()
            && let Some(received) = received
        {
            let counted = gateway.count(received);
            report.take_count(counted, deadline, self.limits.wall).await;
            report.clean_count(&redaction);
        }
        guest.close().await;
        // The guest's thread has closed it already, unless it was lost.
        report.sessions = gateway.close().await;
        report.unended = gateway.unended();
        if is_taking {
            let taken = deadline.output(taking).await;
            sink = taken.map(|taken| taken.sink);
        }
        let waited = meter.waited();
        report.take_diagnoses(&gateway);
        usage.take_reading(gateway.meter().reading());
        meter.tell(&mut usage);
        usage.wall.used = begun.elapsed();
        report.blame_output(waited, usage.wall.used);
        usage.log();
        report.usage = usage;
        if let Some(permit) = permit {
            permit.report(&Verdict::from_report(&report));
        }
        (report, sink)
    }

    fn report(
        &self,
        exit: Result<GuestExit, Problem>,
        ending: Ending,
        stderr: &Stderr,
        redaction: &Redaction,
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
                    let trap = failure::trap(&error, &report.stderr, &self.limits);
                    report.problems.push(trap);
                }
                End::Stuck => {
                    outcome = "it did not react and was ended by force";
                    if !timed_out {
                        let grace = self.limits.grace;
                        report.problems.push(failure::stuck(grace));
                    }
                }
            },
            Err(lost) => report.problems.push(lost),
        }
        if timed_out {
            let wall = self.limits.wall;
            let timeout = match held_up {
                Some(waited) => failure::held_up(waited, wall),
                None => failure::timeout(wall, outcome),
            };
            report.problems.insert(0, timeout);
        }
        report
    }
}

/// Leave to run, where somebody is asked for it.
fn admit(policy: &Policy) -> Result<Option<Permit>, CircuitOpen> {
    match (&policy.breaker, &policy.allowed) {
        (Some(breaker), Some(endpoint)) => breaker.admit(endpoint, LEASE).map(Some),
        _ => Ok(None),
    }
}

/// Says again and again that a probe is under way, until `over`.
async fn beat(heartbeat: Heartbeat, over: CancellationToken) {
    loop {
        tokio::select! {
            () = over.cancelled() => return,
            () = tokio::time::sleep(BEAT) => {}
        }
        let heartbeat = heartbeat.clone();
        // The store may wait for a lock.
        let told = tokio::task::spawn_blocking(move || heartbeat.beat(LEASE));
        if told.await.is_err() {
            return;
        }
    }
}

impl RunReport {
    /// A run that ended before it began.
    fn from_problem(problem: Problem) -> Self {
        RunReport {
            problems: vec![problem],
            ..RunReport::default()
        }
    }

    /// A server that is not read from ends the exchange after a while, which is not its fault.
    fn blame_output(&mut self, waited: Duration, wall: Duration) {
        let said = self.summary.iter().flat_map(|summary| &summary.errors);
        let first = self.problems.iter().chain(said).next();
        let is_of_network = first.is_some_and(|first| {
            matches!(
                first.code,
                ErrorCode::VcenterNetworkError | ErrorCode::VcenterParseError
            )
        });
        if is_of_network && waited > HARMLESS_WAIT && waited >= wall / 2 {
            let problem = failure::broken_off(waited, wall);
            self.problems.insert(0, problem);
        }
    }

    /// Nothing speaks against calling the inventory complete, as the guest does.
    fn is_to_be_counted(&self) -> bool {
        let claims = self
            .summary
            .as_ref()
            .is_some_and(|summary| summary.stats.inventory_complete && summary.errors.is_empty());
        claims && self.problems.is_empty() && !self.refused && !self.cancelled
    }

    /// Takes what the host's count comes to, as long as the run may last.
    async fn take_count(
        &mut self,
        counted: impl Future<Output = Option<Result<Count, Problem>>>,
        deadline: &mut Deadline<'_>,
        wall: Duration,
    ) {
        tokio::select! {
            biased;
            expiry = deadline.expired() => match expiry {
                Expiry::Cancelled => self.cancelled = true,
                Expiry::TimedOut => self.problems.push(failure::timeout(
                    wall,
                    "it has ended, and the host was still counting what there is",
                )),
            },
            counted = counted => match counted {
                None => {}
                Some(Ok(count)) => self.count = count,
                Some(Err(problem)) => self.problems.push(problem),
            },
        }
    }

    /// What the host's count says may quote the server and the request.
    fn clean_count(&mut self, redaction: &Redaction) {
        let differences = match &mut self.count {
            Count::Differs(differences) => differences.as_mut_slice(),
            Count::NotMade | Count::Agrees => &mut [],
        };
        for problem in self.problems.iter_mut().chain(differences) {
            redaction.clean_problem(problem);
        }
    }

    fn take_diagnoses(&mut self, gateway: &Gateway) {
        for diagnosis in gateway.error_log().take() {
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
