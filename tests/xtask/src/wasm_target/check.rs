//! Does a program that uses the standard library compile for the target?
//!
//! Files in the right folder prove nothing: they may be of another compiler, or two copies side by side.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, bail};

use super::TARGET;
use super::compiler::Compiler;
use crate::process;

/// Allocates, formats and hashes: what a library built by mistake for another target cannot link.
pub(crate) const PROGRAM: &str = r#"#![allow(missing_docs)]
use std::collections::{BTreeMap, HashMap};

#[unsafe(no_mangle)]
pub extern "C" fn lengths(count: u32) -> usize {
    let names: BTreeMap<u32, String> = (0..count).map(|n| (n, format!("vm-{n}"))).collect();
    let by_name: HashMap<&str, u32> = names.iter().map(|(n, name)| (name.as_str(), *n)).collect();
    by_name.keys().map(|name| name.len()).sum()
}
"#;

/// Compiles and links with the compiler's own library.
pub(crate) fn compiles(compiler: &Compiler) -> anyhow::Result<()> {
    let folder = compiler.library_folder();
    if !has_library(&folder) {
        bail!("no libstd in {}", folder.display());
    }
    compile(compiler, &[])
}

/// The same with the library of another sysroot, where nothing but the library is.
pub(crate) fn compiles_with(compiler: &Compiler, sysroot: &Path) -> anyhow::Result<()> {
    let linker = compiler.linker_folder()?.join("rust-lld");
    let linker = format!("linker={}", linker.display());
    compile(
        compiler,
        &["--sysroot", &sysroot.display().to_string(), "-C", &linker],
    )
}

/// A module that really is one.
pub(crate) fn is_module(file: &Path) -> anyhow::Result<()> {
    let bytes = fs::read(file).with_context(|| format!("{} was not built", file.display()))?;
    if !bytes.starts_with(b"\0asm") {
        bail!("{} is no wasm module", file.display());
    }
    Ok(())
}

fn compile(compiler: &Compiler, arguments: &[&str]) -> anyhow::Result<()> {
    let folder = Scratch::new()?;
    let source = folder.0.join("program.rs");
    let module = folder.0.join("program.wasm");
    fs::write(&source, PROGRAM)?;
    let mut command = Command::new(&compiler.rustc);
    command.args([
        "--edition",
        "2024",
        "--crate-type",
        "cdylib",
        "--target",
        TARGET,
        "-C",
        "panic=abort",
        // Linked like the module, which needs a library with bitcode.
        "-C",
        "lto=fat",
    ]);
    command.args(arguments).arg("-o").arg(&module).arg(&source);
    process::output_within(&mut command, Duration::from_mins(2))?;
    is_module(&module)
}

fn has_library(folder: &Path) -> bool {
    let Ok(entries) = fs::read_dir(folder) else {
        return false;
    };
    entries.flatten().any(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with("libstd-") && name.ends_with(".rlib")
    })
}

/// A folder for the length of one check.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> anyhow::Result<Self> {
        let folder = std::env::temp_dir().join(format!("stocktake-check-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

#[cfg(test)]
mod test {
    use super::*;

    #[test]
    fn a_folder_without_the_library_is_not_taken_for_one() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(!has_library(&folder.path().join("absent")));
        fs::write(folder.path().join("libstd_detect-1.rlib"), "").expect("written");
        fs::write(folder.path().join("libstd-1.rmeta"), "").expect("written");
        assert!(!has_library(folder.path()));
        fs::write(folder.path().join("libstd-1.rlib"), "").expect("written");
        assert!(has_library(folder.path()));
    }

    #[test]
    fn a_file_that_is_no_module_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("x.wasm");
        assert!(is_module(&file).is_err());
        fs::write(&file, "\u{7f}ELF").expect("written");
        assert!(is_module(&file).is_err());
        fs::write(&file, "\0asm\u{1}").expect("written");
        assert!(is_module(&file).is_ok());
    }
}
