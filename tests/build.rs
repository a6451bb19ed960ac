//! Builds `hostile` and the template collector for wasm and wraps the modules as components.

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
    component::build(&module, &sources, "hostile.wasm")?;
    let sources = [
        "plugin/sdk/Cargo.toml",
        "plugin/sdk/build.rs",
        "plugin/sdk/src",
        "plugin/template/Cargo.toml",
        "plugin/template/src",
    ];
    let module = Module {
        package: "stocktake-template",
        ..module
    };
    component::build(&module, &sources, "template.wasm")
}
