//! The Python package of `plugin/wheel`, built with a component and installed where the tests find it.

use std::fmt::Write as _;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};

use crate::components::Components;
use crate::progress::{note, step};
use crate::python::{self, Environment};
use crate::workspace::Workspace;
use crate::{apt, process, wasm_target};

/// The Python that has the package, built with `component`, and mypy; made anew when one of its parts changed.
pub(crate) fn ensure(workspace: &Workspace, component: &Path) -> anyhow::Result<PathBuf> {
    let environment = Environment {
        list: workspace.root.join("tests/xtask/requirements-embed.txt"),
        folder: workspace.target("embed/python"),
        imports: "hatchling, mypy, urllib3, wasmtime",
    };
    let python = environment.ensure()?;
    let source = workspace.root.join("plugin/wheel");
    let wanted = inputs(workspace, &source, component)?;
    // In the environment, which loses it when it is made anew.
    let installed = environment.folder.join("wheel.txt");
    if fs::read_to_string(&installed).is_ok_and(|text| text == wanted) {
        note("wheel: already there");
        return Ok(python);
    }
    build(workspace, &python, &source, component)?;
    let wheel = built(workspace)?;
    process::run(
        pip(&python)
            .args(["install", "--no-deps", "--no-index", "--force-reinstall"])
            .arg(&wheel),
    )?;
    fs::write(&installed, wanted)?;
    Ok(python)
}

/// Builds it, and prints the path of the wheel.
pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    let toolchain = wasm_target::PART.run(|| wasm_target::ensure(workspace))?;
    step("packages", || apt::ensure(&python::packages()))?;
    let components = Components::build(workspace, &toolchain)?;
    step("wheel", || ensure(workspace, &components.transport()))?;
    println!("{}", built(workspace)?.display());
    Ok(())
}

/// The wheel that was built last.
fn built(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    let folder = workspace.target("embed/wheel");
    let mut wheels = fs::read_dir(&folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()?;
    let wheel = wheels.pop().context("pip built no wheel")?;
    ensure!(wheels.is_empty(), "{} holds two wheels", folder.display());
    Ok(wheel)
}

/// Builds the wheel. The same inputs give the same bytes.
fn build(
    workspace: &Workspace,
    python: &Path,
    source: &Path,
    component: &Path,
) -> anyhow::Result<()> {
    let folder = workspace.target("embed/wheel");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let component = fs::canonicalize(component)
        .with_context(|| format!("{} is not there", component.display()))?;
    process::run(
        pip(python)
            .args(["wheel", "--no-deps", "--no-index", "--no-build-isolation"])
            .args(["--no-cache-dir", "--wheel-dir"])
            .arg(&folder)
            .arg(source)
            .env("STOCKTAKE_COMPONENT", component),
    )
}

fn pip(python: &Path) -> Command {
    let mut command = Command::new(python);
    command
        .args(["-m", "pip", "--quiet", "--disable-pip-version-check"])
        // A build must leave nothing in the tree.
        .env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

/// The record of the wheel: a line for each file, with its hash.
fn inputs(workspace: &Workspace, source: &Path, component: &Path) -> anyhow::Result<String> {
    let mut files = vec![
        // It has the version.
        workspace.root.join("Cargo.toml"),
        component.to_owned(),
    ];
    add_files(source, &mut files)?;
    files.sort();
    let mut lines = String::new();
    for file in files {
        let bytes =
            fs::read(&file).with_context(|| format!("{} is not readable", file.display()))?;
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        writeln!(lines, "{:016x} {}", hasher.finish(), file.display())?;
    }
    Ok(lines)
}

fn add_files(folder: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("{} is not readable", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            add_files(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
