//! The vCenter component of each world, as files.

use std::path::PathBuf;

use crate::process;
use crate::wasm_target::Toolchain;
use crate::workspace::Workspace;

/// Builds them and tells what they are on stdout; the folder that holds them.
pub(crate) fn build(workspace: &Workspace, toolchain: &Toolchain) -> anyhow::Result<PathBuf> {
    let folder = workspace.target("components");
    process::run(
        workspace
            .cargo()
            .args(["run", "--quiet", "--package", "stocktake-plugin-build"])
            .args(["--features", "component", "--bin", "components", "--"])
            .arg(&folder)
            .arg(workspace.target("wasm"))
            .envs(toolchain.variables()),
    )?;
    Ok(folder)
}
