//! Pythons of the tests' own, with pinned packages.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use crate::apt::Package;
use crate::process;
use crate::progress::note;
use crate::workspace::Workspace;

/// The package that creates virtual environments.
pub(crate) fn packages() -> Vec<Package> {
    vec![
        Package {
            name: "python3",
            elsewhere: "Python 3.10 or newer",
            present: || process::find("python3").is_some(),
        },
        Package {
            name: "python3-venv",
            elsewhere: "Python's modules venv and ensurepip",
            present: has_venv,
        },
    ]
}

/// The environment of the tests.
pub(crate) fn ensure(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    let environment = Environment {
        list: workspace.root.join("tests/xtask/requirements.txt"),
        folder: workspace.target("python"),
        imports: "duckdb, jsonschema, openpyxl, pyVmomi, pyarrow",
    };
    environment.ensure()
}

/// A virtual environment with pinned packages.
#[derive(Debug)]
pub(crate) struct Environment {
    /// The list of the packages.
    pub(crate) list: PathBuf,
    /// Where it is made.
    pub(crate) folder: PathBuf,
    /// The module that it must be able to import.
    pub(crate) imports: &'static str,
}

impl Environment {
    /// The environment's Python; made anew when the list of packages changed.
    pub(crate) fn ensure(&self) -> anyhow::Result<PathBuf> {
        let wanted = fs::read_to_string(&self.list)
            .with_context(|| format!("{} is not readable", self.list.display()))?;
        let python = self.folder.join("bin/python");
        // Written last, so that an installation cut short is begun again.
        let installed = self.folder.join("installed.txt");
        if fs::read_to_string(&installed).is_ok_and(|text| text == wanted) && self.works(&python) {
            note("already there");
            return Ok(python);
        }
        process::run(
            Command::new("python3")
                .args(["-m", "venv", "--clear"])
                .arg(&self.folder),
        )?;
        process::run(
            Command::new(&python)
                .args([
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                    "--requirement",
                ])
                .arg(&self.list),
        )
        .context("python packages not installed: check that pip reaches its index")?;
        fs::write(&installed, wanted)?;
        Ok(python)
    }

    /// A new version of the system's Python leaves the environment's broken.
    fn works(&self, python: &Path) -> bool {
        let import = format!("import {}", self.imports);
        process::output(Command::new(python).args(["-c", &import])).is_ok()
    }
}

fn has_venv() -> bool {
    process::output(Command::new("python3").args(["-c", "import venv, ensurepip"])).is_ok()
}
