//! What demo and tests need, in the order in which it is cheap to fail.

use std::path::PathBuf;

use crate::progress::step;
use crate::wasm_target::{self, Recipe, Toolchain};
use crate::workspace::Workspace;
use crate::{apt, python, vcsim};

/// What was set up, for those who use it.
#[derive(Debug)]
pub(crate) struct Ready {
    pub(crate) toolchain: Toolchain,
    pub(crate) python: PathBuf,
    pub(crate) vcsim: PathBuf,
}

/// All of it.
pub(crate) fn everything(workspace: &Workspace, forced: Option<Recipe>) -> anyhow::Result<Ready> {
    let toolchain = step("wasm target", || match forced {
        Some(recipe) => wasm_target::follow(workspace, recipe),
        None => wasm_target::ensure(workspace),
    })?;
    let own_vcsim = std::env::var_os("STOCKTAKE_VCSIM").map(PathBuf::from);
    step("packages", || apt::ensure(&packages(own_vcsim.is_none())))?;
    let python = step("python", || python::ensure(workspace))?;
    let vcsim = match own_vcsim {
        Some(executable) => executable,
        None => step("vcsim", || vcsim::ensure(workspace))?,
    };
    Ok(Ready {
        toolchain,
        python,
        vcsim,
    })
}

fn packages(with_vcsim: bool) -> Vec<apt::Package> {
    let mut packages = python::packages();
    if with_vcsim {
        packages.extend(vcsim::packages());
    }
    packages
}
