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
    /// Builds them; what they are goes to stderr.
    pub(crate) fn build(workspace: &Workspace, toolchain: &Toolchain) -> anyhow::Result<Self> {
        let folder = folder(workspace);
        step("components", || {
            process::run(&mut builder(workspace, toolchain, &folder))
        })?;
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

/// Builds them; what they are is the result.
pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    let toolchain = step("wasm target", || wasm_target::ensure(workspace))?;
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
        .args(["--features", "component", "--bin", "components", "--"])
        .arg(folder)
        .arg(workspace.target("wasm"))
        .envs(toolchain.variables());
    cargo
}
