//! What holds for every text, shared by the property tests and the fuzz target.

use std::sync::LazyLock;

use serde_json::Value;
use stocktake_filter::asset::{self, Asset};
use stocktake_filter::{Column, Condition, Error, Filter, SortKey};
use time::OffsetDateTime;

static SAMPLE: LazyLock<Vec<Value>> =
    LazyLock::new(|| serde_json::from_str(include_str!("../sample.json")).expect("assets"));

/// Checks a fuzzer's input.
///
/// # Panics
/// When a property does not hold.
pub(crate) fn check(data: &[u8]) {
    check_text(&String::from_utf8_lossy(data));
}

/// Checks one text as a filter, a list of columns and an ordering.
///
/// # Panics
/// When a property does not hold.
pub(crate) fn check_text(text: &str) {
    match Filter::parse(text) {
        Ok(filter) => check_filter(text, &filter),
        Err(error) => check_error(text, &error),
    }
    if let Err(error) = Column::parse_list(text, asset::fields()) {
        check_error(text, &error);
    }
    if let Err(error) = SortKey::parse_list(text, asset::fields()) {
        check_error(text, &error);
    }
}

fn check_filter(text: &str, filter: &Filter) {
    let written = filter.to_string();
    // The written form has a space where the text may have none, so that it can be longer than what is read.
    if written.len() <= stocktake_filter::MAX_LENGTH {
        assert_eq!(Filter::parse(&written).as_ref(), Ok(filter), "{written}");
    }
    let now = OffsetDateTime::UNIX_EPOCH;
    match filter.resolve(asset::fields(), now) {
        Ok(condition) => {
            let negated = Condition::Not(Box::new(condition.clone()));
            for value in SAMPLE.iter() {
                let holds = condition.matches(&Asset(value));
                assert_ne!(negated.matches(&Asset(value)), holds, "{text}");
            }
        }
        Err(error) => check_error(text, &error),
    }
}

fn check_error(text: &str, error: &Error) {
    let span = error.span();
    assert!(text.get(span.clone()).is_some(), "{span:?} of {text:?}");
    assert!(error.line() >= 1 && error.column() >= 1);
    assert!(!error.message().is_empty());
    let message = error.to_string();
    assert!(!message.contains(char::is_control), "{message:?}");
    assert!(message.chars().count() < 500, "{message}");
    let excerpt = error.excerpt();
    let (shown, marked) = excerpt.split_once('\n').expect("two lines");
    assert!(!shown.contains(char::is_control), "{shown:?}");
    assert!(marked.trim_start().starts_with('^'), "{marked:?}");
    assert!(excerpt.chars().count() < 500, "{excerpt}");
}
