//! A collection to look at.

use std::process::ExitCode;

use anyhow::Context;

use crate::progress::{Part, announce};
use crate::workspace::Workspace;
use crate::{process, wasm_target};

const BUILD: Part = Part {
    name: "build stocktake-dev",
    does: "compiles simulator, host and wasmtime, and the collector for wasm",
    takes: "6 min",
};

/// Needs only the wasm target: the simulator of the demo is part of `stocktake-dev`.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> anyhow::Result<ExitCode> {
    announce("the demo builds what it shows", &[wasm_target::PART, BUILD]);
    let toolchain = wasm_target::PART.run(|| wasm_target::ensure(workspace))?;
    BUILD.run(|| {
        process::run(
            workspace
                .cargo()
                .args(["build", "--package", "stocktake-dev"])
                .envs(toolchain.variables()),
        )
    })?;
    let mut demo = workspace.cargo();
    demo.args(["run", "--quiet", "--package", "stocktake-dev"])
        .args(["--", "demo"])
        .args(arguments)
        .envs(toolchain.variables());
    let status = demo.status().context("stocktake-dev did not start")?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
