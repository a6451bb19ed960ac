//! Builds `plugin/component` for wasm and wraps the module as a component.

use std::env;
use std::path::PathBuf;

use stocktake_plugin_build::component::{self, Module};

// Also read by the test that compares it with the dependencies of the component.
include!("sources.rs");

fn main() -> anyhow::Result<()> {
    println!("cargo::rerun-if-changed=sources.rs");
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../..");
    let module = Module {
        root: &root,
        package: "stocktake-vcenter-component",
        features: &["collector"],
    };
    component::build(&module, &SOURCES, "vcenter.wasm")
}
