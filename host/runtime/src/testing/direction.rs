//! The direction in which the modules of this crate depend on each other.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Modules by what they name of this crate.
type Graph = BTreeMap<String, BTreeSet<String>>;

#[test]
fn modules_depend_on_each_other_in_one_direction() {
    let mut left = graph();
    assert!(left.contains_key("gateway") && left.contains_key("vsphere"));
    // Takes away what depends on nothing that is left, until nothing is or the rest goes in a circle.
    loop {
        let modules: BTreeSet<String> = left.keys().cloned().collect();
        let before = left.len();
        left.retain(|_, named| named.iter().any(|name| modules.contains(name)));
        if left.len() == before {
            break;
        }
    }
    assert!(left.is_empty(), "these depend on each other: {left:#?}");
}

#[test]
fn the_gateway_knows_no_protocol_and_no_breaker() {
    let named = &graph()["gateway"];
    for other in ["vsphere", "count", "credential", "resilience", "policy"] {
        assert!(!named.contains(other), "gateway names {other}");
    }
}

fn graph() -> Graph {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut graph = Graph::new();
    for file in sources(&root) {
        let place = file.strip_prefix(&root).expect("below the root");
        let first = place.components().next().expect("a name");
        let module = Path::new(&first).with_extension("");
        let module = module.to_str().expect("UTF-8").to_owned();
        if module == "lib" || module == "testing" {
            continue;
        }
        let text = fs::read_to_string(&file).expect("a source file");
        let named = graph.entry(module.clone()).or_default();
        named.extend(names(&text).filter(|name| *name != module));
    }
    let modules: BTreeSet<String> = graph.keys().cloned().collect();
    for named in graph.values_mut() {
        named.retain(|name| modules.contains(name));
    }
    graph
}

/// Files that are not tests.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str());
        match name.expect("UTF-8") {
            "tests" | "tests.rs" | "testing" | "testing.rs" => {}
            _ if path.is_dir() => files.extend(sources(&path)),
            name if name.ends_with(".rs") => files.push(path),
            _ => {}
        }
    }
    files
}

/// What stands behind each `crate::` of code that is neither a comment nor a test.
fn names(text: &str) -> impl Iterator<Item = String> {
    let code = text.split("#[cfg(test)]\nmod tests {").next();
    let lines = code.unwrap_or_default().lines();
    let lines = lines.filter(|line| !line.trim_start().starts_with("//"));
    lines.flat_map(|line| {
        line.split("crate::").skip(1).map(|rest| {
            let is_name = |character: char| character.is_ascii_alphanumeric() || character == '_';
            let end = rest.find(|character| !is_name(character));
            rest[..end.unwrap_or(rest.len())].to_owned()
        })
    })
}
