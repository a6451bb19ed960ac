//! The guide's page about exports is the table of sheets and columns.

use std::fmt::Write as _;
use std::{env, fs};

use stocktake_export::sheets;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../guide/export.md");
const BEGIN: &str = "<!-- sheets: begin -->\n";
const END: &str = "<!-- sheets: end -->";

fn tables() -> String {
    let mut text = String::new();
    for sheet in sheets() {
        let kinds: Vec<&str> = sheet.kinds.iter().map(|kind| kind.as_str()).collect();
        let (name, about) = (sheet.name, sheet.about);
        let attributes = if sheet.has_attributes {
            ", then a column for each custom attribute"
        } else {
            ""
        };
        write!(
            text,
            "\n### {name}\n\nRows: {about} (`{}`){attributes}.\n\n| column | unit | made of |\n| --- | --- | --- |\n",
            kinds.join("`, `"),
        )
        .expect("memory");
        for column in sheet.columns() {
            writeln!(
                text,
                "| {} | {} | {} |",
                column.name, column.unit, column.source
            )
            .expect("memory");
        }
    }
    text + "\n"
}

/// Stale? `STOCKTAKE_BLESS=1 cargo test -p stocktake-export guide` writes it anew.
#[test]
fn the_page_about_exports_is_the_table_of_sheets() {
    let page = fs::read_to_string(PAGE).expect("the page about exports");
    let (before, rest) = page.split_once(BEGIN).expect("the begin of the tables");
    let (tables_there, after) = rest.split_once(END).expect("the end of the tables");
    if env::var_os("STOCKTAKE_BLESS").is_some() && env::var_os("CI").is_none() {
        let page = format!("{before}{BEGIN}{}{END}{after}", tables());
        fs::write(PAGE, page).expect("the page");
        return;
    }
    assert_eq!(tables_there, tables(), "export.md is stale");
}
