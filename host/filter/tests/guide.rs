//! Every example of the guide's page, evaluated.
//!
//! A block ```` ```filter finds=IDS now=TIME ```` has a filter that finds exactly these assets of `sample.json`; a block
//! ```` ```error filter="TEXT" ```` has the error of a filter.

use std::fs;

use serde_json::Value;
use stocktake_filter::Filter;
use stocktake_filter::asset::{self, Asset};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../guide/filter.md");
const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sample.json");

/// The blocks of the page: what stands behind the fence, and the text.
fn blocks(language: &str) -> Vec<(String, String)> {
    let page = fs::read_to_string(PAGE).expect("the page");
    let mut lines = page.lines();
    let mut blocks = Vec::new();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else {
            continue;
        };
        let text: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        if let Some(("", info)) = info.split_once(language) {
            blocks.push((info.trim().to_owned(), text.join("\n")));
        }
    }
    blocks
}

#[test]
fn every_filter_of_the_guide_finds_what_the_page_says() {
    let sample: Vec<Value> =
        serde_json::from_str(&fs::read_to_string(SAMPLE).expect("the sample")).expect("assets");
    let blocks = blocks("filter ");
    assert!(blocks.len() >= 15, "{} examples", blocks.len());
    for (info, text) in blocks {
        let setting = |name: &str| info.split(' ').find_map(|word| word.strip_prefix(name));
        let now = setting("now=").unwrap_or("2026-11-29T12:00:00Z");
        let now = OffsetDateTime::parse(now, &Rfc3339).expect("a time");
        let filter = Filter::parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let condition = filter
            .resolve(asset::fields(), now)
            .unwrap_or_else(|error| panic!("{text}: {error}"));
        let found: Vec<&str> = sample
            .iter()
            .filter(|asset| condition.matches(&Asset(asset)))
            .map(|asset| asset["external_id"].as_str().expect("an id"))
            .collect();
        assert_eq!(found.join(","), setting("finds=").expect("ids"), "{text}");
    }
}

#[test]
fn every_error_of_the_guide_is_the_error_of_its_filter() {
    let blocks = blocks("error ");
    assert!(blocks.len() >= 2, "{} examples", blocks.len());
    for (info, text) in blocks {
        let filter = info
            .strip_prefix("filter=\"")
            .and_then(|filter| filter.strip_suffix('"'))
            .expect("a filter");
        let error = Filter::parse(filter)
            .and_then(|filter| filter.resolve(asset::fields(), OffsetDateTime::UNIX_EPOCH))
            .expect_err(filter);
        assert_eq!(format!("{error}\n{}", error.excerpt()), text);
    }
}
