//! The contents of the archive: files for a prefix such as `/usr/local` have their paths below it.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};

use crate::archive::{Entry, Kind};

/// Texts of the project.
const TEXTS: [&str; 4] = ["README.md", "LICENSE", "CHANGELOG.md", "DESIGN.md"];
/// Folders that the README links to, with the extension of their files.
const FOLDERS: [(&str, &str); 3] = [
    ("host/guide", "md"),
    ("wit", "wit"),
    ("wit/schemas", "json"),
];
/// The production executable, and the one for development.
const EXECUTABLES: [&str; 2] = ["stocktake", "stocktake-dev"];

/// The path of the completions of `name` for each shell.
fn completions(name: &str) -> [(&'static str, String); 4] {
    [
        ("bash", format!("share/bash-completion/completions/{name}")),
        ("zsh", format!("share/zsh/site-functions/_{name}")),
        (
            "fish",
            format!("share/fish/vendor_completions.d/{name}.fish"),
        ),
        ("powershell", format!("share/powershell/{name}.ps1")),
    ]
}

/// The sources of the contents.
#[derive(Clone, Copy, Debug)]
pub struct Sources<'s> {
    /// The folder with the executables, as they are released.
    pub executables: &'s Path,
    /// The root of the checkout, with README, licence, changelog and guide.
    pub root: &'s Path,
    /// The folder with the components, `*.wasm`.
    pub components: &'s Path,
}

/// Everything in the archive.
///
/// # Errors
///
/// When a part is missing, or an executable does not print its completions and manual.
pub fn gather(sources: &Sources<'_>) -> anyhow::Result<Vec<Entry>> {
    let mut entries = vec![Entry {
        path: "bin/stocktake-plugin".to_owned(),
        kind: Kind::Link("stocktake".to_owned()),
    }];
    for name in EXECUTABLES {
        entries.extend(executable(&sources.executables.join(name), name)?);
    }
    let mut file = |path: String, bytes| {
        let kind = Kind::File(bytes);
        entries.push(Entry { path, kind });
    };
    for name in TEXTS {
        file(name.to_owned(), read(&sources.root.join(name))?);
    }
    for (path, extension) in FOLDERS {
        for (name, bytes) in folder(&sources.root.join(path), extension)? {
            file(format!("{path}/{name}"), bytes);
        }
    }
    let components = folder(sources.components, "wasm")?;
    if components.is_empty() {
        let place = sources.components.display();
        bail!("there are no components in {place}; run `cargo xtask components` first");
    }
    for (name, bytes) in components {
        file(format!("share/stocktake/{name}"), bytes);
    }
    Ok(entries)
}

/// An executable with its completions and manual.
fn executable(program: &Path, name: &str) -> anyhow::Result<Vec<Entry>> {
    let mut entries = vec![Entry {
        path: format!("bin/{name}"),
        kind: Kind::Program(read(program)?),
    }];
    let mut file = |path: String, bytes| {
        let kind = Kind::File(bytes);
        entries.push(Entry { path, kind });
    };
    for (shell, path) in completions(name) {
        let script = output(Command::new(program).args(["completions", shell]))?;
        file(path, script);
    }
    let manual = tempfile::tempdir()?;
    output(Command::new(program).arg("man").arg(manual.path()))?;
    for (page, bytes) in folder(manual.path(), "1")? {
        file(format!("share/man/man1/{page}"), bytes);
    }
    Ok(entries)
}

/// The files of a folder that have this extension, by name.
fn folder(path: &Path, extension: &str) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    let unread = || format!("{} cannot be read", path.display());
    for entry in fs::read_dir(path).with_context(unread)? {
        let file = entry?.path();
        if file.extension().is_some_and(|found| found == extension) {
            let name = file.file_name().context("a file has a name")?;
            files.push((name.to_string_lossy().into_owned(), read(&file)?));
        }
    }
    Ok(files)
}

fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("{} cannot be read", file.display()))
}

fn output(command: &mut Command) -> anyhow::Result<Vec<u8>> {
    let output = command
        .output()
        .with_context(|| format!("{command:?} does not start"))?;
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr);
        bail!("{command:?} failed: {}", message.trim());
    }
    Ok(output.stdout)
}
