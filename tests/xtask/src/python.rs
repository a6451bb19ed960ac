//! A Python of the tests' own, with the pinned packages of `requirements.txt`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Context;

use crate::apt::Package;
use crate::process;
use crate::progress::note;
use crate::workspace::Workspace;

/// What makes a virtual environment.
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

/// The environment's Python; made anew when the list of packages changed.
pub(crate) fn ensure(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    let list = workspace.root.join("tests/xtask/requirements.txt");
    let wanted =
        fs::read_to_string(&list).with_context(|| format!("{} is not readable", list.display()))?;
    let folder = workspace.target("python");
    let python = folder.join("bin/python");
    // Written last, so that an installation cut short is begun again.
    let installed = folder.join("installed.txt");
    if fs::read_to_string(&installed).is_ok_and(|text| text == wanted) && works(&python) {
        note("already there");
        return Ok(python);
    }
    process::run(
        Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&folder),
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
            .arg(&list),
    )
    .context("python packages not installed: check that pip reaches its index")?;
    fs::write(&installed, wanted)?;
    Ok(python)
}

/// A new version of the system's Python leaves the environment's broken.
fn works(python: &PathBuf) -> bool {
    process::output(Command::new(python).args(["-c", "import jsonschema, pyVmomi"])).is_ok()
}

fn has_venv() -> bool {
    process::output(Command::new("python3").args(["-c", "import venv, ensurepip"])).is_ok()
}
