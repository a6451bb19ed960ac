//! The guest's side of a run: a thread of its own that pulls pages.
//!
//! A thread rather than a task, because a task that was woken by the gateway's
//! read-ahead would be queued behind it on the same worker, and decoding would
//! wait for parsing instead of running beside it.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use wasmtime::Store;
use zeroize::Zeroizing;

use stocktake_contract::Problem;

use crate::bindings::GuestPre;
use crate::bindings::exports::stocktake::collector::inventory as wit;
use crate::connection::Connection;
use crate::failure;
use crate::output::OutputMeter;
use crate::sandbox::Sandbox;

/// How a guest ended.
#[derive(Debug)]
pub(crate) enum End {
    /// It answered its summary.
    Summary(Box<wit::Summary>),
    /// It trapped.
    Trapped(wasmtime::Error),
    /// It was asked to end and did not within the grace.
    Stuck,
}

/// What is left of a guest.
#[derive(Debug)]
pub(crate) struct GuestExit {
    pub(crate) end: End,
    /// Bytes of its memories and tables.
    pub(crate) memory: usize,
    /// The most handles that it held at once.
    pub(crate) handles: usize,
}

/// A guest about to run.
pub(crate) struct Guest {
    pub(crate) store: Store<Sandbox>,
    pub(crate) pre: GuestPre<Sandbox>,
    pub(crate) request: Zeroizing<String>,
    pub(crate) pages: mpsc::Sender<wit::Page>,
    /// Measures how long a page is not taken.
    pub(crate) meter: Arc<OutputMeter>,
    /// Once cancelled, the guest closes its run, for which it has the grace.
    pub(crate) stop: CancellationToken,
    pub(crate) grace: Duration,
    /// Closed once the guest has ended and its session is not needed any more,
    /// whether or not anybody still waits for it.
    pub(crate) connection: Connection,
}

/// A guest at work.
pub(crate) struct Running {
    exit: oneshot::Receiver<GuestExit>,
    thread: Option<JoinHandle<()>>,
    /// While it lasts the session of the guest stays.
    session: oneshot::Sender<()>,
}

impl Running {
    /// What is left of the guest once it has ended. Its session stays until it is [closed](Self::close).
    ///
    /// # Errors
    ///
    /// The thread was lost.
    pub(crate) async fn ended(&mut self) -> Result<GuestExit, Problem> {
        if let Ok(exit) = (&mut self.exit).await {
            return Ok(exit);
        }
        let lost = match self.thread.take() {
            Some(thread) => thread.await.err(),
            None => None,
        };
        Err(failure::defect(lost.as_ref()))
    }

    /// Whether it has ended.
    pub(crate) fn is_finished(&self) -> bool {
        !self.exit.is_empty()
    }

    /// Ends the session.
    pub(crate) async fn close(self) {
        drop(self.session);
        if let Some(thread) = self.thread {
            // What became of the guest is known from its exit.
            let _ = thread.await;
        }
    }
}

impl Guest {
    /// Starts the guest.
    pub(crate) fn start(mut self) -> Running {
        let runtime = Handle::current();
        let (ended, exit) = oneshot::channel();
        let (session, is_of_use) = oneshot::channel();
        let thread = tokio::task::spawn_blocking(move || {
            let end = runtime.block_on(self.play());
            let sandbox = self.store.data_mut();
            let (memory, handles) = (sandbox.memory(), sandbox.peak_handles());
            // With it end the exchanges that the guest has not ended.
            drop(self.store);
            // With it ends the waiting for pages.
            drop(self.pages);
            let exit = GuestExit {
                end,
                memory,
                handles,
            };
            if ended.send(exit).is_ok() {
                // Until it is closed, or its owner is gone.
                let _ = is_of_use.blocking_recv();
            }
            runtime.block_on(self.connection.close());
        });
        Running {
            exit,
            thread: Some(thread),
            session,
        }
    }

    async fn play(&mut self) -> End {
        let (stop, grace) = (self.stop.clone(), self.grace);
        let grace_over = async move {
            stop.cancelled().await;
            tokio::time::sleep(grace).await;
        };
        // A computing guest yields at every tick of the engine, so the grace_over always gets its turn.
        tokio::select! {
            ended = self.pull_all() => match ended {
                Ok(summary) => End::Summary(Box::new(summary)),
                Err(error) => End::Trapped(error),
            },
            () = grace_over => End::Stuck,
        }
    }

    async fn pull_all(&mut self) -> wasmtime::Result<wit::Summary> {
        let store = &mut self.store;
        let guest = self.pre.instantiate_async(&mut *store).await?;
        let inventory = guest.stocktake_collector_inventory();
        let runs = inventory.run();
        let run = runs.call_constructor(&mut *store, &self.request).await?;
        let summary = loop {
            if self.stop.is_cancelled() {
                break runs.call_close(&mut *store, run).await?;
            }
            match runs.call_pull(&mut *store, run).await? {
                wit::Pulled::Summary(summary) => break summary,
                wit::Pulled::Page(page) => {
                    if !hand_over(&self.pages, page, &self.meter, &self.stop).await {
                        break runs.call_close(&mut *store, run).await?;
                    }
                }
            }
        };
        run.resource_drop_async(&mut *store).await?;
        Ok(summary)
    }
}

/// Puts a page into the queue; false when no more pages are taken, or the run has to end.
async fn hand_over(
    pages: &mpsc::Sender<wit::Page>,
    page: wit::Page,
    meter: &OutputMeter,
    stop: &CancellationToken,
) -> bool {
    let page = match pages.try_send(page) {
        Ok(()) => return true,
        Err(TrySendError::Closed(_)) => return false,
        Err(TrySendError::Full(page)) => page,
    };
    let _waiting = meter.wait();
    tokio::select! {
        sent = pages.send(page) => sent.is_ok(),
        () = stop.cancelled() => false,
    }
}
