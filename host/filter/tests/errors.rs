//! What is said of texts that are no filter, no list of columns and no ordering, and where.

use stocktake_filter::asset;
use stocktake_filter::{Column, Error, ErrorKind, Filter, MAX_DEPTH, MAX_LENGTH, SortKey};
use time::OffsetDateTime;

fn filter_error(text: &str) -> Error {
    Filter::parse(text)
        .and_then(|filter| filter.resolve(asset::fields(), OffsetDateTime::UNIX_EPOCH))
        .map(|condition| panic!("{text} is {condition:?}"))
        .unwrap_or_else(|error| error)
}

/// The wrong part is between `«` and `»`; then the message, place and cure.
const FILTERS: &[(&str, ErrorKind, &str)] = &[
    ("«»", ErrorKind::Syntax, "the filter is empty (column 1)"),
    (
        "kind «vm»",
        ErrorKind::Syntax,
        "expected an operator (=, !=, <, <=, >, >=, ~, !~, in), found `vm` (column 6)",
    ),
    (
        "name «like» web*",
        ErrorKind::Syntax,
        "expected an operator (=, !=, <, <=, >, >=, ~, !~, in), found `like` (column 6); a pattern is written `name ~ \"web-*\"`",
    ),
    (
        "notes «is» null",
        ErrorKind::Syntax,
        "expected an operator (=, !=, <, <=, >, >=, ~, !~, in), found `is` (column 7); `has field` holds when there is a value, `not has field` when there is none",
    ),
    (
        "kind=vm«,»host",
        ErrorKind::Syntax,
        "expected `and`, `or` or the end, found `,` (column 8); several values are written `in (a, b, c)`",
    ),
    (
        "kind=«(»vm, host)",
        ErrorKind::Syntax,
        "expected a value, found `(` (column 6); several values are written `in (…)`",
    ),
    (
        "«(»kind=vm and name=web",
        ErrorKind::Syntax,
        "the parenthesis is not closed (column 1)",
    ),
    (
        "kind=vm«)»",
        ErrorKind::Syntax,
        "expected `and`, `or` or the end, found `)` (column 8); no parenthesis is open",
    ),
    (
        "name ~ /«^»web-[0-9]+$/",
        ErrorKind::Syntax,
        "expected `and`, `or` or the end, found `^` (column 9); a value with this character is written in quotes; patterns know * and ?, not regular expressions",
    ),
    (
        "kind=«and»",
        ErrorKind::Syntax,
        "expected a value, found `and` (column 6); a value of this text is written \"and\"",
    ),
    (
        "«in» = 5",
        ErrorKind::Syntax,
        "expected a field, found `in` (column 1); a field of this name is written \"in\"",
    ),
    (
        "cpu =«>» 4",
        ErrorKind::Syntax,
        "expected a value, found `>` (column 6); the operators are =, !=, <, <=, >, >=, ~ and !~",
    ),
    (
        "kind=vm and«»",
        ErrorKind::Syntax,
        "expected a field, found the end (column 12)",
    ),
    (
        "memory in «4GiB»",
        ErrorKind::Syntax,
        "expected `(`, found `4GiB` (column 11); the values are written `(a, b, c)`",
    ),
    (
        "kind in (vm«»",
        ErrorKind::Syntax,
        "expected `,` or `)`, found the end (column 12)",
    ),
    (
        "name=«\"»web",
        ErrorKind::Syntax,
        "the quoted text does not end (column 6); it ends with \"",
    ),
    (
        "name=\"C:«\\V»Ms\"",
        ErrorKind::Syntax,
        "unknown escape sequence (column 9); a backslash is written \\\\; the others are \\\" \\' \\n \\r \\t and \\u{…}",
    ),
    (
        "kind=vm\nand «größe»=5",
        ErrorKind::UnknownField,
        "unknown field `größe` (line 2, column 5)",
    ),
    (
        "name=Ö and «memry»=1GiB",
        ErrorKind::UnknownField,
        "unknown field `memry` (column 12); did you mean `memory`?",
    ),
    (
        "«tools.stats»=current",
        ErrorKind::UnknownField,
        "unknown field `tools.stats` (column 1); did you mean `tools.status`?",
    ),
    (
        "«toolsversion» > 1",
        ErrorKind::UnknownField,
        "unknown field `toolsversion` (column 1); did you mean `tools.version`?",
    ),
    (
        "kind=«vmm»",
        ErrorKind::Value,
        "`kind`: `vmm` is none of its values (column 6); did you mean `vm`?",
    ),
    (
        "power=«on»",
        ErrorKind::Value,
        "`power`: `on` is none of its values (column 7); its values are poweredOn, poweredOff, suspended",
    ),
    (
        "memory>=«abc»",
        ErrorKind::Value,
        "`memory`: `abc` is not a size (column 9); write a number with a unit, such as 16GiB",
    ),
    (
        "memory>=«16G»",
        ErrorKind::Value,
        "`memory`: `16G` has the unknown unit `G` (column 9); write GiB for powers of 1,024 or GB for powers of 1,000",
    ),
    (
        "memory>=«16 GIBB»",
        ErrorKind::Value,
        "`memory`: `16 GIBB` has the unknown unit `GIBB` (column 9); did you mean `GiB`?",
    ),
    (
        "cpu_mhz > «2.2GB»",
        ErrorKind::Value,
        "`cpu_mhz`: `2.2GB` has the unknown unit `GB` (column 11); the units are Hz, kHz, MHz, GHz",
    ),
    (
        "cpu > «4GiB»",
        ErrorKind::Value,
        "`cpu`: `4GiB` is not a number (column 7); the field has no unit: leave out `GiB`",
    ),
    (
        "memory > «999999999999999999999999PiB»",
        ErrorKind::Value,
        "`memory`: `999999999999999999999999PiB` is too large (column 10)",
    ),
    (
        "created_at < «90d»",
        ErrorKind::Value,
        "`created_at`: `90d` is not a time (column 14); a distance from now is written now-90d",
    ),
    (
        "created_at < «now-3months»",
        ErrorKind::Value,
        "`created_at`: `now-3months` has the unknown unit `months` (column 14); months and years differ in length: count in days, or compare with a date",
    ),
    (
        "created_at < «2026-02-30»",
        ErrorKind::Value,
        "`created_at`: `2026-02-30` is not a time (column 14); write 2026-01-31, 2026-01-31T12:00:00Z, now, now-90d or today",
    ),
    (
        "created_at > «now+999999999999w»",
        ErrorKind::Value,
        "`created_at`: `now+999999999999w` is out of range (column 14)",
    ),
    (
        "template = «maybe»",
        ErrorKind::Value,
        "`template`: `maybe` is neither true nor false (column 12); write true or false",
    ),
    (
        "memory = 1GiB or «name» < m",
        ErrorKind::Operator,
        "`name` is text and not ordered: `<` does not apply (column 18); compare it by =, != or ~",
    ),
    (
        "«memory» ~ 16*",
        ErrorKind::Operator,
        "`memory` is not text: `~` does not apply (column 1); compare it by =, !=, < or >",
    ),
    (
        "not «memory»",
        ErrorKind::Operator,
        "`memory` alone is no condition (column 5); compare it, or write `has memory`",
    ),
    (
        "attributes.rack > «high»",
        ErrorKind::Value,
        "`attributes.rack`: `high` is not a number (column 19)",
    ),
    (
        "memory > «\"1\\u{1b}[31m\"»",
        ErrorKind::Value,
        "`memory`: `1\u{fffd}[31m` has the unknown unit `\u{fffd}[31m` (column 10); the units are B, KiB, MiB, GiB, TiB, PiB, kB, MB, GB, TB, PB",
    ),
];

#[test]
fn a_mistake_is_reported_with_its_place_and_its_cure() {
    for (marked, kind, message) in FILTERS {
        let text = marked.replace(['«', '»'], "");
        let start = marked.find('«').expect("a mark");
        let end = marked.find('»').expect("a mark") - '«'.len_utf8();
        let error = filter_error(&text);
        assert_eq!(error.to_string(), *message, "{text}");
        assert_eq!((error.span(), error.kind()), (start..end, *kind), "{text}");
    }
}

#[test]
fn a_list_of_columns_has_its_own_mistakes() {
    for (text, message) in [
        ("", "the list of columns is empty (column 1)"),
        ("name,", "expected a field, found the end (column 6)"),
        (
            "name memory",
            "expected `,`, `as` or the end, found `memory` (column 6)",
        ),
        ("name as", "expected a title, found the end (column 8)"),
        (
            "name, memori",
            "unknown field `memori` (column 7); did you mean `memory`?",
        ),
    ] {
        let error = Column::parse_list(text, asset::fields()).expect_err(text);
        assert_eq!(error.to_string(), message, "{text}");
    }
}

#[test]
fn an_ordering_has_its_own_mistakes() {
    for (text, message) in [
        ("", "the ordering is empty (column 1)"),
        (
            "memory desc",
            "expected `,` or the end, found `desc` (column 8); the greatest first is written `-field`",
        ),
        (
            "-ip",
            "`ip` has several values and is not sorted (column 2)",
        ),
        (
            "name, tags.env",
            "`tags.env` has several values and is not sorted (column 7)",
        ),
        (
            "custom_attributes",
            "`custom_attributes` has several values and is not sorted (column 1)",
        ),
        ("--name", "expected a field, found `-name` (column 2)"),
    ] {
        let error = SortKey::parse_list(text, asset::fields()).expect_err(text);
        assert_eq!(error.to_string(), message, "{text}");
    }
}

#[test]
fn an_excerpt_marks_wide_characters_and_shortens_long_lines() {
    let error = filter_error("name=\"データ\" and memry=1GiB");
    assert_eq!(
        error.excerpt(),
        "name=\"データ\" and memry=1GiB\n                  ^^^^^"
    );
    let long = "x".repeat(200);
    let error = filter_error(&format!("name={long} and memry=1GiB and name={long}"));
    let (shown, marked) = error.excerpt().split_once('\n').map_or_else(
        || panic!("two lines"),
        |(shown, marked)| (shown.to_owned(), marked.to_owned()),
    );
    assert!(shown.starts_with('…') && shown.ends_with('…'), "{shown}");
    assert!(shown.chars().count() <= 130, "{shown}");
    let start = marked.find('^').expect("a mark");
    let below: String = shown
        .chars()
        .skip(start)
        .take(marked.len() - start)
        .collect();
    assert_eq!(below, "memry");
}

#[test]
fn length_and_depth_are_limited() {
    let longest = format!("name={}", "x".repeat(MAX_LENGTH - 5));
    assert!(Filter::parse(&longest).is_ok());
    let error = Filter::parse(&format!("{longest}x")).expect_err("a byte more");
    assert_eq!(error.kind(), ErrorKind::Limit);
    assert_eq!(
        error.to_string(),
        "the filter has 65537 bytes, of 65536 allowed (column 1)"
    );
    for (open, close) in [("(", ")"), ("not ", ""), ("!", "")] {
        let nested = |depth: usize| format!("{}kind=vm{}", open.repeat(depth), close.repeat(depth));
        assert!(Filter::parse(&nested(MAX_DEPTH)).is_ok(), "{open}");
        for depth in [MAX_DEPTH + 1, 10_000] {
            let error = Filter::parse(&nested(depth)).expect_err("too deep");
            assert_eq!(error.kind(), ErrorKind::Limit, "{open}");
            assert_eq!(error.span().start, MAX_DEPTH * open.len(), "{open}");
        }
    }
}
