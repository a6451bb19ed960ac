//! JSON text in printable ASCII only.
//!
//! At least one ledger decodes a collector's stdout in chunks and breaks UTF-8
//! that is split between two of them. A character outside ASCII can only stand
//! inside a JSON string, so escaping it leaves the document's value unchanged.
//! So can DEL, the one control character that JSON does not ask to be escaped.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The last character of ASCII, and a control character.
const DEL: u8 = 0x7f;

/// Replaces every non-ASCII character of `json`, and DEL, by `\uXXXX` escapes.
///
/// ```
/// assert_eq!(stocktake_contract::ascii::escape("\"é😀\""), r#""\u00e9\ud83d\ude00""#);
/// ```
#[must_use]
pub fn escape(json: &str) -> Cow<'_, str> {
    // Without a way out of the loop it runs on vectors.
    let is_special = |any, byte| any | (byte >= DEL);
    if !json.bytes().fold(false, is_special) {
        return Cow::Borrowed(json);
    }
    let mut escaped = String::with_capacity(json.len() + json.len() / 4);
    for character in json.chars() {
        if character < char::from(DEL) {
            escaped.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(escaped, "\\u{unit:04x}").expect("writing to a String cannot fail");
            }
        }
    }
    Cow::Owned(escaped)
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn escaping_keeps_the_value_and_leaves_only_ascii() {
        let text = "{\"name\":\"Zürich 😀 \\\\ \\\" \\u0001 \u{7f}\",\"ключ\":[\"日本\"]}";
        let escaped = escape(text);
        assert!(escaped.bytes().all(|byte| (b' '..0x7f).contains(&byte)));
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
        assert_eq!(value(&escaped), value(text));
    }
}
