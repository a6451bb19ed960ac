//! Recipe `rustc-web`: the module is built by the compiler that Debian's stable release keeps for browsers.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::compiler::Compiler;
use super::recipe::Unavailable;
use super::standard_library::{self, Source};
use super::toolchain::Toolchain;
use crate::apt;
use crate::process;
use crate::progress::note;
use crate::workspace::Workspace;

const PACKAGES: [&str; 2] = ["rustc-web", "rust-web-src"];
const RUSTC: &str = "/usr/bin/rustc";

/// Installs the packages and compiles with them.
pub(crate) fn install(workspace: &Workspace, compiler: &Compiler) -> anyhow::Result<Toolchain> {
    build(compiler, &workspace.target("stocktake/rustc-web"))
}

/// The same; the toolchain is not touched by this recipe in any case.
pub(crate) fn try_out(_: &Workspace, compiler: &Compiler, scratch: &Path) -> anyhow::Result<()> {
    build(compiler, &scratch.join("rustc-web")).map(drop)
}

fn build(compiler: &Compiler, scratch: &Path) -> anyhow::Result<Toolchain> {
    let path = compiler.linker_folder()?;
    let library = packages()?;
    let source = Source {
        rustc: Path::new(RUSTC),
        library: &library,
        path: Some(&path),
    };
    standard_library::build(&source, scratch)?;
    std::fs::remove_dir_all(scratch)?;
    Ok(Toolchain::other(RUSTC.into(), library, path))
}

/// The library's source, once both packages are there in a version that is new enough.
fn packages() -> anyhow::Result<PathBuf> {
    if let Some(library) = installed() {
        return Ok(library);
    }
    if process::find("apt-get").is_none() {
        return Err(Unavailable("this machine has no apt".to_owned()).into());
    }
    if !process::is_root() {
        let message = format!(
            "missing: {}; run `apt-get install {}` as root",
            PACKAGES.join(", "),
            PACKAGES.join(" ")
        );
        return Err(Unavailable(message).into());
    }
    apt::refresh_old_lists()?;
    for name in PACKAGES {
        match apt::candidate(name)? {
            Some(version) if is_new_enough(&version) => {}
            Some(version) => {
                return Err(Unavailable(format!(
                    "{name} is only {version} here, and {} is needed",
                    needed()
                ))
                .into());
            }
            None => return Err(Unavailable(format!("no package {name} here")).into()),
        }
    }
    note(format!("installing {}", PACKAGES.join(", ")));
    apt::install(&PACKAGES)?;
    installed().context("the packages are installed but the compiler or the library's source is not where it belongs")
}

fn installed() -> Option<PathBuf> {
    let compiler = Compiler::at(Path::new(RUSTC), Path::new("/")).ok()?;
    if !is_new_enough(&compiler.version) {
        return None;
    }
    standard_library::find_source(Path::new("/"), &compiler.version).ok()
}

/// The oldest compiler that builds the workspace.
fn needed() -> &'static str {
    env!("CARGO_PKG_RUST_VERSION")
}

fn is_new_enough(version: &str) -> bool {
    matches!((minor(version), minor(needed())), (Ok(version), Ok(needed)) if version >= needed)
}

/// Major and minor number of `1.96.0+dfsg1-1~deb12u2` and the like.
fn minor(version: &str) -> anyhow::Result<(u32, u32)> {
    let mut numbers = version.split(|c: char| !c.is_ascii_digit()).map(str::parse);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => Ok((major, minor)),
        _ => bail!("{version:?} is no version"),
    }
}

#[cfg(test)]
mod test {
    use super::*;

    #[test]
    fn versions_of_packages_are_compared_by_number() {
        assert_eq!(minor("1.96.0+dfsg1-1~deb12u2").expect("a version"), (1, 96));
        assert!(is_new_enough("1.96.0+dfsg1-1~deb12u2"));
        assert!(is_new_enough("1.100.0"));
        assert!(!is_new_enough("1.85.0+dfsg3-1~deb12u3"));
        assert!(!is_new_enough("1.9.0"));
        assert!(!is_new_enough("unknown"));
    }
}
