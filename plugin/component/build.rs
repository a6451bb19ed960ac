//! Generates the bindings of the world that a feature names.

use std::env;
use std::path::PathBuf;

use anyhow::bail;
use stocktake_plugin_build::bindings;

const WORLDS: [&str; 3] = ["collector", "collector-transport", "command"];

fn main() -> anyhow::Result<()> {
    let here = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let is_asked_for = |world: &str| {
        let feature = world.to_uppercase().replace('-', "_");
        env::var_os(format!("CARGO_FEATURE_{feature}")).is_some()
    };
    let mut worlds = WORLDS.into_iter().filter(|world| is_asked_for(world));
    match (worlds.next(), worlds.next()) {
        (Some(world), None) => bindings::generate(&here.join("../.."), world),
        _ => bail!(
            "choose one world: --no-default-features --features {}",
            WORLDS.join("|")
        ),
    }
}
