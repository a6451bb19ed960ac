//! The plain runtime, in the version that the host embeds.

use std::path::PathBuf;

use anyhow::Context;

use crate::tool::{self, Tool};
use crate::workspace::Workspace;

/// What `wasmtime run -S http` needs; the whole program takes twice as long to build.
const FEATURES: [&str; 4] = ["run", "component-model", "cranelift", "wasi-http"];

/// The program.
pub(crate) fn ensure(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    let version = workspace
        .locked("wasmtime")?
        .context("Cargo.lock has no wasmtime")?;
    let tool = Tool {
        package: "wasmtime-cli",
        version: &version,
        program: "wasmtime",
        features: &FEATURES,
        optimised: true,
        takes: "some minutes",
    };
    tool::install(workspace, &tool)
}
