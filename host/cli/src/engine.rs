//! The sandbox and the component that runs in it.

mod cache;

use std::sync::Arc;

use stocktake_contract::Problem;
use stocktake_runtime::gateway::Trust;
use stocktake_runtime::resilience::{Breaker, DirectoryStore};
use stocktake_runtime::rlimit;
use stocktake_runtime::vsphere::SessionKeeper;
use stocktake_runtime::{Cache, Collector, Outcome, Policy, Request, Runtime, Settings, Writer};
use tokio_util::sync::CancellationToken;

use crate::component::ComponentChoice;
use crate::count::CountArguments;
use crate::failure::Failure;
use crate::progress::Progress;

/// A component ready to run, with the settings of every run.
#[derive(Debug)]
pub struct Engine {
    collector: Collector,
    trust: Trust,
    settings: Settings,
}

impl Engine {
    /// Loads the chosen component.
    ///
    /// # Errors
    ///
    /// When the component is refused, or the state of the breaker cannot be opened.
    pub fn load(
        component: &ComponentChoice,
        settings: Settings,
        trust: Trust,
    ) -> Result<Self, Problem> {
        let state = settings.breaker.state.as_deref();
        let store = state.map(DirectoryStore::open).transpose()?;
        let mut collector = component.load(runtime()?, &settings)?;
        if let Some(store) = store {
            let breaker = Breaker::new(Arc::new(store));
            let circuit = settings.breaker.circuit();
            collector = collector.guarded_by(breaker.with_settings(circuit));
        }
        Ok(Engine {
            collector,
            trust,
            settings,
        })
    }

    /// Adds what the options require of the count to the policy.
    pub(crate) fn counting(mut self, arguments: CountArguments) -> Self {
        let count = &mut self.settings.count;
        count.required |= arguments.require_host_count;
        count.spot_check = arguments.spot_check.unwrap_or(count.spot_check);
        self
    }

    /// Runs one request; progress is shown on a terminal.
    /// The writer is not given back when it is blocked.
    pub async fn run<W: Writer + Send + 'static>(
        &self,
        request: &Request,
        writer: W,
        cancel: &CancellationToken,
    ) -> (Outcome, Option<W>) {
        self.run_under(self.policy(request), request, writer, cancel)
            .await
    }

    /// Runs one request in the session that an earlier run left to `keeper`.
    pub(crate) async fn run_in<W: Writer + Send + 'static>(
        &self,
        keeper: &SessionKeeper,
        request: &Request,
        writer: W,
        cancel: &CancellationToken,
    ) -> (Outcome, Option<W>) {
        let policy = self.policy(request).with_session_of(keeper.clone());
        self.run_under(policy, request, writer, cancel).await
    }

    async fn run_under<W: Writer + Send + 'static>(
        &self,
        policy: Policy,
        request: &Request,
        writer: W,
        cancel: &CancellationToken,
    ) -> (Outcome, Option<W>) {
        let progress = Progress::on_stderr();
        let advance = progress.advancing();
        let _ending = progress.report_ending(cancel);
        stocktake_runtime::run(&self.collector, request, &policy, writer, advance, cancel).await
    }

    fn policy(&self, request: &Request) -> Policy {
        self.settings.policy(request).trusting(self.trust.clone())
    }

    /// Runs a request whose result is in the outcome, not in pages.
    pub(crate) async fn ask(&self, request: &Request, cancel: &CancellationToken) -> Outcome {
        let (outcome, _) = self.run(request, crate::output::Nothing, cancel).await;
        outcome
    }

    /// Likewise, and leaves the session to `keeper`, for the next run.
    pub(crate) async fn ask_and_leave(
        &self,
        keeper: &SessionKeeper,
        request: &Request,
        cancel: &CancellationToken,
    ) -> Outcome {
        let policy = self.policy(request).leaving_session_to(keeper.clone());
        let nothing = crate::output::Nothing;
        let (outcome, _) = self.run_under(policy, request, nothing, cancel).await;
        outcome
    }
}

/// The sandbox, with its code cache where the environment says.
pub(crate) fn runtime() -> Result<Runtime, Problem> {
    let runtime = Runtime::new()?;
    Ok(match cache::directory(|name| std::env::var_os(name)) {
        Some(directory) => runtime.with_cache(Cache::new(directory)),
        None => runtime,
    })
}

/// The async runtime of one run.
///
/// One worker receives and decompresses; guest and output have threads of their own, so more workers
/// would cost memory for no gain.
///
/// # Errors
///
/// When threads cannot be started.
pub fn executor() -> Result<tokio::runtime::Runtime, Failure> {
    started(tokio::runtime::Builder::new_multi_thread().worker_threads(1))
}

/// The async runtime of a server: a worker for each core.
///
/// # Errors
///
/// When threads cannot be started.
pub fn server_executor() -> Result<tokio::runtime::Runtime, Failure> {
    started(&mut tokio::runtime::Builder::new_multi_thread())
}

fn started(builder: &mut tokio::runtime::Builder) -> Result<tokio::runtime::Runtime, Failure> {
    if let Some(cure) = rlimit::too_few_files() {
        return Err(Failure::Other(cure));
    }
    let executor = builder.enable_all().build();
    executor.map_err(|error| Failure::other("cannot start threads", rlimit::explained(&error)))
}
