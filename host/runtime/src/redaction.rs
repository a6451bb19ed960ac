//! Keeps a run's password, and whatever else its credential holds, out of what the host passes on.
//!
//! A collector that logs in itself knows the password, and a message that quotes
//! its request is all it takes to publish it. This finds the password as it is
//! and as JSON, XML and URLs spell it, mixed in any way. It does not stop a
//! collector that means to publish it: any encoding of its own would do. Against that
//! only withholding it helps.

use std::cell::Cell;

use memchr::memmem;
use serde_json::Value;
use stocktake_contract::Problem;

use crate::validation::RawWarning;

use secrets::Secret;

mod secrets;

/// Bytes of the longest reference of XML that is taken for a character, zeros in front of its digits included.
const REFERENCE: usize = 64;

/// Replaces a secret in a text of a collector.
pub const REDACTED: &str = "[redacted]";
/// Characters below which a password cannot be distinguished from other text.
const SHORTEST: usize = 4;
/// Characters from which on a password is found wherever it stands. A shorter one is taken out of messages
/// where it is a word of its own, and may be in an asset by chance, which must not be refused for that.
const LONG: usize = 8;

/// Finds the secrets of one run.
#[derive(Default)]
pub(crate) struct Redaction(Vec<Secret>);

/// None of the secrets.
impl std::fmt::Debug for Redaction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Redaction").finish_non_exhaustive()
    }
}

impl Redaction {
    /// Knows the secrets of the text of a request, which need not be one.
    pub(crate) fn from_request(request: &str) -> Self {
        Redaction(secrets::from_request(request))
    }

    /// Knows passwords besides.
    pub(crate) fn and<'s>(mut self, passwords: impl IntoIterator<Item = &'s str>) -> Self {
        let passwords = passwords.into_iter();
        self.0
            .extend(passwords.map(|password| Secret::new(password, true)));
        self.0
            .sort_by_key(|secret| std::cmp::Reverse(secret.characters));
        self
    }

    /// An item that holds the password. One look by vectors, unless its core is found.
    pub(crate) fn is_in_items(&self, batch: &str) -> bool {
        self.0.iter().any(|secret| {
            secret.is_password
                && secret.characters >= LONG
                && memmem::find(batch.as_bytes(), secret.core.as_bytes()).is_some()
                && secret.places(batch).next().is_some()
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
    pub(crate) fn clean_warning(&self, warning: &mut RawWarning) -> bool {
        let mut any = self.clean(&mut warning.code) | self.clean(&mut warning.message);
        if let Some(context) = warning.redacted_context.take() {
            let mut context = Value::Object(context);
            any |= self.clean_value(&mut context);
            warning.redacted_context = match context {
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
        for (start, end) in self.places(text) {
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

    /// The places of the secret in `text`, which do not overlap.
    ///
    /// In linear time: where nothing is spelled otherwise, the text is searched as it is, and else
    /// only what may begin the secret is looked at, each time no further than its own length.
    fn places<'t>(&'t self, text: &'t str) -> impl Iterator<Item = (usize, usize)> + 't {
        let bytes = text.as_bytes();
        let begins = Beginnings::of(&self.text, bytes);
        let exact = memmem::Finder::new(self.text.as_bytes());
        let mut from = 0;
        std::iter::from_fn(move || {
            loop {
                let at = match &begins {
                    Some(begins) => begins.from(from)?,
                    None => from + exact.find(bytes.get(from..)?)?,
                };
                from = at + 1;
                if let Some(rest) = text.get(at..).and_then(|text| spelled(text, &self.text)) {
                    let end = text.len() - rest.len();
                    if self.is_found(text, at, end) {
                        from = end;
                        return Some((at, end));
                    }
                }
            }
        })
    }

    /// A short secret is one only where it is a word of its own.
    fn is_found(&self, text: &str, start: usize, end: usize) -> bool {
        self.characters >= LONG
            || !(text[..start].ends_with(char::is_alphanumeric)
                || text[end..].starts_with(char::is_alphanumeric))
    }
}

/// Where a secret may begin whose characters may be spelled otherwise.
struct Beginnings<'t> {
    bytes: &'t [u8],
    first: u8,
    /// The next spelling, or the end; all before it was looked at.
    spelling: Cell<usize>,
}

impl<'t> Beginnings<'t> {
    /// `None` when every character of the text stands for itself.
    fn of(secret: &str, bytes: &'t [u8]) -> Option<Self> {
        let spelling = Cell::new(spelling(bytes)?);
        let first = *secret.as_bytes().first()?;
        Some(Beginnings {
            bytes,
            first,
            spelling,
        })
    }

    /// The next one from this place on.
    fn from(&self, from: usize) -> Option<usize> {
        let rest = self.bytes.get(from..)?;
        if self.spelling.get() < from {
            self.spelling
                .set(from + spelling(rest).unwrap_or(rest.len()));
        }
        let spelling = self.spelling.get();
        match memchr::memchr(self.first, &self.bytes[from..spelling]) {
            Some(at) => Some(from + at),
            None => (spelling < self.bytes.len()).then_some(spelling),
        }
    }
}

/// Where a character may be spelled otherwise.
fn spelling(bytes: &[u8]) -> Option<usize> {
    memchr::memchr3(b'\\', b'&', b'%', bytes)
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
    let beginning = &text.as_bytes()[..text.len().min(REFERENCE)];
    let (name, rest) = text.split_at(memchr::memchr(b';', beginning)?);
    let rest = &rest[1..];
    if let Some(number) = name.strip_prefix('#') {
        let (digits, radix) = match number.strip_prefix(['x', 'X']) {
            Some(digits) => (digits, 16),
            None => (number, 10),
        };
        let value = u32::from_str_radix(digits, radix).ok()?;
        return (value == u32::from(character)).then_some(rest);
    }
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
        Redaction::from_request(&request.to_string())
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

    /// One that looks at the rest of the text from every place would take hours.
    #[test]
    fn sixteen_mebibytes_of_beginnings_are_searched_in_linear_time() {
        const SIZE: usize = 16 << 20;
        let aaaa = format!("{}b", "a".repeat(63));
        for (password, piece) in [
            (PASSWORD, "&#"),
            (PASSWORD, "&"),
            (PASSWORD, "%7"),
            (PASSWORD, "\\u00"),
            (PASSWORD, "s3cr3t<&"),
            (aaaa.as_str(), "a"),
            (aaaa.as_str(), "aaaaaaaaaaaaaaa&#x61;"),
            ("a-b-", "a-b"),
        ] {
            // Each place is looked at as far as the secret is long.
            let size = if piece.len() > 20 { SIZE / 16 } else { SIZE };
            let text = piece.repeat(size / piece.len());
            assert!(cleaned(password, &text) == text, "{piece}");
            assert!(!redaction(password).is_in_items(&text), "{piece}");
        }
        for piece in [PASSWORD, "&#115;3cr3t<&>\"'\\/é😀", "s3cr3t-x"] {
            let password = if piece == "s3cr3t-x" { piece } else { PASSWORD };
            let times = SIZE / piece.len();
            let text = cleaned(password, &piece.repeat(times));
            assert!(text == "[redacted]".repeat(times), "{piece}");
        }
    }

    #[test]
    fn a_secret_is_found_wherever_it_begins() {
        for text in ["", "é&%\\", "ss3cr3t<", "s3cr3t<&>\"'\\/", "&#115;"] {
            let found = cleaned(PASSWORD, &format!("{text}{PASSWORD}{text}"));
            assert_eq!(found, format!("{text}[redacted]{text}"), "{text}");
        }
        assert_eq!(cleaned("é-ä-ö-ü-ß-é", "éé-ä-ö-ü-ß-éé"), "é[redacted]é");
        assert_eq!(cleaned("éé%éé-éé", "éé%éé-éé%"), "[redacted]%");
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
        assert!(!Redaction::from_request("nonsense").is_in_items("text"));
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
