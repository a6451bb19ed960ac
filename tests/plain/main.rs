//! Runs a program in a component as `wasmtime run -S http FILE` does: by the same libraries and
//! with their defaults, but without the command line, which takes minutes to compile.
//!
//! The exit code is 0 when the program succeeds, 1 when it says that it failed, and that of an
//! abort when it traps.

use std::env;
use std::process::ExitCode;

use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Engine, Error, Result, Store, Trap};
use wasmtime_wasi::p2::bindings::Command;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView, default_hooks};

/// 128 and the number of SIGABRT.
const ABORTED: u8 = 134;

struct Host {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    table: ResourceTable,
}

impl WasiView for Host {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for Host {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            ctx: &mut self.http,
            table: &mut self.table,
            hooks: default_hooks(),
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(())) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("Error: {error:?}");
            if error.is::<Trap>() {
                ExitCode::from(ABORTED)
            } else {
                ExitCode::FAILURE
            }
        }
    }
}

/// The result of the program.
async fn run() -> Result<std::result::Result<(), ()>> {
    let file = env::args_os().nth(1);
    let file = file.ok_or_else(|| Error::msg("usage: plain-runtime FILE < STDIN > STDOUT"))?;
    let engine = Engine::default();
    let component = Component::from_file(&engine, file)?;
    let mut linker = Linker::new(&engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
    let host = Host {
        wasi: WasiCtx::builder().inherit_stdio().build(),
        http: WasiHttpCtx::new(),
        table: ResourceTable::new(),
    };
    let mut store = Store::new(&engine, host);
    let command = Command::instantiate_async(&mut store, &component, &linker).await?;
    command.wasi_cli_run().call_run(&mut store).await
}
