//! Requirement ids are named by the tests that show them.

use crate::sources;

/// The requirements of this version; further ids of the specification follow with their features.
const SHOWN: [&str; 29] = [
    "PC-1", "PC-2", "PC-3", "PC-4", "PC-5", "PC-6", "PC-7", "PC-8", "PC-9", "PC-10", "PC-11",
    "SC-1", "SC-5", "RE-1", "RE-2", "RE-3", "RE-5", "RE-6", "BY-1", "BY-2", "BY-3", "BY-4", "BY-5",
    "BY-6", "BY-7", "BY-8", "BY-10", "BY-15", "BY-16",
];

/// Whether the line contains the id itself, not a longer one.
fn names(line: &str, id: &str) -> bool {
    line.match_indices(id).any(|(at, _)| {
        let rest = &line[at + id.len()..];
        !rest.starts_with(|next: char| next.is_ascii_digit())
    })
}

#[test]
fn every_requirement_that_is_claimed_is_named_by_a_test() {
    let mut sources = sources::all();
    sources.retain(|(path, _)| !path.ends_with("requirements.rs"));
    for id in SHOWN {
        let named = sources.iter().any(|(_, text)| {
            text.lines()
                .any(|line| line.trim_start().starts_with("//") && names(line, id))
        });
        assert!(named, "no test names {id}");
    }
}
