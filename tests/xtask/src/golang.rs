//! Go programs with VMware's own library: the official simulator, and a client for comparison.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::Context;

use crate::apt::Package;
use crate::process;
use crate::progress::note;
use crate::workspace::Workspace;

const GOPATH: &str = "/usr/share/gocode";

/// Requirements of the build.
pub(crate) fn packages() -> Vec<Package> {
    vec![
        Package {
            name: "golang-go",
            elsewhere: "Go 1.19 or newer",
            present: || process::find("go").is_some(),
        },
        Package {
            name: "golang-github-vmware-govmomi-dev",
            elsewhere: "the source of govmomi and of what it imports, under /usr/share/gocode",
            present: || has_source("github.com/vmware/govmomi/simulator"),
        },
        Package {
            name: "golang-github-google-uuid-dev",
            elsewhere: "the source of govmomi and of what it imports, under /usr/share/gocode",
            present: || has_source("github.com/google/uuid"),
        },
    ]
}

/// Builds one over Debian's packages of the library's source, when `target` is missing or older than `source`.
pub(crate) fn build(workspace: &Workspace, source: &Path, target: &str) -> anyhow::Result<PathBuf> {
    let executable = workspace.target(target);
    if newest(source)? <= modified(&executable) {
        note("already there");
        return Ok(executable);
    }
    note("building: about half a minute the first time");
    process::run(
        Command::new("go")
            .args(["build", "-o"])
            .arg(&executable)
            .arg(".")
            .current_dir(source)
            // Packages instead of modules: no module proxy is used.
            .env("GO111MODULE", "off")
            .env("GOPATH", GOPATH)
            .env("GOFLAGS", "")
            .env("GOCACHE", workspace.target("vcsim/cache")),
    )?;
    Ok(executable)
}

fn has_source(package: &str) -> bool {
    Path::new(GOPATH).join("src").join(package).is_dir()
}

fn newest(folder: &Path) -> anyhow::Result<Option<SystemTime>> {
    let mut newest = None;
    for entry in
        fs::read_dir(folder).with_context(|| format!("{} is not readable", folder.display()))?
    {
        newest = newest.max(modified(&entry?.path()));
    }
    Ok(newest)
}

fn modified(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).and_then(|data| data.modified()).ok()
}
