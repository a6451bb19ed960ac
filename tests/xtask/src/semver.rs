//! The public API of the crates that others build on, compared with the promised one.
//!
//! Both APIs are described by rustdoc from the workspace's own lock file, and compared by
//! cargo-semver-checks. It could describe them itself, but does so in a crate of its own that
//! resolves every dependency anew.

mod profiles;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use serde_json::Value;

use crate::process;
use crate::progress::{note, step};
use crate::tool::{self, Tool};
use crate::workspace::Workspace;

/// The crates whose API is promised.
const PACKAGES: [&str; 2] = ["stocktake-contract", "stocktake-runtime"];
const SEMVER_CHECKS: Tool<'_> = Tool {
    package: "cargo-semver-checks",
    version: "0.51.0",
    program: "cargo-semver-checks",
    // It runs for a second; optimising it would take most of the installation.
    optimised: false,
    takes: "three minutes on two cores",
};

const MANIFEST: &str = "Cargo.toml";
/// The format is unstable; with the variable a stable rustdoc writes it too. Build scripts look at it as well, so that
/// cargo would compile anew what it has if it were set for all of them.
const RUSTDOC: &str = "#!/bin/sh\nRUSTC_BOOTSTRAP=1 exec rustdoc \"$@\"\n";

/// Compares every promised API with that of the baseline.
pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    let checks = step("cargo-semver-checks", || {
        tool::install(workspace, &SEMVER_CHECKS)
    })?;
    let baseline = baseline(&workspace.root)?;
    let before = step("API of the baseline", || {
        describe_baseline(workspace, &baseline)
    })?;
    let after = workspace.target("semver/current");
    step("API of this tree", || {
        describe(workspace, &workspace.root, &after)
    })?;
    let mut broken = Vec::new();
    for package in PACKAGES {
        let compared = step(package, || compare(&checks, &before, &after, package));
        if let Err(error) = compared {
            eprintln!("error: {error:#}");
            broken.push(package);
        }
    }
    if broken.is_empty() {
        return Ok(());
    }
    bail!(
        "{} no longer offers what {baseline} did: keep it, or raise workspace.package.version and set workspace.metadata.semver.baseline in Cargo.toml to the commit that does",
        broken.join(" and ")
    )
}

/// The commit whose API is promised, which the workspace's manifest names.
fn baseline(root: &Path) -> anyhow::Result<String> {
    let mut cargo = crate::workspace::cargo();
    cargo
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(root);
    let metadata: Value = serde_json::from_str(&process::output(&mut cargo)?)
        .context("cargo metadata printed no JSON")?;
    let named = metadata["metadata"]["semver"]["baseline"].as_str();
    named
        .map(str::to_owned)
        .context("Cargo.toml names no commit as workspace.metadata.semver.baseline")
}

/// Documents the API of a commit, once.
fn describe_baseline(workspace: &Workspace, commit: &str) -> anyhow::Result<PathBuf> {
    let folder = workspace.target("semver/baseline").join(commit);
    if PACKAGES
        .iter()
        .all(|package| json(&folder, package).is_file())
    {
        note("already there");
        return Ok(folder);
    }
    let archive = workspace.target("semver/baseline.tar");
    let tree = workspace.target("semver/tree");
    fs::create_dir_all(workspace.target("semver"))?;
    process::run(
        Command::new("git")
            .args(["archive", "--format=tar", "--output"])
            .arg(&archive)
            .arg(commit)
            .current_dir(&workspace.root),
    )
    .with_context(|| {
        format!("this clone does not hold the commit {commit}; `git fetch --unshallow` gets it")
    })?;
    if tree.exists() {
        fs::remove_dir_all(&tree)?;
    }
    fs::create_dir_all(&tree)?;
    process::run(
        Command::new("tar")
            .arg("-xf")
            .arg(&archive)
            .arg("-C")
            .arg(&tree),
    )?;
    profiles::copy(&workspace.root.join(MANIFEST), &tree.join(MANIFEST))?;
    describe(workspace, &tree, &folder)?;
    fs::remove_file(&archive)?;
    fs::remove_dir_all(&tree)?;
    Ok(folder)
}

/// Has rustdoc describe the APIs of a tree as JSON, into `folder`.
///
/// What the tree depends on is compiled where all else is: whatever lint or docs have checked already is there.
fn describe(workspace: &Workspace, tree: &Path, folder: &Path) -> anyhow::Result<()> {
    let target = folder.join("target");
    fs::create_dir_all(&target)?;
    let rustdoc = workspace.target("semver/rustdoc");
    fs::write(&rustdoc, RUSTDOC)?;
    fs::set_permissions(&rustdoc, fs::Permissions::from_mode(0o755))?;
    for package in PACKAGES {
        process::run(
            workspace
                .cargo()
                .current_dir(tree)
                .env("CARGO_TARGET_DIR", &target)
                .env("CARGO_BUILD_BUILD_DIR", workspace.target(""))
                .env("RUSTDOC", &rustdoc)
                .args(["rustdoc", "--locked", "--quiet", "--lib"])
                .args(["--package", package])
                .args(["--", "-Zunstable-options", "--output-format", "json"]),
        )?;
        let made = json(&target.join("doc"), package);
        fs::copy(&made, json(folder, package))
            .with_context(|| format!("rustdoc left no {}", made.display()))?;
    }
    Ok(())
}

fn json(folder: &Path, package: &str) -> PathBuf {
    folder.join(format!("{}.json", package.replace('-', "_")))
}

fn compare(checks: &Path, before: &Path, after: &Path, package: &str) -> anyhow::Result<()> {
    process::run(
        Command::new(checks)
            .arg("semver-checks")
            .arg("--baseline-rustdoc")
            .arg(json(before, package))
            .arg("--current-rustdoc")
            .arg(json(after, package)),
    )
}

#[cfg(test)]
mod test {
    use super::*;

    #[test]
    fn the_manifest_names_a_whole_commit() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let named = baseline(&root).expect("a commit");
        let is_whole = named.len() == 40 && named.chars().all(|digit| digit.is_ascii_hexdigit());
        assert!(is_whole, "{named}");
    }
}
