//! The archive of a release: built for speed, without symbols, dated by the last commit.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Context;

use crate::components::Components;
use crate::process;
use crate::progress::step;
use crate::wasm_target;
use crate::workspace::Workspace;

const EXECUTABLES: [&str; 2] = ["stocktake", "stocktake-dev"];

/// Builds everything and prints the archive's path and sum.
pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    let toolchain = wasm_target::PART.run(|| wasm_target::ensure(workspace))?;
    let components = Components::build(workspace, &toolchain)?;
    step("build", || {
        let mut build = workspace.cargo();
        build.args(["build", "--locked", "--release"]);
        build.args(["--package", "stocktake", "--package", "stocktake-dev"]);
        process::run(build.envs(toolchain.variables()))
    })?;
    let output = workspace.target("release-archive");
    let stripped = workspace.target("release-stripped");
    step("strip", || {
        fs::create_dir_all(&stripped)?;
        EXECUTABLES.into_iter().try_for_each(|name| {
            let copy = stripped.join(name);
            // The unstripped executable is kept for its symbols.
            fs::copy(workspace.target(Path::new("release").join(name)), &copy)?;
            process::run(Command::new("strip").arg(&copy))
        })
    })?;
    let mut pack = workspace.cargo();
    pack.args([
        "run",
        "--quiet",
        "--locked",
        "--package",
        "stocktake-release",
        "--",
    ])
    .arg("--executables")
    .arg(&stripped)
    .arg("--root")
    .arg(&workspace.root)
    .arg("--components")
    .arg(&components.folder)
    .arg("--output")
    .arg(&output)
    .args(["--triple", &triple()?])
    .args(["--mtime", &date(workspace)?])
    .envs(toolchain.variables());
    print!("{}", step("archive", || process::output(&mut pack))?);
    Ok(())
}

/// The machine that the compiler builds for.
fn triple() -> anyhow::Result<String> {
    let version = process::output(Command::new("rustc").arg("-vV"))?;
    let line = version.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(line.context("rustc -vV names no host")?.to_owned())
}

/// When the sources were last changed, in seconds since 1970.
fn date(workspace: &Workspace) -> anyhow::Result<String> {
    if let Ok(date) = std::env::var("SOURCE_DATE_EPOCH") {
        return Ok(date);
    }
    let mut log = Command::new("git");
    log.args(["log", "-1", "--format=%ct"])
        .current_dir(&workspace.root);
    let date = process::output(&mut log)
        .context("the date of the last commit is not known; set SOURCE_DATE_EPOCH")?;
    Ok(date.trim().to_owned())
}
