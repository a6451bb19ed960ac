//! A run for those who test a component: it is handed the request as it is, and is
//! asked again after its end.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use stocktake_contract::Problem;
use wasmtime::Store;
use wasmtime::component::Linker;

use crate::bindings::exports::stocktake::collector::inventory as wit;
use crate::bindings::{Guest, GuestPre};
use crate::component::{Collector, failed};
use crate::connection::{Connection, Purpose};
use crate::conversion;
use crate::failure;
use crate::gateway::Gateway;
use crate::inspect::Description;
use crate::limits::SandboxLimits;
use crate::loader::Runtime;
use crate::page::Summary;
use crate::policy::Policy;
use crate::redaction::Redaction;
use crate::sandbox::Sandbox;
use crate::stderr::Stderr;

/// Describing itself needs no import, so it takes no time.
const DESCRIBE_TIMEOUT: Duration = Duration::from_secs(10);

/// What a component answered at its end, and whether it answers the same again.
#[derive(Clone, Debug)]
pub struct RawRun {
    /// The first summary.
    pub summary: Summary,
    /// What of the summary cannot be understood.
    pub misfits: Vec<Problem>,
    /// Pages before it.
    pub pages: u64,
    /// Pulling again answered the same summary.
    pub pulled_again: bool,
    /// Closing the run that had ended answered the same summary.
    pub closed_again: bool,
}

/// How a raw run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It is pulled until its summary.
    Pulled,
    /// It is closed after so many pages, or at its summary when that comes before.
    ClosedAfter(u64),
}

impl Collector {
    /// Runs the collector on `request` as it stands: its credential stays in it, and it
    /// need not be JSON. Nothing of its pages is checked.
    ///
    /// # Errors
    ///
    /// `PLUGIN_TRAPPED`, `PLUGIN_TIMEOUT` or `PLUGIN_BUDGET_EXCEEDED` when there is no summary.
    pub async fn raw_run(
        &self,
        request: &str,
        policy: &Policy,
        ending: Ending,
    ) -> Result<RawRun, Problem> {
        let limits = &policy.limits.sandbox;
        let redaction = Arc::new(Redaction::from_request(request));
        let deadline = tokio::time::Instant::now().checked_add(limits.wall);
        let purpose = Purpose {
            redaction: Arc::clone(&redaction),
            deadline,
            ..Purpose::default()
        };
        let gateway = Connection::new(policy, purpose).gateway().clone();
        let stderr = Stderr::default();
        let mut store = Sandbox::store(self.pre.engine(), limits, gateway, &stderr);
        let playing = self.play(&mut store, request, ending, limits.pages);
        let played = within(limits.wall, "it did not end", playing).await?;
        let (answers, pages) = played.map_err(|error| {
            let words = stderr.last_words(&redaction);
            failure::trap(&error, &words, limits)
        })?;
        let [first, pulled, closed] = answers;
        // The generated types compare by what they show.
        let is_first = |answer: Option<wit::Summary>| format!("{answer:?}") == format!("{first:?}");
        let (pulled_again, closed_again) = (is_first(pulled), is_first(closed));
        let Some(first) = first else {
            let cure = "narrow the scope or raise the limit";
            return Err(failure::over_budget(
                "pages",
                "pages",
                pages,
                limits.pages,
                cure,
            ));
        };
        let (summary, misfits) = conversion::summary(first, &redaction);
        Ok(RawRun {
            summary,
            misfits,
            pages,
            pulled_again,
            closed_again,
        })
    }

    /// The summary, the one that the next pull answers, the one that closing answers, and the
    /// pages before them; no first one when there were too many pages.
    async fn play(
        &self,
        store: &mut Store<Sandbox>,
        request: &str,
        ending: Ending,
        most_pages: u64,
    ) -> wasmtime::Result<([Option<wit::Summary>; 3], u64)> {
        let guest = self.pre.instantiate_async(&mut *store).await?;
        let runs = guest.stocktake_collector_inventory().run();
        let run = runs.call_constructor(&mut *store, request).await?;
        let mut pages = 0;
        let first = loop {
            if ending == Ending::ClosedAfter(pages) {
                break runs.call_close(&mut *store, run).await?;
            }
            match runs.call_pull(&mut *store, run).await? {
                wit::Pulled::Summary(summary) => break summary,
                wit::Pulled::Page(_) => pages += 1,
            }
            if pages > most_pages {
                return Ok(([None, None, None], pages));
            }
        };
        let pulled = match runs.call_pull(&mut *store, run).await? {
            wit::Pulled::Summary(summary) => Some(summary),
            wit::Pulled::Page(_) => None,
        };
        let closed = runs.call_close(&mut *store, run).await?;
        run.resource_drop_async(&mut *store).await?;
        Ok(([Some(first), pulled, Some(closed)], pages))
    }
}

impl Runtime {
    /// Asks a component who it is in a world where every import traps.
    ///
    /// # Errors
    ///
    /// `PLUGIN_EXEC_FAILED` when it cannot be loaded, `PLUGIN_TRAPPED` when it calls an
    /// import, `PLUGIN_TIMEOUT` or `PLUGIN_BUDGET_EXCEEDED` when it does not answer.
    pub async fn describe_alone(&self, bytes: &[u8]) -> Result<Description, Problem> {
        let component = self.compile(bytes)?.component;
        let misfit = |error: wasmtime::Error| {
            failed(format!("the component does not fit the world: {error:#}"))
        };
        let mut linker: Linker<Sandbox> = Linker::new(&self.engine);
        linker
            .define_unknown_imports_as_traps(&component)
            .map_err(misfit)?;
        let pre = linker.instantiate_pre(&component).map_err(misfit)?;
        let pre = GuestPre::new(pre).map_err(misfit)?;
        let (gateway, limits) = (Gateway::denying(), SandboxLimits::default());
        let stderr = Stderr::default();
        let mut store = Sandbox::store(&self.engine, &limits, gateway, &stderr);
        let asking = async {
            let guest: Guest = pre.instantiate_async(&mut store).await?;
            let inventory = guest.stocktake_collector_inventory();
            inventory.call_describe(&mut store).await
        };
        let described = within(DESCRIBE_TIMEOUT, "it did not describe itself", asking).await?;
        described
            .map(Description::from)
            .map_err(|error| failure::trap(&error, &stderr.text(), &limits))
    }
}

async fn within<T>(
    limit: Duration,
    outcome: &str,
    work: impl Future<Output = T>,
) -> Result<T, Problem> {
    let done = tokio::time::timeout(limit, work).await;
    done.map_err(|_| failure::timeout(limit, outcome))
}
