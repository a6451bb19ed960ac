//! What demo and tests need, in the order in which it is cheap to fail.

use std::path::PathBuf;

use crate::node::Node;
use crate::progress::step;
use crate::wasm_target::{self, Recipe, Toolchain};
use crate::workspace::Workspace;
use crate::{apt, golang, python, registry, wasmtime};

/// What was set up, for those who use it.
#[derive(Debug)]
pub(crate) struct Ready {
    pub(crate) toolchain: Toolchain,
    pub(crate) python: PathBuf,
    pub(crate) vcsim: PathBuf,
    /// The client over govmomi that the collector is measured beside.
    pub(crate) govmomi: PathBuf,
    /// The example in Go, which starts the executable.
    pub(crate) go_example: PathBuf,
    pub(crate) wasmtime: PathBuf,
    pub(crate) node: Node,
    /// The registry that artifacts are pushed to.
    pub(crate) registry: PathBuf,
}

/// All of it.
pub(crate) fn everything(workspace: &Workspace, forced: Option<Recipe>) -> anyhow::Result<Ready> {
    let toolchain = step("wasm target", || match forced {
        Some(recipe) => wasm_target::follow(workspace, recipe),
        None => wasm_target::ensure(workspace),
    })?;
    let own_vcsim = std::env::var_os("STOCKTAKE_VCSIM").map(PathBuf::from);
    step("packages", || apt::ensure(&packages()))?;
    let python = step("python", || python::ensure(workspace))?;
    let vcsim = match own_vcsim {
        Some(executable) => executable,
        None => step("vcsim", || {
            let source = workspace.root.join("tests/vcsim");
            golang::build(workspace, &source, "vcsim/vcsim")
        })?,
    };
    let govmomi = step("govmomi", || {
        let source = workspace.root.join("tests/benches/peers/govmomi");
        golang::build(workspace, &source, "bench/govmomi")
    })?;
    let go_example = step("go example", || {
        let source = workspace.root.join("tests/embed/go");
        golang::build(workspace, &source, "embed/go")
    })?;
    let node = step("node", || Node::ensure(workspace))?;
    let wasmtime = step("wasmtime", || wasmtime::ensure(workspace))?;
    let registry = match std::env::var_os("STOCKTAKE_REGISTRY") {
        Some(executable) => PathBuf::from(executable),
        None => step("registry", || registry::ensure(workspace))?,
    };
    Ok(Ready {
        toolchain,
        python,
        vcsim,
        govmomi,
        go_example,
        wasmtime,
        node,
        registry,
    })
}

fn packages() -> Vec<apt::Package> {
    let mut packages = python::packages();
    packages.extend(golang::packages());
    packages
}
