//! Building the standard library from source.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};

use super::{TARGET, check};
use crate::process;
use crate::progress::note;
use crate::workspace;

/// Half a minute on a small machine.
const LIMIT: Duration = Duration::from_mins(15);

const MANIFEST: &str = r#"[package]
name = "program"
version = "0.0.0"
edition = "2024"

[lib]
crate-type = ["cdylib"]
path = "program.rs"

[profile.release]
panic = "abort"

# Its own workspace, although it lies in another's folder.
[workspace]
"#;

/// The compiler.
#[derive(Debug)]
pub(crate) struct Source<'a> {
    pub(crate) rustc: &'a Path,
    /// The folder `library` of the compiler's source.
    pub(crate) library: &'a Path,
    /// Prepended to `PATH`.
    pub(crate) path: Option<&'a Path>,
}

/// Builds a small program together with the library, and gives the folder in which the library's parts are.
pub(crate) fn build(source: &Source<'_>, scratch: &Path) -> anyhow::Result<PathBuf> {
    if scratch.exists() {
        fs::remove_dir_all(scratch)?;
    }
    fs::create_dir_all(scratch)?;
    fs::write(scratch.join("Cargo.toml"), MANIFEST)?;
    fs::write(scratch.join("program.rs"), check::PROGRAM)?;
    note("building the standard library");
    let mut cargo = workspace::cargo();
    cargo.current_dir(scratch).args([
        "build",
        "--release",
        "--target",
        TARGET,
        "-Zbuild-std=std,panic_abort",
    ]);
    cargo
        .env("RUSTC", source.rustc)
        .env("CARGO_TARGET_DIR", scratch.join("target"));
    // The source and the flag belong to nightly cargo; with these two a released one takes them.
    cargo
        .env("RUSTC_BOOTSTRAP", "1")
        .env("__CARGO_TESTS_ONLY_SRC_ROOT", source.library);
    for name in [
        "RUSTFLAGS",
        "CARGO_ENCODED_RUSTFLAGS",
        "CARGO_BUILD_TARGET",
        "RUSTC_WRAPPER",
        "RUSTC_WORKSPACE_WRAPPER",
    ] {
        cargo.env_remove(name);
    }
    // Link-time optimisation of the module reads the bitcode of its standard library too.
    // Its build path must not appear in the component.
    cargo.env(
        "CARGO_ENCODED_RUSTFLAGS",
        format!(
            "-Cembed-bitcode=yes\u{1f}--remap-path-prefix={}=/rust/library",
            source.library.display()
        ),
    );
    if let Some(folder) = source.path {
        let rest = std::env::var_os("PATH").unwrap_or_default();
        cargo.env(
            "PATH",
            std::env::join_paths(
                [folder.to_owned()]
                    .into_iter()
                    .chain(std::env::split_paths(&rest)),
            )?,
        );
    }
    process::output_within(&mut cargo, LIMIT)?;
    let release = scratch.join("target").join(TARGET).join("release");
    check::is_module(&release.join("program.wasm"))?;
    Ok(release.join("deps"))
}

/// Copies the library's parts to a folder that does not exist yet.
pub(crate) fn copy(parts: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to).with_context(|| format!("{} is not writable", to.display()))?;
    let mut copied = 0;
    for entry in fs::read_dir(parts)? {
        let file = entry?.path();
        if file
            .extension()
            .is_some_and(|extension| extension == "rlib")
            && let Some(name) = file.file_name()
        {
            fs::copy(&file, to.join(name))?;
            copied += 1;
        }
    }
    if copied == 0 {
        bail!("{} has no libraries", parts.display());
    }
    Ok(())
}

/// The library's source below an unpacked package: the compiler's sources hold a mock of it too, for cargo's tests.
pub(crate) fn find_source(root: &Path, version: &str) -> anyhow::Result<PathBuf> {
    let library = root
        .join("usr/src")
        .join(format!("rustc-{version}"))
        .join("library");
    if !library.join("std/Cargo.toml").is_file() {
        bail!("{} is not the library's source", library.display());
    }
    Ok(library)
}

#[cfg(test)]
mod test {
    use super::*;

    #[test]
    fn only_libraries_are_copied() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["libstd-1.rlib", "libstd-1.rmeta", "program.d"] {
            fs::write(folder.path().join(name), name).expect("written");
        }
        let to = folder.path().join("to");
        copy(folder.path(), &to).expect("copied");
        let names: Vec<_> = fs::read_dir(&to)
            .expect("there")
            .flatten()
            .map(|entry| entry.file_name())
            .collect();
        assert_eq!(names, ["libstd-1.rlib"]);
    }

    #[test]
    fn a_folder_without_libraries_is_an_error() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(copy(folder.path(), &folder.path().join("to")).is_err());
    }

    #[test]
    fn the_mock_of_the_library_is_not_taken_for_it() {
        let root = tempfile::tempdir().expect("a folder");
        let source = root.path().join("usr/src/rustc-1.95.0");
        fs::create_dir_all(source.join("src/tools/cargo/tests/testsuite/mock-std/library/std"))
            .expect("created");
        assert!(find_source(root.path(), "1.95.0").is_err());
        fs::create_dir_all(source.join("library/std")).expect("created");
        fs::write(source.join("library/std/Cargo.toml"), "").expect("written");
        assert_eq!(
            find_source(root.path(), "1.95.0").expect("found"),
            source.join("library")
        );
        assert!(find_source(root.path(), "1.96.0").is_err());
    }
}
