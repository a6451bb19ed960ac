//! The WebAssembly engine that all collectors of a process share.

use std::time::Duration;

use stocktake_contract::{ErrorCode, Problem};
use wasmtime::component::Linker;
use wasmtime::{Config, Engine};
use wasmtime_wasi::WasiView as _;
use wasmtime_wasi::cli::{WasiCli, WasiCliView as _};
use wasmtime_wasi::clocks::{WasiClocks, WasiClocksView as _};
use wasmtime_wasi_http::{WasiHttp, WasiHttpView as _};

use crate::component::{Cache, Digest};
use crate::rlimit;
use crate::sandbox::{HasTable, Sandbox};

/// How often a computing guest lets the host look after time and cancellation.
const TICK: Duration = Duration::from_millis(10);

/// What one run may use of the host. What it may use of the network is in
/// [`gateway::Limits`](crate::gateway::Limits).
///
/// ```
/// use stocktake_runtime::Limits;
/// use std::time::Duration;
///
/// let mut limits = Limits::default();
/// limits.memory = 64 << 20;
/// limits.wall = Duration::from_secs(60);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes over all linear memories and tables, an entry of a table being a pointer.
    /// 512 MiB: a hundred times what the vCenter collector needs for pages of 1000 objects.
    pub memory: usize,
    /// Core instances, and as many memories and as many tables. 100: a wrapped module makes 3 or 4.
    pub instances: usize,
    /// Handles held at once, of the host's resources and of the guest's own. 10,000: an exchange
    /// under way needs 6.
    pub handles: usize,
    /// Bytes that cross from guest to host in one call, that is in one page or in the summary.
    /// 256 MiB: a page of the largest `page_size` at 25 KiB an object.
    pub hostcall_fuel: usize,
    /// Pages. 1,000,000: an inventory of that many objects, read one by one.
    pub pages: u64,
    /// Bytes over all pages. 16 GiB, as much as may be received.
    pub output_bytes: u64,
    /// Bytes that the host keeps of a run beside its pages: ids, relations, warnings. 256 MiB:
    /// 100,000 VMs take less than 2.
    pub host_bytes: usize,
    /// From the first instruction to the summary. 285 s: a ledger ends its plugins after five
    /// minutes, within which the run has to be ended, logged out and told of.
    pub wall: Duration,
    /// For cleaning up on the server once the run was told to end. 2 s.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            memory: 512 << 20,
            instances: 100,
            handles: 10_000,
            hostcall_fuel: 256 << 20,
            pages: 1_000_000,
            output_bytes: 16 << 30,
            host_bytes: 256 << 20,
            wall: Duration::from_secs(285),
            // A process that is told to end has five seconds, of which the logout may take two.
            grace: Duration::from_secs(2),
        }
    }
}

/// Loads collectors and runs them within the same limits.
#[derive(Clone)]
pub struct Runtime {
    pub(crate) engine: Engine,
    pub(crate) linker: Linker<Sandbox>,
    pub(crate) limits: Limits,
    pub(crate) cache: Option<Cache>,
    /// Components that may be loaded; all when there is none.
    pub(crate) allowed: Vec<Digest>,
}

impl std::fmt::Debug for Runtime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runtime")
            .field("limits", &self.limits)
            .field("cache", &self.cache)
            .field("allowed", &self.allowed)
            .finish_non_exhaustive()
    }
}

impl Runtime {
    /// Prepares the engine. Threads are started, nothing is compiled yet.
    ///
    /// # Errors
    ///
    /// `PLUGIN_EXEC_FAILED` when this machine cannot run WebAssembly.
    pub fn new(limits: Limits) -> Result<Self, Problem> {
        let unusable = |error: wasmtime::Error| {
            let message = match rlimit::cure_of_sandbox(&error) {
                Some(cure) => format!("the WebAssembly engine cannot start: {cure}"),
                None => format!("the WebAssembly engine cannot start: {error:#}"),
            };
            Problem::new(ErrorCode::PluginExecFailed, message)
        };
        let mut config = Config::new();
        config.wasm_component_model(true);
        config.epoch_interruption(true);
        let engine = Engine::new(&config).map_err(unusable)?;
        let linker = linker(&engine).map_err(unusable)?;
        tick(&engine).map_err(|error| unusable(error.into()))?;
        Ok(Runtime {
            engine,
            linker,
            limits,
            cache: None,
            allowed: Vec::new(),
        })
    }

    /// Keeps compiled code in `cache` and takes it from there.
    #[must_use]
    pub fn with_cache(mut self, cache: Cache) -> Self {
        self.cache = Some(cache);
        self
    }

    /// Loads only the components of this list, beside those of lists given before.
    /// An empty list changes nothing: without any every component is loaded.
    #[must_use]
    pub fn allowing(mut self, components: impl IntoIterator<Item = Digest>) -> Self {
        self.allowed.extend(components);
        self
    }

    /// What a run may use.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.limits
    }
}

/// Links the interfaces of the world one by one: what is not named here does not exist.
fn linker(engine: &Engine) -> wasmtime::Result<Linker<Sandbox>> {
    use wasmtime_wasi::p2::bindings::{cli, clocks, io};
    use wasmtime_wasi_http::p2::bindings::{LinkOptions, http};

    let mut linker = Linker::new(engine);
    let l = &mut linker;
    io::error::add_to_linker::<Sandbox, HasTable>(l, |sandbox| sandbox.ctx().table)?;
    io::poll::add_to_linker::<Sandbox, HasTable>(l, |sandbox| sandbox.ctx().table)?;
    io::streams::add_to_linker::<Sandbox, HasTable>(l, |sandbox| sandbox.ctx().table)?;
    clocks::monotonic_clock::add_to_linker::<Sandbox, WasiClocks>(l, Sandbox::clocks)?;
    cli::stderr::add_to_linker::<Sandbox, WasiCli>(l, Sandbox::cli)?;
    let options = LinkOptions::default();
    http::types::add_to_linker::<Sandbox, WasiHttp>(l, &(&options).into(), Sandbox::http)?;
    http::outgoing_handler::add_to_linker::<Sandbox, WasiHttp>(l, Sandbox::http)?;
    Ok(linker)
}

/// Lets time pass for the guests of an engine for as long as it lives.
fn tick(engine: &Engine) -> std::io::Result<()> {
    let engine = engine.weak();
    std::thread::Builder::new()
        .name("stocktake-tick".to_owned())
        .spawn(move || {
            while let Some(engine) = engine.upgrade() {
                engine.increment_epoch();
                drop(engine);
                std::thread::sleep(TICK);
            }
        })
        .map(drop)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Limits;
    use crate::gateway::LOGOUT_TIMEOUT;

    #[test]
    fn a_run_that_takes_all_its_time_has_answered_before_a_ledger_loses_patience() {
        let ledger = Duration::from_secs(300);
        // To start, compile and write the response on a machine that is busy.
        let beside = Duration::from_secs(10);
        let Limits { wall, grace, .. } = Limits::default();
        assert!(wall + grace + LOGOUT_TIMEOUT + beside < ledger);
    }
}
