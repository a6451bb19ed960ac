//! Recipe `rustup`: the official library, by the official way.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::compiler::Compiler;
use super::recipe::Unavailable;
use super::{TARGET, check};
use crate::process;

/// A blocked network may swallow requests instead of refusing them.
const LIMIT: Duration = Duration::from_mins(2);

/// Adds the target to the toolchain that is in use.
pub(crate) fn add(compiler: &Compiler) -> anyhow::Result<()> {
    let Some(toolchain) = toolchain_of(compiler) else {
        return Err(Unavailable(format!(
            "{} is not a toolchain of rustup's",
            compiler.sysroot.display()
        ))
        .into());
    };
    // A library that is not rustup's would stay beside the new one, and the compiler then refuses both.
    let folder = compiler.library_folder();
    let aside = folder.with_extension("before-rustup");
    let foreign = folder.is_dir() && !compiler.is_rustup_component();
    if foreign {
        fs::remove_dir_all(&aside).ok();
        fs::rename(&folder, &aside)?;
    }
    let outcome = target_add(&toolchain).and_then(|()| check::compiles(compiler));
    if foreign {
        if outcome.is_err() && !compiler.is_rustup_component() {
            fs::remove_dir_all(&folder).ok();
            fs::rename(&aside, &folder)?;
        } else {
            fs::remove_dir_all(&aside)?;
        }
    }
    outcome
}

fn target_add(toolchain: &str) -> anyhow::Result<()> {
    process::output_within(
        Command::new("rustup")
            .args(["target", "add", "--toolchain", toolchain, TARGET])
            .env("RUST_BACKTRACE", "0"),
        LIMIT,
    )
    .map(drop)
}

/// The name by which rustup knows the compiler's folder, so that no other toolchain gets the target.
fn toolchain_of(compiler: &Compiler) -> Option<String> {
    let home = process::output(Command::new("rustup").args(["show", "home"])).ok()?;
    let name = compiler
        .sysroot
        .strip_prefix(Path::new(home.trim()).join("toolchains"))
        .ok()?;
    Some(name.to_str()?.to_owned())
}
