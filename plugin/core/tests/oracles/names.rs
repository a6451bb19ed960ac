//! Names of a vCenter: what it encodes is decoded once, and nothing else is.

use std::borrow::Cow;

use stocktake_vcenter::names::decode;

/// Checks a fuzzer's input.
///
/// # Panics
/// When a property does not hold.
pub fn check(data: &[u8]) {
    check_name(&String::from_utf8_lossy(data));
}

/// Checks one name.
///
/// # Panics
/// When a property does not hold.
pub fn check_name(name: &str) {
    assert_eq!(decode(&encode(name)), name, "encoded and decoded");
    let decoded = decode(name);
    assert!(decoded.len() <= name.len(), "{decoded} is longer");
    if !name.contains('%') {
        assert!(matches!(decoded, Cow::Borrowed(_)), "{name} is copied");
    }
    if !holds_escape(name) {
        assert_eq!(decoded, name, "nothing to decode");
    }
    if !holds_escape(&decoded) {
        assert_eq!(decode(&decoded), decoded, "decoded again");
    }
}

/// A name as a vCenter stores it.
fn encode(name: &str) -> String {
    name.replace('%', "%25")
        .replace('/', "%2f")
        .replace('\\', "%5c")
}

fn holds_escape(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["%2f", "%5c", "%25"]
        .iter()
        .any(|escape| name.contains(escape))
}
