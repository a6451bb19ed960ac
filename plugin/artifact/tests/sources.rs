//! The files that the build script watches.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use stocktake_plugin_build::component;

include!("../sources.rs");

const COMPONENT: &str = "stocktake-vcenter-component";

fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().expect("the workspace's folder")
}

/// The packages of the workspace, which are the only path dependencies that there are.
fn workspace() -> Vec<Value> {
    let cargo = std::env::var_os("CARGO").expect("cargo runs the tests");
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(root())
        .output()
        .expect("cargo starts");
    let message = String::from_utf8_lossy(&output.stderr);
    let metadata: Value = serde_json::from_slice(&output.stdout).expect(&message);
    let packages = metadata["packages"].as_array().expect("packages");
    packages.clone()
}

/// The folders of the packages that the component is built from, below the workspace's folder.
fn folders() -> BTreeSet<PathBuf> {
    let workspace = workspace();
    let root = root();
    let mut folders = BTreeSet::new();
    let mut open = vec![COMPONENT.to_owned()];
    while let Some(name) = open.pop() {
        let package = workspace.iter().find(|package| package["name"] == *name);
        let package = package.unwrap_or_else(|| panic!("{name} is not in the workspace"));
        let manifest = Path::new(package["manifest_path"].as_str().expect("a path"));
        let folder = manifest
            .parent()
            .and_then(|folder| folder.strip_prefix(&root).ok());
        if !folders.insert(folder.expect("a folder of the workspace").to_owned()) {
            continue;
        }
        let dependencies = package["dependencies"].as_array().expect("dependencies");
        let dependencies = dependencies
            .iter()
            .filter(|dependency| dependency["kind"] != "dev" && dependency["path"].is_string());
        open.extend(dependencies.map(|of| of["name"].as_str().expect("a name").to_owned()));
    }
    folders
}

#[test]
fn the_build_script_watches_every_package_that_the_component_is_built_from() {
    let watched: Vec<PathBuf> = component::SHARED
        .iter()
        .chain(&SOURCES)
        .map(PathBuf::from)
        .collect();
    let folders = folders();
    for name in ["plugin/component", "plugin/core", "plugin/ids", "wit"] {
        assert!(
            folders.contains(Path::new(name)),
            "{name} is not among {folders:?}"
        );
    }
    for folder in &folders {
        for part in ["Cargo.toml", "build.rs", "src"] {
            let part = folder.join(part);
            let is_watched = watched.iter().any(|path| part.starts_with(path));
            assert!(
                is_watched || !root().join(&part).exists(),
                "{} is not watched",
                part.display()
            );
        }
    }
}

#[test]
fn everything_watched_exists() {
    for path in component::SHARED.iter().chain(&SOURCES) {
        assert!(root().join(path).exists(), "{path} does not exist");
    }
}
