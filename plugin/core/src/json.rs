//! JSON, appended to bytes.
//!
//! serde_json checks every byte of a string by itself. Hardly any text of an
//! inventory needs an escape, and many bytes can be checked at once.

use serde::Serialize;

use crate::moref::MoRef;

/// Bytes that are checked at once: several vector registers.
const BLOCK: usize = 64;

/// Appends JSON to bytes.
#[derive(Debug)]
pub(crate) struct Writer<'j> {
    json: &'j mut Vec<u8>,
    /// No further string needs an escape.
    is_plain: bool,
}

impl<'j> Writer<'j> {
    /// Appends to `json`.
    pub(crate) fn new(json: &'j mut Vec<u8>) -> Self {
        let is_plain = false;
        Writer { json, is_plain }
    }

    /// Appends to `json`; all strings are parts of `text`, which is checked once.
    pub(crate) fn parts_of(text: &str, json: &'j mut Vec<u8>) -> Self {
        let is_plain = is_plain(text);
        Writer { json, is_plain }
    }

    /// The output.
    pub(crate) fn bytes(&mut self) -> &mut Vec<u8> {
        self.json
    }

    /// Appends what is JSON already.
    #[inline]
    pub(crate) fn literal(&mut self, json: &str) {
        self.json.extend_from_slice(json.as_bytes());
    }

    /// Appends a comma after a field or an item, none before the first.
    pub(crate) fn separate(&mut self) {
        if !matches!(self.json.last(), Some(b'{' | b'[')) {
            self.literal(",");
        }
    }

    /// Appends `text` as a string.
    pub(crate) fn string(&mut self, text: &str) {
        if self.is_plain || is_plain(text) {
            self.literal("\"");
            self.literal(text);
            self.literal("\"");
        } else {
            self.serialize(text);
        }
    }

    /// Appends `object` as an object.
    pub(crate) fn reference(&mut self, object: MoRef<'_>) {
        self.literal(r#"{"type":"#);
        self.string(object.type_name);
        self.literal(r#","value":"#);
        self.string(object.value);
        self.literal("}");
    }

    /// Appends `value` as serde_json writes it.
    pub(crate) fn serialize(&mut self, value: &(impl Serialize + ?Sized)) {
        serde_json::to_writer(&mut *self.json, value).expect("writing to memory cannot fail");
    }
}

/// Whether `text` needs no escape in JSON.
fn is_plain(text: &str) -> bool {
    let (blocks, rest) = text.as_bytes().as_chunks::<BLOCK>();
    blocks.iter().all(|block| needs_no_escape(block)) && needs_no_escape(rest)
}

fn needs_no_escape(bytes: &[u8]) -> bool {
    let escaped = |byte: u8| (byte < b' ') | (byte == b'"') | (byte == b'\\');
    !bytes.iter().fold(false, |any, byte| any | escaped(*byte))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Writer;

    fn check(text: &str) {
        let mut json = b"before".to_vec();
        Writer::new(&mut json).string(text);
        let expected = serde_json::to_string(text).expect("JSON");
        assert_eq!(String::from_utf8(json), Ok(format!("before{expected}")));
    }

    #[test]
    fn every_character_of_ascii_is_escaped_wherever_it_stands() {
        for character in '\0'..='\u{7f}' {
            for before in 0..70 {
                for after in [0, 1, 63, 64] {
                    let (before, after) = ("é".repeat(before), "x".repeat(after));
                    check(&format!("{before}{character}{after}"));
                }
            }
        }
    }

    #[test]
    fn text_beyond_ascii_stands_as_it_is() {
        for text in ["", "Größe", "名前", "\u{1f600}", "\u{2028}\u{feff}\u{85}"] {
            check(text);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn text_is_what_serde_json_makes_of_it(text in "(\\PC|[\\x00-\\x7f]|[a-z]{10,20}){0,8}") {
            check(&text);
        }
    }
}
