//! The tools of the tests, those that fail fast first.

use std::path::PathBuf;

use crate::node::Node;
use crate::progress::{Part, announce};
use crate::wasm_target::{self, Recipe, Toolchain};
use crate::workspace::Workspace;
use crate::{apt, golang, python, registry};

/// The installed tools.
#[derive(Debug)]
pub(crate) struct Ready {
    pub(crate) toolchain: Toolchain,
    pub(crate) python: PathBuf,
    pub(crate) vcsim: PathBuf,
    /// The client with govmomi for comparison.
    pub(crate) govmomi: PathBuf,
    /// The example in Go, which starts the executable.
    pub(crate) go_example: PathBuf,
    pub(crate) node: Node,
    /// The registry that artifacts are pushed to.
    pub(crate) registry: PathBuf,
}

const PACKAGES: Part = Part {
    name: "packages",
    does: "installs Go, the source of govmomi and Python's venv from Debian",
    takes: "1 min",
};
const PYTHON: Part = Part {
    name: "python",
    does: "installs pyVmomi and jsonschema into a folder of their own",
    takes: "15 s",
};
const VCSIM: Part = Part {
    name: "vcsim",
    does: "builds VMware's simulator of a vCenter",
    takes: "1 min",
};
const GOVMOMI: Part = Part {
    name: "govmomi",
    does: "builds a client over VMware's library, to be measured beside",
    takes: "10 s",
};
const GO_EXAMPLE: Part = Part {
    name: "go example",
    does: "builds the example in Go",
    takes: "2 s",
};
const NODE: Part = Part {
    name: "node",
    does: "downloads Node where the machine's is missing or older than 20",
    takes: "15 s",
};
const REGISTRY: Part = Part {
    name: "registry",
    does: "unpacks an OCI registry from a Debian package",
    takes: "5 s",
};

/// All of it, in the order of the work.
pub(crate) const PARTS: [Part; 8] = [
    wasm_target::PART,
    PACKAGES,
    PYTHON,
    VCSIM,
    GOVMOMI,
    GO_EXAMPLE,
    NODE,
    REGISTRY,
];

/// Prints what it does, and does it.
pub(crate) fn run(workspace: &Workspace, forced: Option<Recipe>) -> anyhow::Result<Ready> {
    announce("setup gets what the tests need", &PARTS);
    everything(workspace, forced)
}

/// All of it.
pub(crate) fn everything(workspace: &Workspace, forced: Option<Recipe>) -> anyhow::Result<Ready> {
    let toolchain = wasm_target::PART.run(|| match forced {
        Some(recipe) => wasm_target::follow(workspace, recipe),
        None => wasm_target::ensure(workspace),
    })?;
    let own_vcsim = std::env::var_os("STOCKTAKE_VCSIM").map(PathBuf::from);
    PACKAGES.run(|| apt::ensure(&packages()))?;
    let python = PYTHON.run(|| python::ensure(workspace))?;
    let vcsim = match own_vcsim {
        Some(executable) => executable,
        None => VCSIM.run(|| {
            let source = workspace.root.join("tests/vcsim");
            golang::build(workspace, &source, "vcsim/vcsim")
        })?,
    };
    let govmomi = GOVMOMI.run(|| {
        let source = workspace.root.join("tests/benches/peers/govmomi");
        golang::build(workspace, &source, "bench/govmomi")
    })?;
    let go_example = GO_EXAMPLE.run(|| {
        let source = workspace.root.join("tests/embed/go");
        golang::build(workspace, &source, "embed/go")
    })?;
    let node = NODE.run(|| Node::ensure(workspace))?;
    let registry = match std::env::var_os("STOCKTAKE_REGISTRY") {
        Some(executable) => PathBuf::from(executable),
        None => REGISTRY.run(|| registry::ensure(workspace))?,
    };
    Ok(Ready {
        toolchain,
        python,
        vcsim,
        govmomi,
        go_example,
        node,
        registry,
    })
}

fn packages() -> Vec<apt::Package> {
    let mut packages = python::packages();
    packages.extend(golang::packages());
    packages
}
