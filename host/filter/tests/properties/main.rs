//! What holds for every filter, and a naive model of what filters mean.

mod model;
#[path = "../oracle/mod.rs"]
mod oracle;
mod sql;

use std::fs;
use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::*;
use stocktake_filter::{Expression, Filter, Pattern};
use time::OffsetDateTime;

use model::{Record, expression, fields, holds, record};

/// Every file of a target, by name.
fn replay(target: &str, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/fuzz/regressions")
        .join(target);
    let Ok(entries) = fs::read_dir(&folder) else {
        return;
    };
    for entry in entries {
        let file = entry.expect("an entry").path();
        eprintln!("{}", file.display());
        check(&fs::read(&file).expect("a readable file"));
    }
}

#[test]
fn inputs_that_once_broke_a_property_no_longer_do() {
    replay("filter", oracle::check);
}

/// Words and symbols of the grammar in any order, and other text.
fn token() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "and",
        "or",
        "not",
        "in",
        "has",
        "as",
        "(",
        ")",
        ",",
        "=",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "~",
        "!~",
        "&&",
        "||",
        "!",
        "\"",
        "'",
        "\\",
        ".",
        "-",
        "+",
        "kind",
        "vm",
        "memory",
        "16",
        "GiB",
        "16GiB",
        "created_at",
        "now",
        "now-90d",
        "today",
        "2026-01-31",
        "tags",
        "tags.env",
        "custom_attributes.\"Cost centre\"",
        "template",
        "snapshots.created_at",
        "*",
        "web-*",
        "attributes.x",
        "disks.capacity",
        "2.2GHz",
        "cpu_mhz",
        "os.version",
        "8.0.3",
    ]);
    prop_oneof![8 => known.prop_map(str::to_owned), 1 => any::<String>()]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_text_is_a_filter_or_an_error_with_its_place(text in any::<String>()) {
        oracle::check_text(&text);
    }

    #[test]
    fn any_words_of_the_grammar_are_a_filter_or_an_error_with_its_place(
        tokens in vec(token(), 0..24),
        blanks in any::<bool>(),
    ) {
        oracle::check_text(&tokens.join(if blanks { " " } else { "" }));
    }

    #[test]
    fn what_an_expression_prints_parses_to_it(expression in expression()) {
        let text = expression.to_string();
        let parsed = Filter::parse(&text);
        prop_assert_eq!(parsed.as_ref().map(Filter::expression), Ok(&expression), "{}", text);
    }

    #[test]
    fn a_filter_holds_where_the_naive_model_does(
        expression in expression(),
        records in vec(record(), 1..8),
    ) {
        let filter = Filter::parse(&expression.to_string()).expect("printed by us");
        let condition = filter.resolve(&fields(), OffsetDateTime::UNIX_EPOCH).expect("fits its fields");
        for record in &records {
            prop_assert_eq!(condition.matches(record), holds(&expression, record), "{} over {:?}", expression, record);
        }
    }

    #[test]
    fn a_filter_or_its_negation_holds(expression in expression(), record in record()) {
        let holds = |expression: &Expression, record: &Record| {
            let filter = Filter::parse(&expression.to_string()).expect("printed by us");
            let now = OffsetDateTime::UNIX_EPOCH;
            filter.resolve(&fields(), now).expect("fits its fields").matches(record)
        };
        let negated = Expression::Not(Box::new(expression.clone()));
        prop_assert_ne!(holds(&expression, &record), holds(&negated, &record));
    }

    #[test]
    fn a_pattern_covers_what_the_naive_model_says(
        pattern in "[ab*?\\[\\]]{0,8}",
        value in "[abAB*?\\[\\]]{0,10}",
    ) {
        prop_assert_eq!(Pattern::new(&pattern).matches(&value), model::covers(&pattern, &value));
    }
}
