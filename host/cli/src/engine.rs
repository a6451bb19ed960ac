//! The sandbox and the component that runs in it.

mod cache;

use std::path::Path;

use stocktake_contract::{ErrorCode, Problem};
use stocktake_runtime::gateway::{Policy, Trust};
use stocktake_runtime::{Cache, Collector, Limits, Outcome, Runtime, Writer};
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::progress::Progress;
use crate::resilience::Resilience;

/// A component ready to be run, and what every run of it is under.
#[derive(Debug)]
pub(crate) struct Engine {
    collector: Collector,
    trust: Trust,
    resilience: Resilience,
}

impl Engine {
    /// Loads the component of a file, or the built-in one.
    pub(crate) fn load(
        component: Option<&Path>,
        limits: Limits,
        trust: Trust,
    ) -> Result<Self, Problem> {
        let runtime = runtime(limits)?;
        let collector = match component {
            Some(file) => {
                let named = |reason: &str| format!("component {}: {reason}", file.display());
                let bytes = std::fs::read(file).map_err(|error| {
                    Problem::new(ErrorCode::PluginExecFailed, named(&error.to_string()))
                })?;
                runtime.load(&bytes).map_err(|mut problem| {
                    problem.message = named(&problem.message);
                    problem
                })?
            }
            None => runtime.load(embedded())?,
        };
        Ok(Engine {
            collector,
            trust,
            resilience: Resilience::default(),
        })
    }

    /// Deals with bad weather as told.
    pub(crate) fn with_resilience(mut self, resilience: Resilience) -> Self {
        self.resilience = resilience;
        self
    }

    /// Runs one request; progress is shown on a terminal.
    pub(crate) async fn run(
        &self,
        request: &str,
        writer: &mut (dyn Writer + Send),
        cancel: &CancellationToken,
    ) -> Outcome {
        let policy = Policy::for_request(request).trusting(self.trust.clone());
        let policy = self.resilience.apply(policy);
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

/// The built-in component.
pub(crate) fn embedded() -> &'static [u8] {
    stocktake_vcenter_artifact::COMPONENT
}

/// The runtime that a command works in.
pub(crate) fn executor() -> Result<tokio::runtime::Runtime, Failure> {
    let executor = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    executor.map_err(|error| Failure::other("cannot start threads", error))
}
