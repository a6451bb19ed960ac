//! A crate built for wasm and wrapped as a component.
//!
//! The module is built for `wasm32-unknown-unknown`, whose std imports nothing,
//! so that the component imports exactly what its world says. Folders of the
//! machine do not show in it: the same sources give the same bytes anywhere.
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
/// All current WebAssembly runtimes support SIMD; searches through XML and JSON rely on it.
const FLAGS: &str = "-Ctarget-feature=+simd128";
/// Separator of the flags in `CARGO_ENCODED_RUSTFLAGS`.
const SEPARATOR: &str = "\u{1f}";
const STD_SRC: &str = "STOCKTAKE_WASM_STD_SRC";
/// What every component is built from, below the workspace's folder.
pub const SHARED: [&str; 6] = [
    "wit",
    "plugin/build/Cargo.toml",
    "plugin/build/src",
    ".cargo/config.toml",
    "Cargo.toml",
    "Cargo.lock",
];
/// Variables that change the module.
const VARIABLES: [&str; 4] = [
    "STOCKTAKE_WASM_RUSTC",
    STD_SRC,
    "STOCKTAKE_WASM_PATH",
    "RUSTUP_TOOLCHAIN",
];

/// The crate that becomes a component.
#[derive(Clone, Copy, Debug)]
pub struct Module<'m> {
    /// The workspace's folder.
    pub root: &'m Path,
    /// The package, a `cdylib`.
    pub package: &'m str,
    /// Its features; those of `default` when there are none.
    pub features: &'m [&'m str],
}

/// Writes the component `file` to the `OUT_DIR` of a build script. `sources` are the files and folders
/// that the package is built from besides [`SHARED`], below the workspace's folder.
///
/// # Errors
///
/// When the package does not build, or does not fit its world.
pub fn build(module: &Module<'_>, sources: &[&str], file: &str) -> Result<()> {
    for source in SHARED.iter().chain(sources) {
        println!(
            "cargo::rerun-if-changed={}",
            module.root.join(source).display()
        );
    }
    println!("cargo::rerun-if-changed=build.rs");
    for name in VARIABLES {
        println!("cargo::rerun-if-env-changed={name}");
    }
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let component = module.component(&out.join("wasm"))?;
    fs::write(out.join(file), component)?;
    Ok(())
}

impl Module<'_> {
    /// Builds the module in the folder `target` and wraps it.
    ///
    /// # Errors
    ///
    /// When the package does not build, or does not fit its world.
    pub fn component(&self, target: &Path) -> Result<Vec<u8>> {
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo
            .current_dir(self.root)
            .args(["build", "--package", self.package])
            .args(["--target", TARGET, "--profile", PROFILE, "--locked"])
            .env("CARGO_TARGET_DIR", target)
            // Settings of the build around this one are for another target.
            .env("CARGO_ENCODED_RUSTFLAGS", self.flags()?)
            .env_remove("RUSTFLAGS")
            .env_remove("RUSTC_WORKSPACE_WRAPPER")
            .env_remove("RUSTC");
        if !self.features.is_empty() {
            cargo.args(["--no-default-features", "--features"]);
            cargo.arg(self.features.join(","));
        }
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
            .join(format!("{}.wasm", self.package.replace('-', "_")));
        let module =
            fs::read(&module).with_context(|| format!("cannot read {}", module.display()))?;
        ComponentEncoder::default()
            .validate(true)
            .module(&module)?
            .encode()
            .with_context(|| format!("{} does not fit its world", self.package))
    }

    /// A panic names its location: by a path that is the same on every machine.
    fn flags(&self) -> Result<String> {
        let root = fs::canonicalize(self.root)?;
        let mut flags = vec![FLAGS.to_owned()];
        let mut rename = |from: &Path, to: &str| {
            flags.push(format!("--remap-path-prefix={}={to}", from.display()));
        };
        if let Some(registry) = registry() {
            for source in fs::read_dir(registry)? {
                rename(&source?.path(), "/registry");
            }
        }
        rename(&root, "/stocktake");
        if let Some(source) = setting(STD_SRC) {
            rename(Path::new(&source), "/rust/library");
        }
        Ok(flags.join(SEPARATOR))
    }
}

/// Where cargo unpacks crates: a folder for each registry.
fn registry() -> Option<PathBuf> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(env::home_dir()?.join(".cargo")))?;
    Some(home.join("registry/src")).filter(|folder| folder.is_dir())
}

fn setting(name: &str) -> Option<std::ffi::OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

fn choose_toolchain(cargo: &mut Command) -> Result<()> {
    if let Some(rustc) = setting("STOCKTAKE_WASM_RUSTC") {
        cargo.env("RUSTC", rustc);
    }
    if let Some(source) = setting(STD_SRC) {
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
