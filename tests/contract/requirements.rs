//! Requirement ids are named by the tests that show them.

use std::fs;
use std::path::{Path, PathBuf};

/// What this version claims; the rest of the specification's ids follow with their features.
const SHOWN: [&str; 23] = [
    "PC-1", "PC-2", "PC-3", "PC-4", "PC-5", "PC-6", "PC-7", "PC-8", "PC-9", "PC-10", "PC-11",
    "SC-1", "SC-5", "RE-2", "RE-3", "RE-5", "RE-6", "BY-1", "BY-2", "BY-3", "BY-4", "BY-7",
    "BY-10",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The line holds the id itself, not a longer one.
fn names(line: &str, id: &str) -> bool {
    line.match_indices(id).any(|(at, _)| {
        let rest = &line[at + id.len()..];
        !rest.starts_with(|next: char| next.is_ascii_digit())
    })
}

#[test]
fn every_requirement_that_is_claimed_is_named_by_a_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    for folder in ["wit", "plugin", "host", "tests"] {
        sources(&root.join(folder), &mut files);
    }
    let texts: Vec<String> = files
        .iter()
        .filter(|path| !path.ends_with("requirements.rs"))
        .map(|path| fs::read_to_string(path).expect("a source"))
        .collect();
    for id in SHOWN {
        let named = texts.iter().any(|text| {
            text.lines()
                .any(|line| line.trim_start().starts_with("//") && names(line, id))
        });
        assert!(named, "no test names {id}");
    }
}
