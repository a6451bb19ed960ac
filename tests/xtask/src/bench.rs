//! Comparison of whole processes: the suite of `tests/benches`, with everything that it measures.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::Context;

use crate::progress::step;
use crate::workspace::Workspace;
use crate::{process, setup};

/// Builds everything in release mode and runs the suite, whose report goes to stdout.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> anyhow::Result<ExitCode> {
    let ready = setup::everything(workspace, None)?;
    step("build for speed", || {
        let mut build = workspace.cargo();
        build
            .args(["build", "--release", "--bins"])
            .args(["--package", "stocktake", "--package", "stocktake-dev"])
            .args(["--package", "stocktake-benches"])
            .envs(ready.toolchain.variables());
        process::run(&mut build)
    })?;
    let status = Command::new(release(workspace, "stocktake-bench"))
        .args(arguments)
        .env("STOCKTAKE_VCSIM", &ready.vcsim)
        .env("STOCKTAKE_PYTHON", &ready.python)
        .env("BENCH_STOCKTAKE", release(workspace, "stocktake"))
        .env("BENCH_STOCKTAKE_DEV", release(workspace, "stocktake-dev"))
        .env("BENCH_FLOOR", release(workspace, "stocktake-bench-floor"))
        .env("BENCH_GOVMOMI", &ready.govmomi)
        .env(
            "BENCH_PYVMOMI",
            workspace.root.join("tests/benches/peers/pyvmomi.py"),
        )
        .status()
        .context("the suite did not start")?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn release(workspace: &Workspace, program: &str) -> PathBuf {
    workspace.target(Path::new("release").join(program))
}
