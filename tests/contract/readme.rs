//! The guide's table of codes is the contract's enum, and the README opens as it must.

use std::fmt::Write as _;
use std::{env, fs};

use stocktake_contract::{ErrorCode, WarningCode};

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");
const CODES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../host/guide/errors.md");
const BEGIN: &str = "<!-- codes: begin -->\n";
const END: &str = "<!-- codes: end -->";

fn table() -> String {
    let mut table = String::from(
        "| code | raised by | category | retry | meaning |\n| --- | --- | --- | --- | --- |\n",
    );
    let mut row = |code: &str, layer: &str, category: &str, retry: &str, meaning: &str| {
        writeln!(
            table,
            "| `{code}` | {layer} | {category} | {retry} | {meaning} |"
        )
        .expect("memory");
    };
    for code in ErrorCode::ALL {
        let retry = if code.retryable() { "yes" } else { "" };
        row(
            code.as_str(),
            code.layer().as_str(),
            code.category().as_str(),
            retry,
            code.meaning(),
        );
    }
    for code in WarningCode::ALL {
        row(
            code.as_str(),
            code.layer().as_str(),
            code.category().as_str(),
            "warning",
            code.meaning(),
        );
    }
    table
}

/// Stale? `STOCKTAKE_BLESS=1 cargo test -p stocktake-tests --test contract readme` writes it anew.
#[test]
fn the_table_of_codes_is_that_of_the_enum() {
    let page = fs::read_to_string(CODES).expect("the page of codes");
    let begin = page.find(BEGIN).expect("the mark before the table") + BEGIN.len();
    let end = page.find(END).expect("the mark behind the table");
    if env::var_os("STOCKTAKE_BLESS").is_some() && env::var_os("CI").is_none() {
        let blessed = format!("{}{}{}", &page[..begin], table(), &page[end..]);
        fs::write(CODES, blessed).expect("the page of codes");
        return;
    }
    assert_eq!(&page[begin..end], table(), "the table of codes is stale");
}

#[test]
fn every_error_code_has_a_cure_in_the_guide() {
    let page = fs::read_to_string(CODES).expect("the page of codes");
    let (_, cures) = page.split_once("## Cures").expect("the section of cures");
    for code in ErrorCode::ALL {
        assert!(
            cures.contains(&format!("`{}`", code.as_str())),
            "{}",
            code.as_str()
        );
    }
}

#[test]
fn the_readme_has_at_most_two_hundred_lines() {
    let readme = fs::read_to_string(README).expect("the README");
    assert!(
        readme.lines().count() <= 200,
        "the guide is the place for more"
    );
}

#[test]
fn the_readme_opens_with_the_two_commands() {
    let readme = fs::read_to_string(README).expect("the README");
    let opening: Vec<&str> = readme.lines().take(12).collect();
    for command in ["cargo xtask demo", "cargo xtask test"] {
        assert!(
            opening.iter().any(|line| line.contains(command)),
            "{command}"
        );
    }
}
