//! The WebAssembly engine that all collectors of a process share.

use std::time::Duration;

use stocktake_contract::{ErrorCode, Problem};
use wasmtime::component::Linker;
use wasmtime::{Config, Engine};
use wasmtime_wasi::WasiView as _;
use wasmtime_wasi::cli::{WasiCli, WasiCliView as _};
use wasmtime_wasi::clocks::{WasiClocks, WasiClocksView as _};
use wasmtime_wasi_http::{WasiHttp, WasiHttpView as _};

use crate::rlimit;
use crate::sandbox::{HasTable, Sandbox};

/// How often a computing guest lets the host look after time and cancellation.
const TICK: Duration = Duration::from_millis(10);

/// An engine whose guests the host can end, and what it links for them.
///
/// # Errors
///
/// `PLUGIN_EXEC_FAILED` when this machine cannot run WebAssembly.
pub(crate) fn start() -> Result<(Engine, Linker<Sandbox>), Problem> {
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
    Ok((engine, linker))
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
