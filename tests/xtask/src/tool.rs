//! Programs of others: from wheels where their projects make some, else by cargo, each version in a
//! folder of its own below the target folder.

use std::path::PathBuf;

use anyhow::Context;

use crate::apt;
use crate::process;
use crate::progress::note;
use crate::python::{self, Environment};
use crate::workspace::Workspace;

/// A program and its package.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tool<'t> {
    pub(crate) package: &'t str,
    pub(crate) version: &'t str,
    pub(crate) program: &'t str,
    /// Optimised only if it runs long.
    pub(crate) optimised: bool,
    /// The duration of the installation, as text.
    pub(crate) takes: &'t str,
}

/// The program's file; installed when it is missing.
pub(crate) fn install(workspace: &Workspace, tool: &Tool<'_>) -> anyhow::Result<PathBuf> {
    let Tool {
        package, version, ..
    } = tool;
    let root = workspace.target(format!("tools/{package}-{version}"));
    let executable = root.join("bin").join(tool.program);
    if executable.is_file() {
        note("already there");
        return Ok(executable);
    }
    note(format!("compiling: {} the first time", tool.takes));
    let mut cargo = workspace.cargo();
    // A folder of its own, or what it is made of would be sought among what the workspace is made of.
    let build = workspace.target("tools/build");
    cargo
        .args(["install", package, "--version", version])
        .args(["--locked", "--quiet", "--root"])
        .arg(&root)
        .env("CARGO_TARGET_DIR", &build);
    if !tool.optimised {
        cargo.args(["--debug", "--config", "profile.dev.debug=false"]);
    }
    process::run(&mut cargo).with_context(|| {
        format!("{package} not installed: check that cargo reaches its registry")
    })?;
    std::fs::remove_dir_all(&build).ok();
    Ok(executable)
}

/// A program of the wheels in `requirements-tools.txt`.
pub(crate) fn checker(workspace: &Workspace, program: &str) -> anyhow::Result<PathBuf> {
    apt::ensure(&python::packages())?;
    let environment = Environment {
        list: workspace.root.join("tests/xtask/requirements-tools.txt"),
        folder: workspace.target("tools/python"),
        imports: "sys",
    };
    environment.ensure()?;
    Ok(environment.folder.join("bin").join(program))
}
