//! The component of each world.

use std::fs;

use serde_json::{Value, json};
use stocktake_tests::{components, executable};

fn inspected(file: &str) -> Value {
    let file = components::path(file);
    let file = file.to_str().expect("UTF-8");
    let output = executable::run(&["inspect", file, "--format", "json"]);
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn each_component_imports_and_exports_what_its_world_says_and_nothing_else() {
    let io = ["wasi:io/error@0.2.0", "wasi:io/streams@0.2.0"];
    let http = [
        "wasi:io/poll@0.2.0",
        "wasi:http/types@0.2.0",
        "wasi:http/outgoing-handler@0.2.0",
    ];
    let inventory = "stocktake:collector/inventory@1.0.0";
    for (file, own, export) in [
        ("vcenter.wasm", &http[..], inventory),
        (
            "vcenter-transport.wasm",
            &["stocktake:collector/transport@1.0.0"],
            inventory,
        ),
        (
            "vcenter-command.wasm",
            &[
                &http[..],
                &["wasi:cli/stdin@0.2.0", "wasi:cli/stdout@0.2.0"],
            ]
            .concat(),
            "wasi:cli/run@0.2.0",
        ),
    ] {
        let inspection = inspected(file);
        let mut imports: Vec<&str> = io.iter().chain(own).copied().collect();
        imports.push("wasi:cli/stderr@0.2.0");
        imports.sort_unstable();
        let mut found: Vec<&str> = inspection["imports"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|import| import.as_str().expect("a name"))
            .collect();
        found.sort_unstable();
        assert_eq!(found, imports, "{file}");
        assert_eq!(inspection["exports"], json!([export]), "{file}");
    }
}

/// BY-6: one set of bytes. The other build is that of the executable, in a folder of its own.
#[test]
fn two_builds_give_the_same_bytes() {
    let built = fs::read(components::path("vcenter.wasm")).expect("the component");
    assert!(built == stocktake_vcenter_artifact::COMPONENT);
}

#[test]
fn the_folder_of_the_sources_is_not_in_a_component() {
    let root = fs::canonicalize(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).expect("the sources");
    let root = root.to_str().expect("UTF-8");
    for file in components::FILES {
        let bytes = fs::read(components::path(file)).expect("the component");
        let found = memchr::memmem::find(&bytes, root.as_bytes());
        assert_eq!(found, None, "{file} names {root}");
    }
}
