//! The vCenter component of each world, as files.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};

use crate::process;
use crate::progress::step;
use crate::wasm_target::{self, Toolchain};
use crate::workspace::Workspace;

/// The components, built.
#[derive(Debug)]
pub(crate) struct Components {
    pub(crate) folder: PathBuf,
}

impl Components {
    /// Builds them; their description goes to stderr.
    pub(crate) fn build(workspace: &Workspace, toolchain: &Toolchain) -> anyhow::Result<Self> {
        let folder = folder(workspace);
        step("components", || {
            process::run(&mut builder(workspace, toolchain, &folder))
        })?;
        Ok(Components { folder })
    }

    /// The same by the program that builds them, where it is built already.
    pub(crate) fn build_by(
        program: &Path,
        workspace: &Workspace,
        toolchain: &Toolchain,
    ) -> anyhow::Result<Self> {
        let folder = folder(workspace);
        let mut command = Command::new(program);
        arguments(&mut command, workspace, toolchain, &folder);
        step("components", || process::run(&mut command))?;
        Ok(Components { folder })
    }

    /// The one of world `collector`.
    pub(crate) fn http(&self) -> PathBuf {
        self.folder.join("vcenter.wasm")
    }

    /// The one of world `collector-transport`.
    pub(crate) fn transport(&self) -> PathBuf {
        self.folder.join("vcenter-transport.wasm")
    }
}

/// Builds them; their description is the result.
pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    let toolchain = wasm_target::PART.run(|| wasm_target::ensure(workspace))?;
    let status = builder(workspace, &toolchain, &folder(workspace))
        .status()
        .context("cargo did not start")?;
    ensure!(status.success(), "the components were not built");
    Ok(())
}

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.target("components")
}

fn builder(workspace: &Workspace, toolchain: &Toolchain, folder: &Path) -> Command {
    let mut cargo = workspace.cargo();
    cargo
        .args(["run", "--quiet", "--package", "stocktake-plugin-build"])
        .args(["--features", "component", "--bin", "components", "--"]);
    arguments(&mut cargo, workspace, toolchain, folder);
    cargo
}

fn arguments(command: &mut Command, workspace: &Workspace, toolchain: &Toolchain, folder: &Path) {
    command
        .arg(folder)
        .arg(workspace.target("wasm"))
        .envs(toolchain.variables());
}
