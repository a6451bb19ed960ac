//! Generates the bindings of the world `collector`, for components of other crates.

use std::env;
use std::path::PathBuf;

use stocktake_plugin_build::bindings;

fn main() -> anyhow::Result<()> {
    let here = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    bindings::generate_public(&here.join("../.."), "collector")
}
