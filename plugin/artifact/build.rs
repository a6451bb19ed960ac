//! Builds `plugin/component` for wasm and wraps the module as a component.

use std::env;
use std::path::PathBuf;

use stocktake_plugin_build::component::{self, Module};

fn main() -> anyhow::Result<()> {
    let sources = [
        "plugin/core/Cargo.toml",
        "plugin/core/src",
        "plugin/component/Cargo.toml",
        "plugin/component/build.rs",
        "plugin/component/src",
    ];
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../..");
    let module = Module {
        root: &root,
        package: "stocktake-vcenter-component",
        features: &["collector"],
    };
    component::build(&module, &sources, "vcenter.wasm")
}
