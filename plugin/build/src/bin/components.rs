//! Builds the vCenter component of each world into a folder and prints its description.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};
use stocktake_plugin_build::component::Module;
use wit_component::DecodedWasm;

/// The worlds, and the files that their components become.
const WORLDS: [(&str, &str); 3] = [
    ("collector", "vcenter.wasm"),
    ("collector-transport", "vcenter-transport.wasm"),
    ("command", "vcenter-command.wasm"),
];

fn main() -> Result<()> {
    let mut arguments = env::args_os().skip(1).map(PathBuf::from);
    let (Some(folder), Some(target)) = (arguments.next(), arguments.next()) else {
        anyhow::bail!("usage: components FOLDER TARGET_FOLDER");
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    fs::create_dir_all(&folder)?;
    for (world, name) in WORLDS {
        let module = Module {
            root: &root,
            package: "stocktake-vcenter-component",
            features: &[world],
        };
        let component = module.component(&target)?;
        let file = folder.join(name);
        fs::write(&file, &component).with_context(|| format!("cannot write {}", file.display()))?;
        println!("{}", file.display());
        print(world, &component)?;
    }
    Ok(())
}

fn print(world: &str, component: &[u8]) -> Result<()> {
    println!("  world    {world}");
    println!("  size     {} bytes", component.len());
    let DecodedWasm::Component(resolve, id) = wit_component::decode(component)? else {
        anyhow::bail!("this is a WIT package, not a component");
    };
    let decoded = &resolve.worlds[id];
    for name in decoded.imports.keys() {
        println!("  imports  {}", resolve.name_world_key(name));
    }
    for name in decoded.exports.keys() {
        println!("  exports  {}", resolve.name_world_key(name));
    }
    println!("  sha256   {:x}", Sha256::digest(component));
    Ok(())
}
