//! The registry of the tests: Debian's, unpacked and not installed, because installing would start it.

use std::path::PathBuf;

use anyhow::bail;

use crate::progress::note;
use crate::workspace::Workspace;
use crate::{apt, process};

const PACKAGE: &str = "docker-registry";

/// The executable of a registry, fetched when there is none.
pub(crate) fn ensure(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    let unpacked = workspace.target("registry/usr/bin/docker-registry");
    let there = process::find(PACKAGE).or_else(|| unpacked.is_file().then_some(unpacked.clone()));
    if let Some(executable) = there {
        note("already there");
        return Ok(executable);
    }
    if process::find("apt-get").is_none() {
        bail!(
            "missing and not installable without apt-get: {PACKAGE}, the registry of the CNCF's distribution project; name its executable in STOCKTAKE_REGISTRY and run this again"
        );
    }
    note(format!("unpacking {PACKAGE}"));
    apt::unpack(PACKAGE, &workspace.target("registry"))?;
    Ok(unpacked)
}
