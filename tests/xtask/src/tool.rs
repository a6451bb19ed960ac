//! Programs that cargo installs, each version in a folder of its own below the target folder.

use std::path::PathBuf;

use anyhow::Context;

use crate::process;
use crate::progress::note;
use crate::workspace::Workspace;

/// A program and the package that it comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tool<'t> {
    pub(crate) package: &'t str,
    pub(crate) version: &'t str,
    pub(crate) program: &'t str,
    /// The only features that are needed; the package's own choice when none is named.
    pub(crate) features: &'t [&'t str],
    pub(crate) optimised: bool,
    /// How long the installation takes, in words.
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
    note(format!("installing: {} the first time", tool.takes));
    let mut cargo = workspace.cargo();
    cargo
        .args(["install", package, "--version", version])
        .args(["--locked", "--quiet", "--root"])
        .arg(&root);
    if !tool.optimised {
        cargo.args(["--debug", "--config", "profile.dev.debug=false"]);
    }
    if !tool.features.is_empty() {
        cargo.args(["--no-default-features", "--features"]);
        cargo.arg(tool.features.join(","));
    }
    process::run(&mut cargo).with_context(|| {
        format!("{package} not installed: check that cargo reaches its registry")
    })?;
    Ok(executable)
}
