//! The README's table of codes is the contract's enum.

use std::fmt::Write as _;
use std::{env, fs};

use stocktake_contract::{ErrorCode, WarningCode};

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");
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
            "collector",
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
    let readme = fs::read_to_string(README).expect("the README");
    let begin = readme.find(BEGIN).expect("the mark before the table") + BEGIN.len();
    let end = readme.find(END).expect("the mark behind the table");
    if env::var_os("STOCKTAKE_BLESS").is_some() && env::var_os("CI").is_none() {
        let blessed = format!("{}{}{}", &readme[..begin], table(), &readme[end..]);
        fs::write(README, blessed).expect("the README");
        return;
    }
    assert_eq!(&readme[begin..end], table(), "the README's table is stale");
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
