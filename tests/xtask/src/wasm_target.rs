//! The standard library for `wasm32-unknown-unknown`: is it there, and if not, which recipe gets it.

mod check;
mod compiler;
mod recipe;
mod rust_src;
mod rustc_web;
mod rustup;
mod standard_library;
mod toolchain;

use std::fs;
use std::time::Instant;

use anyhow::bail;

use crate::progress::{Part, note, seconds, step};
use crate::workspace::Workspace;
use compiler::Compiler;
pub(crate) use recipe::Recipe;
use recipe::Unavailable;
pub(crate) use toolchain::Toolchain;

/// The name that every part of this module means.
const TARGET: &str = "wasm32-unknown-unknown";

/// Its description for the progress output.
pub(crate) const PART: Part = Part {
    name: "wasm target",
    does: "gets Rust's standard library for wasm, by rustup or from Debian packages",
    takes: "10 s to 2 min",
};

/// Makes sure that the module can be built, by the first recipe that works.
pub(crate) fn ensure(workspace: &Workspace) -> anyhow::Result<Toolchain> {
    if let Some(toolchain) = Toolchain::from_environment() {
        note("chosen by STOCKTAKE_WASM_RUSTC");
        return Ok(toolchain);
    }
    if let Some(toolchain) = Toolchain::remembered(workspace) {
        note("recipe rustc-web was chosen before");
        return Ok(toolchain);
    }
    let compiler = Compiler::default_of(workspace)?;
    let mut refusals = match check::compiles(&compiler) {
        Ok(()) => {
            note("already there");
            return Ok(Toolchain::default());
        }
        Err(error) => vec![format!("the toolchain as it is: {error:#}")],
    };
    for recipe in Recipe::ALL {
        note(format!("trying {recipe}: {}", recipe.summary()));
        match follow(workspace, recipe) {
            Ok(toolchain) => return Ok(toolchain),
            Err(error) => {
                note(format!("{recipe} did not work: {error:#}"));
                refusals.push(format!("{recipe}: {error:#}"));
            }
        }
    }
    bail!(
        "no standard library for {TARGET}; install it with `rustup target add {TARGET}` where that works; tried:\n  {}",
        refusals.join("\n  ")
    )
}

/// Follows one recipe, whatever is there already, and checks that a program compiles.
pub(crate) fn follow(workspace: &Workspace, recipe: Recipe) -> anyhow::Result<Toolchain> {
    let compiler = Compiler::default_of(workspace)?;
    let toolchain = match recipe {
        Recipe::Rustup => rustup::add(&compiler).map(|()| Toolchain::default())?,
        Recipe::RustSrc => {
            rust_src::install(workspace, &compiler).map(|()| Toolchain::default())?
        }
        Recipe::RustcWeb => rustc_web::install(workspace, &compiler)?,
    };
    toolchain.remember(workspace)?;
    note(format!("{recipe} works"));
    if recipe == Recipe::RustcWeb {
        note("plain cargo needs these, as printed by `cargo xtask env`:");
        toolchain.exports().lines().for_each(note);
    }
    Ok(toolchain)
}

/// Tries the recipes that use Debian packages without touching the toolchain.
///
/// A recipe whose package is not available is skipped: archives change. It is an error if none works.
pub(crate) fn try_recipes(workspace: &Workspace) -> anyhow::Result<()> {
    let compiler = Compiler::default_of(workspace)?;
    let scratch = workspace.target("stocktake/recipes");
    let mut verdicts = Vec::new();
    let mut working = 0;
    let mut broken = 0;
    for recipe in [Recipe::RustSrc, Recipe::RustcWeb] {
        let start = Instant::now();
        let outcome = step(&format!("recipe {recipe}"), || match recipe {
            Recipe::RustSrc => rust_src::try_out(workspace, &compiler, &scratch),
            _ => rustc_web::try_out(workspace, &compiler, &scratch),
        });
        verdicts.push(match outcome {
            Ok(()) => {
                working += 1;
                format!("{recipe}: works ({})", seconds(start.elapsed()))
            }
            Err(error) if error.is::<Unavailable>() => {
                format!("{recipe}: skipped, because {error:#}")
            }
            Err(error) => {
                broken += 1;
                format!("{recipe}: broken, because {error:#}")
            }
        });
    }
    verdicts.iter().for_each(|verdict| println!("{verdict}"));
    // Unpacked library sources and built libraries: hundreds of megabytes that are not needed again.
    fs::remove_dir_all(&scratch).ok();
    if broken > 0 || working == 0 {
        bail!("{broken} recipes are broken and {working} work");
    }
    Ok(())
}

/// The exports for plain cargo.
pub(crate) fn exports(workspace: &Workspace) -> anyhow::Result<String> {
    Ok(Toolchain::remembered(workspace)
        .unwrap_or_default()
        .exports())
}
