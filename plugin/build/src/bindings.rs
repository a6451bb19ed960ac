//! Bindings of a world, with WASI's WIT files taken from the
//! `wasi` crate that Cargo.lock pins.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use cargo_metadata::MetadataCommand;
use wit_bindgen_core::wit_parser::Resolve;
use wit_bindgen_core::{Files, WorldGenerator as _};

/// Writes `bindings.rs` for `world` into the `OUT_DIR` of a build script. `root` is the workspace's
/// folder; the crate must have `wasi` among its build dependencies.
///
/// # Errors
///
/// When cargo does not find `wasi`, the WIT is invalid, or the file cannot be written.
pub fn generate(root: &Path, world: &str) -> Result<()> {
    write(root, world, false)
}

/// As [`generate`], for a library: crates that depend on it invoke the macro `export!` of its bindings.
///
/// # Errors
///
/// Those of [`generate`].
pub fn generate_public(root: &Path, world: &str) -> Result<()> {
    write(root, world, true)
}

fn write(root: &Path, world: &str, pub_export_macro: bool) -> Result<()> {
    let here = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let wit = root.join("wit");
    println!("cargo::rerun-if-changed=build.rs");
    for file in ["inventory.wit", "transport.wit", "worlds.wit"] {
        println!("cargo::rerun-if-changed={}", wit.join(file).display());
    }

    let mut resolve = Resolve::default();
    resolve.push_dir(wasi_wit(&here)?)?;
    let (package, _) = resolve.push_dir(&wit)?;
    let world = resolve.select_world(&[package], Some(world))?;

    let options = wit_bindgen_rust::Opts {
        generate_all: true,
        pub_export_macro,
        ..Default::default()
    };
    let mut files = Files::default();
    options.build().generate(&mut resolve, world, &mut files)?;
    let (_, bindings) = files.iter().next().context("no bindings were generated")?;
    fs::write(
        Path::new(&env::var("OUT_DIR")?).join("bindings.rs"),
        bindings,
    )?;
    Ok(())
}

fn wasi_wit(here: &Path) -> Result<PathBuf> {
    let metadata = MetadataCommand::new()
        .manifest_path(here.join("Cargo.toml"))
        .other_options([
            "--filter-platform".to_owned(),
            env::var("HOST")?,
            "--locked".to_owned(),
        ])
        .exec()?;
    let wasi = metadata
        .packages
        .iter()
        .find(|package| {
            package.name.as_str() == "wasi" && package.version.build.as_str() == "wasi-0.2.0"
        })
        .context("the wasi crate that carries WASI 0.2.0 is not among the dependencies")?;
    let manifest = wasi.manifest_path.as_std_path();
    Ok(manifest.with_file_name("wit"))
}
