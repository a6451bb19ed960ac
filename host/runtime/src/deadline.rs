//! When a run has to end, and how long its output may take from then on.

use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;

use crate::limits::SandboxLimits;

/// The least time that the output has to end a document, however late it is.
pub(crate) const LAST_WRITE: Duration = Duration::from_millis(500);

/// Why a run has to end although it is not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expiry {
    /// Its caller does not want it any more.
    Cancelled,
    /// Its wall-clock limit is over.
    TimedOut,
}

/// The end of a run, whatever it is doing then: its caller's word or its wall-clock limit.
#[derive(Debug)]
pub(crate) struct Deadline<'c> {
    cancel: &'c CancellationToken,
    /// `None` when only the caller ends it.
    at: Option<Instant>,
    grace: Duration,
    /// Why it came, and when.
    expired: Option<(Expiry, Instant)>,
}

impl<'c> Deadline<'c> {
    /// That of a run which begins now.
    pub(crate) fn for_run(cancel: &'c CancellationToken, limits: &SandboxLimits) -> Self {
        Deadline {
            at: Instant::now().checked_add(limits.wall),
            ..Deadline::for_caller(cancel, limits.grace)
        }
    }

    /// One that comes only when `cancel` does.
    pub(crate) fn for_caller(cancel: &'c CancellationToken, grace: Duration) -> Self {
        Deadline {
            cancel,
            at: None,
            grace,
            expired: None,
        }
    }

    /// The wall-clock limit as a time.
    pub(crate) fn at(&self) -> Option<Instant> {
        self.at
    }

    /// Waits until the run has to end.
    pub(crate) async fn expired(&mut self) -> Expiry {
        if let Some((expiry, _)) = self.expired {
            return expiry;
        }
        let time = async {
            match self.at {
                Some(at) => sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        let expiry = tokio::select! {
            biased;
            () = self.cancel.cancelled() => Expiry::Cancelled,
            () = time => Expiry::TimedOut,
        };
        self.expired = Some((expiry, Instant::now()));
        expiry
    }

    /// What the thread of the output answers; `None` when the run had to end and the thread did not
    /// within the grace, because the reader of the output does not read.
    pub(crate) async fn output<T>(&mut self, mut work: oneshot::Receiver<T>) -> Option<T> {
        tokio::select! {
            biased;
            done = &mut work => return done.ok(),
            _ = self.expired() => {}
        }
        let now = Instant::now();
        let since = self.expired.map_or(now, |(_, since)| since);
        let until = (since + self.grace).max(now + LAST_WRITE);
        timeout_at(until, work).await.ok()?.ok()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::sync::oneshot;
    use tokio::time::Instant;
    use tokio_util::sync::CancellationToken;

    use super::{Deadline, Expiry, LAST_WRITE};
    use crate::limits::SandboxLimits;

    #[tokio::test(start_paused = true)]
    async fn output_that_is_not_taken_is_waited_for_until_the_grace_is_over() {
        let limits = SandboxLimits::default();
        let cancel = CancellationToken::new();
        let mut deadline = Deadline::for_run(&cancel, &limits);
        let (_stuck, work) = oneshot::channel::<()>();
        let begun = Instant::now();
        assert_eq!(deadline.output(work).await, None);
        assert_eq!(
            begun.elapsed().as_secs(),
            (limits.wall + limits.grace).as_secs()
        );
        assert_eq!(deadline.expired().await, Expiry::TimedOut);
        // The grace is over, and still there is time to end a document.
        let (_stuck, work) = oneshot::channel::<()>();
        let begun = Instant::now();
        assert_eq!(deadline.output(work).await, None);
        assert!(begun.elapsed() - LAST_WRITE < Duration::from_millis(5));
    }

    #[tokio::test(start_paused = true)]
    async fn output_that_is_done_is_answered_whatever_ended_the_run() {
        let cancel = CancellationToken::new();
        cancel.cancel();
        let mut deadline = Deadline::for_caller(&cancel, Duration::from_secs(2));
        assert_eq!(deadline.expired().await, Expiry::Cancelled);
        let (done, work) = oneshot::channel();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(1)).await;
            done.send(7).expect("the receiver waits");
        });
        assert_eq!(deadline.output(work).await, Some(7));
    }
}
