//! A collection to look at.

use std::process::ExitCode;

use anyhow::Context;

use crate::progress::step;
use crate::workspace::Workspace;
use crate::{process, wasm_target};

/// Needs only the wasm target: the simulator of the demo is part of `stocktake-dev`.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> anyhow::Result<ExitCode> {
    let toolchain = step("wasm target", || wasm_target::ensure(workspace))?;
    step("build stocktake-dev", || {
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
