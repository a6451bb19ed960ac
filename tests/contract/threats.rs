//! The table of threats names tests that there are.

use std::fs;

use crate::sources;

#[test]
fn every_threat_names_a_test_that_shows_it_stopped() {
    let design = fs::read_to_string(sources::root().join("DESIGN.md")).expect("DESIGN.md");
    let (_, section) = design.split_once("\n## Threats\n").expect("the section");
    let section = section.split("\n## ").next().unwrap_or_default();
    let rows = section.lines().filter(|line| line.starts_with("| "));
    let rows: Vec<&str> = rows.skip(2).collect();
    assert!(rows.len() >= 15, "{rows:?}");
    let sources = sources::all();
    for row in rows {
        let shown = row.rsplit('|').nth(1).unwrap_or_default();
        let tests: Vec<&str> = shown.split('`').skip(1).step_by(2).collect();
        assert!(!tests.is_empty(), "no test: {row}");
        for test in tests {
            let function = format!("fn {test}(");
            let is_test = |text: &String| {
                text.match_indices(&function).any(|(at, _)| {
                    let before = &text[..at];
                    let attributes = before.rsplit("\n\n").next().unwrap_or_default();
                    attributes.contains("#[test]") || attributes.contains("#[tokio::test")
                })
            };
            assert!(
                sources.iter().any(|(_, text)| is_test(text)),
                "there is no test {test}"
            );
        }
    }
}
