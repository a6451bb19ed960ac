//! Keeps a run's password, and whatever else its credential holds, out of what the host passes on.
//!
//! A collector that logs in itself knows the password, and a message that quotes
//! its request is all it takes to publish it. This finds the password as it is
//! and as JSON, XML and URLs spell it, mixed in any way. It is no wall against a
//! collector that wants to tell: any encoding of its own would do. Against that
//! one helps only that it is not told.

use memchr::memmem;
use serde_json::Value;
use stocktake_contract::Problem;

use crate::validation::Note;

use secrets::Secret;

mod secrets;

/// What stands in the place of a secret that a collector told.
pub const REDACTED: &str = "[redacted]";
/// Characters below which a password cannot be told from any other text.
const SHORTEST: usize = 4;
/// Characters from which on a password is found wherever it stands. A shorter one is taken out of messages
/// where it is a word of its own, and may be in an asset by chance, which must not be refused for that.
const LONG: usize = 8;

/// Finds the secrets of one run.
#[derive(Default)]
pub(crate) struct Redaction(Vec<Secret>);

impl Redaction {
    /// Knows the secrets of a request document.
    pub(crate) fn of_request(request: &str) -> Self {
        Redaction(secrets::of_request(request))
    }

    /// An item that holds the password. One look by vectors, unless its core is found.
    pub(crate) fn is_in_items(&self, batch: &str) -> bool {
        self.0.iter().any(|secret| {
            secret.is_password
                && secret.characters >= LONG
                && memmem::find(batch.as_bytes(), secret.core.as_bytes()).is_some()
                && secret.find(batch, 0).is_some()
        })
    }

    /// `text` without the secrets; answers whether any was there.
    pub(crate) fn clean(&self, text: &mut String) -> bool {
        let secrets = self.0.iter();
        secrets.fold(false, |any, secret| any | secret.clean(text))
    }

    /// Cleans every string of a value, keys included.
    pub(crate) fn clean_value(&self, value: &mut Value) -> bool {
        match value {
            Value::String(text) => self.clean(text),
            Value::Array(values) => {
                let cleaned = values.iter_mut().map(|value| self.clean_value(value));
                cleaned.fold(false, |any, here| any | here)
            }
            Value::Object(members) => {
                let mut any = false;
                let taken = std::mem::take(members);
                members.extend(taken.into_iter().map(|(mut key, mut value)| {
                    any |= self.clean(&mut key) | self.clean_value(&mut value);
                    (key, value)
                }));
                any
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }

    /// Cleans a problem.
    pub(crate) fn clean_problem(&self, problem: &mut Problem) {
        self.clean(&mut problem.message);
        if let Some(context) = problem.redacted_context.take() {
            let mut context = Value::Object(context);
            self.clean_value(&mut context);
            problem.redacted_context = match context {
                Value::Object(members) => Some(members),
                _ => None,
            };
        }
    }

    /// Cleans a warning; answers whether it had to be.
    pub(crate) fn clean_note(&self, note: &mut Note) -> bool {
        let mut any = self.clean(&mut note.code) | self.clean(&mut note.message);
        if let Some(context) = note.redacted_context.take() {
            let mut context = Value::Object(context);
            any |= self.clean_value(&mut context);
            note.redacted_context = match context {
                Value::Object(members) => Some(members),
                _ => None,
            };
        }
        any
    }
}

impl Secret {
    fn clean(&self, text: &mut String) -> bool {
        if self.characters < SHORTEST {
            return false;
        }
        let mut clean = String::new();
        let mut rest = 0;
        while let Some((start, end)) = self.find(text, rest) {
            clean.push_str(&text[rest..start]);
            clean.push_str(REDACTED);
            rest = end;
        }
        if rest == 0 {
            return false;
        }
        clean.push_str(&text[rest..]);
        *text = clean;
        true
    }

    /// The first place of the secret in `text` from `from` on.
    fn find(&self, text: &str, from: usize) -> Option<(usize, usize)> {
        let first = *self.text.as_bytes().first()?;
        let begins = |at: &usize| {
            let byte = text.as_bytes()[*at];
            byte == first || matches!(byte, b'\\' | b'&' | b'%')
        };
        let starts = (from..text.len()).filter(begins);
        let mut found = starts.map(|at| (at, spelled(&text[at..], &self.text)));
        found.find_map(|(start, rest)| {
            let rest = rest?;
            let is_part_of_word = text[..start].ends_with(char::is_alphanumeric)
                || rest.starts_with(char::is_alphanumeric);
            let is_found = self.characters >= LONG || !is_part_of_word;
            is_found.then(|| (start, text.len() - rest.len()))
        })
    }
}

/// What follows the password at the start of `text`, whose characters may each be spelled otherwise.
fn spelled<'t>(text: &'t str, password: &str) -> Option<&'t str> {
    let spellings = [json_unit, json_short, xml, percent, plain];
    text.strip_prefix(password).or_else(|| {
        password.chars().try_fold(text, |text, character| {
            let mut ways = spellings.iter();
            ways.find_map(|spelling| spelling(text, character))
        })
    })
}

fn plain(text: &str, character: char) -> Option<&str> {
    text.strip_prefix(character)
}

/// As in `\"`.
fn json_short(text: &str, character: char) -> Option<&str> {
    text.strip_prefix('\\')?
        .strip_prefix(character)
        .filter(|_| matches!(character, '"' | '\\' | '/'))
}

/// As in `\u0022`.
fn json_unit(text: &str, character: char) -> Option<&str> {
    let mut units = [0; 2];
    let units = character.encode_utf16(&mut units);
    units.iter().try_fold(text, |text, unit| {
        number(text.strip_prefix("\\u")?, 16, 4, u32::from(*unit))
    })
}

/// As in `&quot;`, `&#34;` or `&#x22;`.
fn xml(text: &str, character: char) -> Option<&str> {
    let text = text.strip_prefix('&')?;
    let code = u32::from(character);
    let numbered = |text: &'_ str| -> Option<usize> {
        let (text, radix) = match text.strip_prefix(['x', 'X']) {
            Some(text) => (text, 16),
            None => (text, 10),
        };
        let length = text.find(';')?;
        let value = u32::from_str_radix(&text[..length], radix).ok()?;
        (value == code).then_some(text.len() - length - 1)
    };
    if let Some(reference) = text.strip_prefix('#') {
        let rest = numbered(reference)?;
        return text.get(text.len() - rest..);
    }
    let (name, rest) = text.split_once(';')?;
    let named = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    };
    (named == character).then_some(rest)
}

/// As in `%22`.
fn percent(text: &str, character: char) -> Option<&str> {
    let mut bytes = [0; 4];
    let bytes = character.encode_utf8(&mut bytes).as_bytes();
    bytes.iter().try_fold(text, |text, byte| {
        number(text.strip_prefix('%')?, 16, 2, u32::from(*byte))
    })
}

/// What follows a number of so many digits, if it is the expected one.
fn number(text: &str, radix: u32, digits: usize, expected: u32) -> Option<&str> {
    let (number, rest) = text.split_at_checked(digits)?;
    let value = u32::from_str_radix(number, radix).ok()?;
    (value == expected).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::Redaction;
    use serde_json::json;

    const PASSWORD: &str = "s3cr3t<&>\"'\\/é😀";

    fn redaction(password: &str) -> Redaction {
        let request = json!({"source": {"credential": {"username": "u", "password": password}}});
        Redaction::of_request(&request.to_string())
    }

    fn cleaned(password: &str, text: &str) -> String {
        let mut text = text.to_owned();
        redaction(password).clean(&mut text);
        text
    }

    #[test]
    fn every_spelling_of_the_password_is_taken_out() {
        for spelled in [
            PASSWORD,
            r#"s3cr3t<&>\"'\\/é😀"#,
            r#"s3cr3t<&>\"'\\\/\u00e9\uD83D\uDE00"#,
            r#"\u0073\u0033\u0063\u0072\u0033\u0074\u003c\u0026\u003e\u0022\u0027\u005c\u002f\u00e9\ud83d\ude00"#,
            r#"s3cr3t&lt;&amp;&gt;"'\/é😀"#,
            r#"s3cr3t&lt;&amp;&gt;&quot;&apos;\/é😀"#,
            r#"s3cr3t&#60;&#x26;&#x03E;&#34;&#039;\/&#233;&#x1F600;"#,
            "s3cr3t%3C%26%3E%22%27%5C%2F%C3%A9%F0%9F%98%80",
            "s3cr3t%3c%26%3e%22'%5c/%c3%a9%f0%9f%98%80",
        ] {
            let text = format!("é {spelled}, {spelled}\\");
            assert_eq!(
                cleaned(PASSWORD, &text),
                "é [redacted], [redacted]\\",
                "{spelled}"
            );
            assert!(redaction(PASSWORD).is_in_items(&text) || spelled.starts_with("\\u"));
        }
    }

    #[test]
    fn what_is_not_the_password_stays() {
        for text in [
            "",
            "s3cr3t",
            "s3cr3t<&>\"'\\/é",
            "&",
            "%",
            "\\u00",
            "&#;",
            "&#x110000;",
        ] {
            assert_eq!(cleaned(PASSWORD, text), text);
            assert!(!redaction(PASSWORD).is_in_items(text), "{text}");
        }
    }

    #[test]
    fn a_short_password_is_left_where_it_may_be_by_chance() {
        assert_eq!(cleaned("abc", "abc"), "abc");
        assert_eq!(cleaned("pass", "pass, password"), "[redacted], password");
        assert_eq!(cleaned("password", "my-passwords"), "my-[redacted]s");
        assert!(!redaction("abcdefg").is_in_items("abcdefg"));
        assert!(redaction("abcdefgh").is_in_items("abcdefgh"));
        assert_eq!(cleaned("", "text"), "text");
        assert!(!Redaction::of_request("nonsense").is_in_items("text"));
    }

    #[test]
    fn values_are_cleaned_keys_and_all() {
        let mut value = json!({"s3cr3t-x": ["s3cr3t-x", {"a": "is s3cr3t-x"}], "n": 1});
        assert!(redaction("s3cr3t-x").clean_value(&mut value));
        let expected = json!({"[redacted]": ["[redacted]", {"a": "is [redacted]"}], "n": 1});
        assert_eq!(value, expected);
        assert!(!redaction("s3cr3t-x").clean_value(&mut value));
    }
}
