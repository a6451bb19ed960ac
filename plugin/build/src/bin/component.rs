//! Builds a crate of this workspace into a component file: `component PACKAGE OUT`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use stocktake_plugin_build::component::Module;

fn main() -> Result<ExitCode> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [package, out] = arguments.as_slice() else {
        eprintln!("usage: component PACKAGE OUT");
        return Ok(ExitCode::from(2));
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let module = Module {
        root: &root,
        package,
        features: &[],
    };
    let bytes = module.component(&target.join("wasm"))?;
    fs::write(out, &bytes).with_context(|| format!("cannot write {out}"))?;
    println!("{out}: {} bytes", bytes.len());
    Ok(ExitCode::SUCCESS)
}
