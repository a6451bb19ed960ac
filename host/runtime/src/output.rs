//! The output's side of a run: a thread of its own that takes the pages.
//!
//! A sink verifies and writes, and a write may block for as long as the reader does not read.
//! On a thread of its own it holds up the collector, by way of a bounded queue, but neither the
//! end of the run nor the logout. A thread that is stuck is left behind and ends with the process.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc as jobs;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use stocktake_contract::{ErrorCode, Problem};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::bindings::exports::stocktake::collector::inventory as wit;
use crate::conversion;
use crate::failure;
use crate::sink::Sink;
use crate::usage::Usage;

/// Pages that wait for the sink.
pub(crate) const QUEUE: usize = 1;

/// Waiting no longer than this is handing over: a collector that floods does it all the time.
const HANDING_OVER: Duration = Duration::from_millis(20);

type Job = Box<dyn FnOnce() + Send>;

/// A thread that does one job after the other, and that does not have to be waited for.
#[derive(Debug)]
pub(crate) struct OutputThread(jobs::Sender<Job>);

impl OutputThread {
    pub(crate) fn start() -> io::Result<Self> {
        let (sender, receiver) = jobs::channel::<Job>();
        std::thread::Builder::new()
            .name("stocktake-output".to_owned())
            .spawn(move || receiver.into_iter().for_each(|job| job()))?;
        Ok(OutputThread(sender))
    }

    /// Lets the thread do `work`; what it answers is received unless it is stuck.
    pub(crate) fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> oneshot::Receiver<T> {
        let (sender, receiver) = oneshot::channel();
        let job: Job = Box::new(move || {
            // The receiver may be gone.
            let _ = sender.send(work());
        });
        // A thread that is gone drops the job, which the receiver notices.
        let _ = self.0.send(job);
        receiver
    }
}

/// What became of the pages.
#[derive(Debug)]
pub(crate) struct Taken<S> {
    pub(crate) sink: S,
    /// Why it takes no more, if that is not the end of the pages.
    pub(crate) refused: Option<Problem>,
}

/// Takes pages until there are no more, one is refused, or the run has to end.
pub(crate) fn take_pages<S: Sink>(
    mut sink: S,
    mut pages: mpsc::Receiver<wit::Page>,
    meter: &OutputMeter,
    allowed: &Usage,
    stop: &CancellationToken,
) -> Taken<S> {
    let mut refused = None;
    while let Some(page) = pages.blocking_recv() {
        if stop.is_cancelled() {
            break;
        }
        let bytes = page.batch.len() as u64;
        let taken = meter.charge(bytes, allowed).and_then(|()| {
            // The sink outlives its defect, so that it can still end its document.
            let taken = catch_unwind(AssertUnwindSafe(|| sink.page(conversion::page(page))));
            taken.unwrap_or_else(|_| Err(failure::panicked_output()))
        });
        if let Err(problem) = taken {
            refused = Some(problem);
            break;
        }
    }
    Taken { sink, refused }
}

/// What is counted of the pages of one run, and for how long the collector waited to hand one over.
#[derive(Debug, Default)]
pub(crate) struct OutputMeter {
    pages: AtomicU64,
    page_bytes: AtomicU64,
    output_bytes: AtomicU64,
    held_up: Mutex<HeldUp>,
}

#[derive(Debug, Default)]
struct HeldUp {
    before: Duration,
    since: Option<Instant>,
}

/// The collector waits as long as this lives.
pub(crate) struct Waiting<'m>(&'m OutputMeter);

impl OutputMeter {
    /// Counts one page more.
    fn charge(&self, bytes: u64, allowed: &Usage) -> Result<(), Problem> {
        self.page_bytes.fetch_max(bytes, Ordering::Relaxed);
        let cure = "narrow the scope or raise the limit";
        for (counter, more, what, unit, allowed) in [
            (&self.pages, 1, "pages", "pages", allowed.pages.allowed),
            (
                &self.output_bytes,
                bytes,
                "output",
                "bytes",
                allowed.output_bytes.allowed,
            ),
        ] {
            let used = counter
                .fetch_add(more, Ordering::Relaxed)
                .saturating_add(more);
            if used > allowed {
                return Err(failure::over_budget(what, unit, used, allowed, cure));
            }
        }
        Ok(())
    }

    /// The collector has a page that is not taken.
    pub(crate) fn wait(&self) -> Waiting<'_> {
        self.held_up().since = Some(Instant::now());
        Waiting(self)
    }

    /// How long the collector has been waiting for its page to be taken; zero when it does not wait.
    pub(crate) fn waiting(&self) -> Duration {
        let since = self.held_up().since;
        since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    /// How long the collector waited in all.
    pub(crate) fn waited(&self) -> Duration {
        let held_up = self.held_up();
        let now = held_up.since.map(|since| since.elapsed());
        held_up.before + now.unwrap_or_default()
    }

    pub(crate) fn report(&self, usage: &mut Usage) {
        usage.pages.used = self.pages.load(Ordering::Relaxed);
        usage.page_bytes.used = self.page_bytes.load(Ordering::Relaxed);
        usage.output_bytes.used = self.output_bytes.load(Ordering::Relaxed);
    }

    fn held_up(&self) -> std::sync::MutexGuard<'_, HeldUp> {
        self.held_up.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut held_up = self.0.held_up();
        if let Some(since) = held_up.since.take() {
            let waited = since.elapsed();
            if waited >= HANDING_OVER {
                held_up.before += waited;
            }
        }
    }
}

/// A thread cannot be had.
pub(crate) fn no_thread(error: &io::Error) -> Problem {
    let message = format!(
        "a thread for the output cannot be started: {error}; raise the limit of processes (`ulimit -u`)"
    );
    Problem::new(ErrorCode::InternalError, message)
}
