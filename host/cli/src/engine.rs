//! The sandbox and the component that runs in it.

mod cache;

use stocktake_contract::Problem;
use stocktake_runtime::gateway::{Policy, Trust};
use stocktake_runtime::{Cache, Collector, Limits, Outcome, Runtime, Writer};
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use crate::component::ComponentChoice;
use crate::failure::Failure;
use crate::progress::Progress;

/// A component ready to be run, and what every run of it is under.
#[derive(Debug)]
pub(crate) struct Engine {
    collector: Collector,
    trust: Trust,
}

impl Engine {
    /// Loads the chosen component.
    pub(crate) fn load(
        component: &ComponentChoice,
        limits: Limits,
        trust: Trust,
    ) -> Result<Self, Problem> {
        let collector = component.load(runtime(limits)?)?;
        Ok(Engine { collector, trust })
    }

    /// Runs one request; progress is shown on a terminal.
    pub(crate) async fn run(
        &self,
        request: &str,
        writer: &mut (dyn Writer + Send),
        cancel: &CancellationToken,
    ) -> Outcome {
        let policy = Policy::for_request(request).trusting(self.trust.clone());
        let progress = Progress::on_stderr();
        let mut advance = |done| progress.advance(done);
        stocktake_runtime::run(
            &self.collector,
            request,
            &policy,
            writer,
            &mut advance,
            cancel,
        )
        .await
    }

    /// Runs a request whose answer is in the outcome, not in pages.
    pub(crate) async fn ask(
        &self,
        request: &Zeroizing<String>,
        cancel: &CancellationToken,
    ) -> Outcome {
        self.run(request, &mut crate::output::Nothing, cancel).await
    }
}

/// The sandbox, with compiled code kept where the environment says.
pub(crate) fn runtime(limits: Limits) -> Result<Runtime, Problem> {
    let runtime = Runtime::new(limits)?;
    Ok(match cache::directory(|name| std::env::var_os(name)) {
        Some(directory) => runtime.with_cache(Cache::new(directory)),
        None => runtime,
    })
}

/// The runtime that a command works in.
pub(crate) fn executor() -> Result<tokio::runtime::Runtime, Failure> {
    let executor = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    executor.map_err(|error| Failure::other("cannot start threads", error))
}
