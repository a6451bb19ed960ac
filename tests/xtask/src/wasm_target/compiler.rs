//! The Rust compiler that builds everything but, perhaps, the wasm module.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

use super::TARGET;
use crate::process;
use crate::workspace::Workspace;

/// A compiler and where it keeps its libraries.
#[derive(Debug)]
pub(crate) struct Compiler {
    pub(crate) rustc: PathBuf,
    /// Such as `1.95.0`.
    pub(crate) version: String,
    pub(crate) sysroot: PathBuf,
    host: String,
}

impl Compiler {
    /// The one that cargo uses in this workspace.
    pub(crate) fn default_of(workspace: &Workspace) -> anyhow::Result<Self> {
        let rustc = std::env::var_os("RUSTC").map_or_else(|| PathBuf::from("rustc"), PathBuf::from);
        Self::at(&rustc, &workspace.root)
    }

    /// The one that runs under this name in this folder, which matters to rustup.
    pub(crate) fn at(rustc: &Path, folder: &Path) -> anyhow::Result<Self> {
        let ask = |arguments: &[&str]| {
            process::output(Command::new(rustc).args(arguments).current_dir(folder))
        };
        let verbose = ask(&["--version", "--verbose"])?;
        let field = |name: &str| {
            let line = verbose.lines().find_map(|line| line.strip_prefix(name));
            line.map(|value| value.trim().to_owned())
                .with_context(|| format!("{} does not print its {name}", rustc.display()))
        };
        let sysroot = PathBuf::from(ask(&["--print", "sysroot"])?.trim());
        // The file behind rustup's proxy is the same compiler in every folder.
        let inside = sysroot.join("bin/rustc");
        Ok(Self {
            rustc: if inside.is_file() {
                inside
            } else {
                rustc.to_owned()
            },
            version: release_of(&field("release:")?)?,
            host: field("host:")?,
            sysroot,
        })
    }

    /// Where the library for wasm belongs.
    pub(crate) fn library_folder(&self) -> PathBuf {
        self.rustlib().join(TARGET).join("lib")
    }

    /// Whether rustup installed the library: then only rustup may remove it.
    pub(crate) fn is_rustup_component(&self) -> bool {
        self.rustlib()
            .join(format!("manifest-rust-std-{TARGET}"))
            .is_file()
    }

    /// The folder of `rust-lld`.
    pub(crate) fn linker_folder(&self) -> anyhow::Result<PathBuf> {
        let folder = self.rustlib().join(&self.host).join("bin");
        if !folder.join("rust-lld").is_file() {
            bail!("{} has no rust-lld", folder.display());
        }
        Ok(folder)
    }

    fn rustlib(&self) -> PathBuf {
        self.sysroot.join("lib/rustlib")
    }
}

/// The number of a released version: libraries fit no other.
fn release_of(text: &str) -> anyhow::Result<String> {
    let number = text.split('-').next().unwrap_or_default();
    let parts: Vec<&str> = number.split('.').collect();
    if parts.len() != 3 || parts.iter().any(|part| part.parse::<u32>().is_err()) {
        bail!("{text:?} is no version of rustc");
    }
    // `1.97.0-nightly` is none of 1.97.0's packages.
    Ok(text.to_owned())
}

#[cfg(test)]
mod test {
    use super::*;

    #[test]
    fn versions_are_distinguished_from_other_text() {
        assert_eq!(release_of("1.95.0").expect("a version"), "1.95.0");
        assert_eq!(
            release_of("1.97.0-nightly").expect("a version"),
            "1.97.0-nightly"
        );
        for text in ["", "1.95", "unknown", "1.x.0"] {
            assert!(release_of(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_toolchain_without_the_target_is_distinguished() {
        let sysroot = tempfile::tempdir().expect("a folder");
        let compiler = Compiler {
            rustc: "rustc".into(),
            version: "1.95.0".into(),
            sysroot: sysroot.path().into(),
            host: "x86_64-unknown-linux-gnu".into(),
        };
        assert!(!compiler.is_rustup_component());
        assert!(
            compiler
                .linker_folder()
                .expect_err("there is none")
                .to_string()
                .ends_with("has no rust-lld")
        );
        assert!(
            compiler
                .library_folder()
                .ends_with("lib/rustlib/wasm32-unknown-unknown/lib")
        );
    }
}
