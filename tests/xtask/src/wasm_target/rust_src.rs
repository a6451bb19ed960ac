//! Recipe `rust-src`: the library built from Debian's package of its source, in the very version of the compiler.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::compiler::Compiler;
use super::recipe::Unavailable;
use super::standard_library::{self, Source};
use super::{TARGET, check};
use crate::apt::private::Suite;
use crate::apt::sources;
use crate::process;
use crate::progress::note;
use crate::workspace::Workspace;

/// Where newer versions than the release's appear; the smaller lists first.
const SUITES: [&str; 2] = ["trixie-backports", "sid"];

/// The part of the package that is needed: the compiler's whole source takes minutes to unpack and remove on a slow disk.
const LIBRARY: &str = "./usr/src/rustc-*/library";

/// Builds the library and puts it into the toolchain.
pub(crate) fn install(workspace: &Workspace, compiler: &Compiler) -> anyhow::Result<()> {
    if compiler.is_rustup_component() {
        bail!(
            "rustup keeps {TARGET} in this toolchain; remove it with `rustup target remove {TARGET}` first"
        );
    }
    let scratch = workspace.target("stocktake/rust-src");
    let parts = build(workspace, compiler, &scratch)?;
    // Beside its place and then swapped: other builds never see half a library, nor two.
    let folder = compiler.library_folder();
    let new = folder.with_extension("new");
    let old = folder.with_extension("old");
    for leftover in [&new, &old] {
        if leftover.exists() {
            fs::remove_dir_all(leftover)?;
        }
    }
    standard_library::copy(&parts, &new)?;
    let replaced = folder.is_dir();
    if replaced {
        fs::rename(&folder, &old)?;
    }
    fs::rename(&new, &folder)?;
    let outcome = check::compiles(compiler);
    if replaced {
        if outcome.is_err() {
            fs::rename(&folder, &new)?;
            fs::rename(&old, &folder)?;
            fs::remove_dir_all(&new)?;
        } else {
            fs::remove_dir_all(&old)?;
        }
    }
    fs::remove_dir_all(&scratch).ok();
    outcome
}

/// Builds the library and compiles against a copy of it, leaving the toolchain alone.
pub(crate) fn try_out(
    workspace: &Workspace,
    compiler: &Compiler,
    scratch: &Path,
) -> anyhow::Result<()> {
    let scratch = scratch.join("rust-src");
    let parts = build(workspace, compiler, &scratch)?;
    let sysroot = scratch.join("sysroot");
    standard_library::copy(
        &parts,
        &sysroot.join("lib/rustlib").join(TARGET).join("lib"),
    )?;
    check::compiles_with(compiler, &sysroot)
}

fn build(workspace: &Workspace, compiler: &Compiler, scratch: &Path) -> anyhow::Result<PathBuf> {
    let library = fetch(workspace, compiler, &scratch.join("package"))?;
    standard_library::build(
        &Source {
            rustc: &compiler.rustc,
            library: &library,
            path: None,
        },
        &scratch.join("build"),
    )
}

fn fetch(workspace: &Workspace, compiler: &Compiler, to: &Path) -> anyhow::Result<PathBuf> {
    if process::find("apt-get").is_none() || process::find("dpkg").is_none() {
        return Err(Unavailable("this machine has no apt".to_owned()).into());
    }
    let archives = sources::machine(Path::new("/etc"));
    if archives.is_empty() {
        return Err(Unavailable(
            "this machine has no Debian archive among its apt sources".to_owned(),
        )
        .into());
    }
    let apt = workspace.target("stocktake/apt");
    let mut refusals = Vec::new();
    for name in SUITES {
        note(format!(
            "looking for rust-src {} in {name}",
            compiler.version
        ));
        let unpacked = Suite::fetch(&apt, &archives, name)
            .and_then(|suite| suite.unpack("rust-src", &compiler.version, LIBRARY, to));
        match unpacked {
            Ok(()) => {
                return standard_library::find_source(to, &compiler.version)
                    .context("rust-src is not laid out as expected");
            }
            Err(error) => refusals.push(format!("{name}: {error:#}")),
        }
    }
    Err(Unavailable(format!(
        "no rust-src {} to be had: {}",
        compiler.version,
        refusals.join("; ")
    ))
    .into())
}
