//! A crate built for wasm and wrapped as a component.
//!
//! The module is built for `wasm32-unknown-unknown`, whose std imports nothing,
//! so that the component imports exactly what its world says.
//!
//! | variable | meaning |
//! | --- | --- |
//! | `STOCKTAKE_WASM_RUSTC` | another rustc for the module |
//! | `STOCKTAKE_WASM_STD_SRC` | source of a std to build along, where the target is not installed |
//! | `STOCKTAKE_WASM_PATH` | folder to find `rust-lld` in, before `PATH` |
//!
//! `cargo xtask` sets them where they are needed.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use wit_component::ComponentEncoder;

const TARGET: &str = "wasm32-unknown-unknown";
const PROFILE: &str = "component";
/// Every runtime of WebAssembly in use has vectors; searches through XML and JSON are built on them.
const FLAGS: &str = "-Ctarget-feature=+simd128";
/// What every component is made of.
const SHARED: [&str; 4] = ["wit", "plugin/build/src", "Cargo.toml", "Cargo.lock"];

/// Builds `package` and writes it as the component `file` into the `OUT_DIR` of a build script.
/// `root` is the workspace's folder, and `sources` are what the package is made of, below it.
///
/// # Errors
///
/// When the package does not build, or does not fit its world.
pub fn build(root: &Path, package: &str, sources: &[&str], file: &str) -> Result<()> {
    for source in SHARED.iter().chain(sources) {
        println!("cargo::rerun-if-changed={}", root.join(source).display());
    }
    println!("cargo::rerun-if-changed=build.rs");

    let out = PathBuf::from(env::var("OUT_DIR")?);
    let target = out.join("wasm");
    let mut cargo = Command::new(env::var("CARGO")?);
    cargo
        .current_dir(root)
        .args(["build", "--package", package])
        .args(["--target", TARGET, "--profile", PROFILE, "--locked"])
        .env("CARGO_TARGET_DIR", &target)
        // Settings of the build around this one are for another target.
        .env("CARGO_ENCODED_RUSTFLAGS", FLAGS)
        .env_remove("RUSTFLAGS")
        .env_remove("RUSTC_WORKSPACE_WRAPPER")
        .env_remove("RUSTC");
    choose_toolchain(&mut cargo)?;
    let status = cargo
        .status()
        .context("cannot start cargo for the component")?;
    ensure!(
        status.success(),
        "the component was not built; if the target {TARGET} is missing, `cargo xtask setup` installs it"
    );

    let module = target
        .join(TARGET)
        .join(PROFILE)
        .join(format!("{}.wasm", package.replace('-', "_")));
    let module = fs::read(&module).with_context(|| format!("cannot read {}", module.display()))?;
    let component = ComponentEncoder::default()
        .validate(true)
        .module(&module)?
        .encode()
        .context("the module does not fit its world")?;
    fs::write(out.join(file), component)?;
    Ok(())
}

fn choose_toolchain(cargo: &mut Command) -> Result<()> {
    let setting = |name: &str| {
        println!("cargo::rerun-if-env-changed={name}");
        env::var_os(name).filter(|value| !value.is_empty())
    };
    if let Some(rustc) = setting("STOCKTAKE_WASM_RUSTC") {
        cargo.env("RUSTC", rustc);
    }
    if let Some(source) = setting("STOCKTAKE_WASM_STD_SRC") {
        cargo
            .arg("-Zbuild-std=std,panic_abort")
            .env("RUSTC_BOOTSTRAP", "1")
            .env("__CARGO_TESTS_ONLY_SRC_ROOT", source);
    }
    if let Some(folder) = setting("STOCKTAKE_WASM_PATH") {
        let path = env::var_os("PATH").unwrap_or_default();
        let folders = [PathBuf::from(folder)]
            .into_iter()
            .chain(env::split_paths(&path));
        cargo.env("PATH", env::join_paths(folders)?);
    }
    Ok(())
}
