//! Builds `hostile` for wasm and wraps the module as a component.

use std::env;
use std::path::PathBuf;

use stocktake_plugin_build::component::{self, Module};

fn main() -> anyhow::Result<()> {
    let sources = [
        "tests/hostile/Cargo.toml",
        "tests/hostile/build.rs",
        "tests/hostile/src",
    ];
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("..");
    let module = Module {
        root: &root,
        package: "stocktake-hostile",
        features: &[],
    };
    component::build(&module, &sources, "hostile.wasm")
}
