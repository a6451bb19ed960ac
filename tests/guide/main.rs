//! Every command of the guide, page by page, against a simulated vCenter.
//!
//! A block ```` ```console ```` contains commands after `$ ` and their output; `…` stands for any text in a line, and alone for any lines. A
//! block ```` ```json file=NAME ```` is a file that the commands read. A page is one shell session in an empty folder.

mod page;
mod session;

use std::fs;
use std::path::PathBuf;

use page::Page;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../host/guide")
}

/// Runs the commands of a page and compares their output with the page.
fn follow(name: &str) {
    let text = fs::read_to_string(folder().join(name)).expect("a page of the guide");
    session::run(&Page::parse(&text));
}

macro_rules! pages {
    ($($test:ident: $file:literal,)*) => {
        const PAGES: &[&str] = &[$($file),*];
        $(
            #[test]
            fn $test() {
                follow($file);
            }
        )*
    };
}

pages! {
    the_quick_start_of_the_readme_ends_as_it_says: "../../README.md",
    an_inventory_is_collected_as_the_guide_says: "collecting.md",
    a_verdict_has_the_evidence_that_the_guide_shows: "completeness.md",
    an_account_with_a_limited_role_sees_what_the_guide_says: "privileges.md",
    fields_are_listed_without_a_command: "fields.md",
    details_are_listed_without_a_command: "details.md",
    a_response_is_exported_as_the_guide_says: "export.md",
    filters_are_explained_without_a_command: "filter.md",
    a_plugin_is_replaced_as_the_guide_says: "drop-in.md",
    the_collector_runs_in_each_way_that_the_guide_names: "embedding.md",
    a_policy_limits_a_run_as_the_guide_says: "policy.md",
    a_breaker_is_shown_and_reset_as_the_guide_says: "resilience.md",
    codes_are_listed_without_a_command: "errors.md",
    the_simulator_behaves_as_the_guide_says: "simulator.md",
    an_exchange_is_recorded_as_the_guide_says: "fixtures.md",
    a_collector_is_built_and_tested_as_the_guide_says: "collectors.md",
    a_component_is_published_and_pulled_as_the_guide_says: "publishing.md",
}

#[test]
fn every_page_is_run_and_listed_in_the_index() {
    let index = fs::read_to_string(folder().join("README.md")).expect("the index");
    let mut found: Vec<String> = fs::read_dir(folder())
        .expect("the guide")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .into_string()
                .expect("UTF-8")
        })
        .filter(|name| name != "README.md")
        .collect();
    found.sort();
    let mut run: Vec<&str> = PAGES
        .iter()
        .copied()
        .filter(|page| !page.contains('/'))
        .collect();
    run.sort_unstable();
    assert_eq!(found, run, "pages and tests differ");
    for page in run {
        assert!(
            index.contains(&format!("({page})")),
            "{page} is not in the index"
        );
    }
}
