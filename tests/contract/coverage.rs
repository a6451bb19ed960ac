//! Every code has a case, and every fixture a runner.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use stocktake_contract::code::Layer;
use stocktake_contract::{ErrorCode, WarningCode};
use stocktake_tests::fixture;

/// Codes that no input can cause.
const UNREACHABLE: [&str; 1] = ["INTERNAL_ERROR"];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// The text of tests: whole files of tests, and everything after `#[cfg(test)]` in others.
fn tests() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    for folder in ["plugin", "host", "tests"] {
        files(&root.join(folder), &mut found);
    }
    let mut texts = String::new();
    for path in found {
        let is_source = path.extension().is_some_and(|extension| extension == "rs");
        if !is_source || path.ends_with("contract/coverage.rs") {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a source");
        let relative = path.strip_prefix(&root).expect("below the root");
        let is_test = relative.components().any(|part| {
            let part = Path::new(part.as_os_str());
            part.file_stem().is_some_and(|stem| stem == "tests")
        });
        let begin = if is_test {
            Some(0)
        } else {
            text.find("#[cfg(test)]")
        };
        texts += &text[begin.unwrap_or(text.len())..];
    }
    texts
}

#[test]
fn every_error_and_warning_code_has_a_case() {
    let mut covered = BTreeSet::new();
    for fixture in fixture::all() {
        covered.insert(fixture.expected);
    }
    let tests = tests();
    let has_case = |code: &str, variant: &str| {
        let quoted = format!("\"{code}\"");
        covered.iter().any(|expected| expected.contains(&quoted))
            || tests.contains(&quoted)
            || tests.contains(&format!("Code::{variant}"))
    };
    let errors = ErrorCode::ALL
        .iter()
        .filter(|code| code.layer() != Layer::Ledger)
        .map(|code| (code.as_str(), format!("{code:?}")));
    let warnings = WarningCode::ALL
        .iter()
        .map(|code| (code.as_str(), format!("{code:?}")));
    let bare: Vec<&str> = errors
        .chain(warnings)
        .filter(|(code, variant)| !UNREACHABLE.contains(code) && !has_case(code, variant))
        .map(|(code, _)| code)
        .collect();
    assert_eq!(bare, [""; 0], "codes that no test and no fixture shows");
}

/// `fixtures.rs` replays whatever [`fixture::all`] finds: there must be nothing else.
#[test]
fn every_fixture_folder_is_a_case_with_a_runner() {
    let cases: Vec<PathBuf> = fixture::all()
        .into_iter()
        .map(|fixture| fixture.folder)
        .collect();
    for entry in fs::read_dir(fixture::root()).expect("the fixtures") {
        let path = entry.expect("an entry").path();
        let known = cases.contains(&path) || path.ends_with("README.md");
        assert!(known, "{} is no case", path.display());
    }
    for case in &cases {
        let mut inside = Vec::new();
        files(case, &mut inside);
        for path in inside {
            let relative = path.strip_prefix(case).expect("below the case");
            let known = relative.starts_with("exchange")
                || relative == Path::new("case.toml")
                || relative == Path::new("expected.json");
            assert!(known, "{} is no part of a case", path.display());
        }
    }
}
