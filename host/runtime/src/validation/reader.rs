//! JSON text as a value of a type, or where and why it is none.

use serde::Deserialize;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

use super::issue::printable;

/// Why a text is no value of a type.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mismatch {
    /// Where in the text, as in `network.ip_addresses[0]`; empty for the whole.
    pub(super) path: String,
    /// What is wrong there.
    pub(super) message: String,
}

impl Mismatch {
    /// The same, in a value that has the text as its part `parent`.
    pub(super) fn within(self, parent: &str) -> Self {
        let separator = match self.path.bytes().next() {
            None | Some(b'[') => "",
            Some(_) => ".",
        };
        Mismatch {
            path: format!("{parent}{separator}{}", self.path),
            ..self
        }
    }
}

/// Reads one value.
pub(super) fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Mismatch> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| Mismatch {
        path: path_of(error.path()),
        message: message_of(error.inner()),
    })?;
    deserializer.end().map_err(|error| Mismatch {
        path: String::new(),
        message: message_of(&error),
    })?;
    Ok(value)
}

/// What is wrong. The path names the place; the column of a single line would help little.
fn message_of(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    message.strip_suffix(&place).unwrap_or(&message).to_owned()
}

/// Names joined by points, numbers in brackets.
fn path_of(steps: &Path) -> String {
    let mut path = String::new();
    for step in steps {
        let name = match step {
            Segment::Seq { index } => {
                path.push_str(&format!("[{index}]"));
                continue;
            }
            Segment::Map { key } => key,
            Segment::Enum { variant } => variant,
            Segment::Unknown => continue,
        };
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if !name.is_empty() && name.bytes().all(is_plain) {
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(name);
        } else {
            path.push_str(&format!("[{}]", Value::from(printable(name))));
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Mismatch, read};

    #[test]
    fn a_mismatch_names_the_place_and_the_reason() {
        type Lists = BTreeMap<String, Vec<BTreeMap<String, u8>>>;
        let cases = [
            (r#"{"a":[]"#, "", "EOF while parsing an object"),
            (r#"{} {}"#, "", "trailing characters"),
            (
                r#"{"a":[{"b":1},{"c":-1}]}"#,
                "a[1].c",
                "invalid value: integer `-1`, expected u8",
            ),
            (
                r#"{"a b/c":[1]}"#,
                r#"["a b/c"][0]"#,
                "invalid type: integer `1`, expected a map",
            ),
        ];
        for (text, path, message) in cases {
            let mismatch = read::<Lists>(text).expect_err(text);
            let expected = Mismatch {
                path: path.to_owned(),
                message: message.to_owned(),
            };
            assert_eq!(mismatch, expected, "{text}");
        }
    }

    #[test]
    fn the_path_of_a_part_goes_on_from_its_parent() {
        for (path, whole) in [("", "a"), ("b", "a.b"), ("[0]", "a[0]")] {
            let mismatch = Mismatch {
                path: path.to_owned(),
                message: String::new(),
            };
            assert_eq!(mismatch.within("a").path, whole);
        }
    }
}
