//! The secrets of a request: every text of `source.credential` but the user's name.
//!
//! Read piece by piece rather than into a type: a request that is wrong, or says a
//! thing twice, has its secrets too.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use zeroize::Zeroizing;

/// A text that must not be passed on.
pub(super) struct Secret {
    pub(super) text: Zeroizing<String>,
    pub(super) characters: usize,
    /// Its longest piece that every spelling leaves as it is.
    pub(super) core: Zeroizing<String>,
    /// It is what one logs in with, not something beside it such as the kind of a login.
    pub(super) is_password: bool,
}

impl Secret {
    pub(super) fn new(text: &str, is_password: bool) -> Self {
        let pieces = text.split(|character: char| !character.is_ascii_alphanumeric());
        let core = pieces.max_by_key(|piece| piece.len()).unwrap_or_default();
        Secret {
            characters: text.chars().count(),
            core: Zeroizing::new(core.to_owned()),
            text: Zeroizing::new(text.to_owned()),
            is_password,
        }
    }
}

/// Those of a request document as far as it is JSON, the longest first: one may be part of another.
pub(super) fn from_request(request: &str) -> Vec<Secret> {
    let mut secrets = Vec::new();
    let walk = Walk {
        place: Place::Document,
        secrets: &mut secrets,
    };
    // What cannot be read is refused elsewhere.
    let _ = walk.deserialize(&mut serde_json::Deserializer::from_str(request));
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.characters));
    secrets
}

#[derive(Clone, Copy)]
enum Place {
    Document,
    Source,
    Credential,
    Password,
    /// Deeper in the credential.
    Beside,
}

struct Walk<'s> {
    place: Place,
    secrets: &'s mut Vec<Secret>,
}

impl<'s> Walk<'s> {
    fn at(&mut self, place: Place) -> Walk<'_> {
        Walk {
            place,
            secrets: self.secrets,
        }
    }

    fn take(self, text: &str) {
        let is_password = matches!(self.place, Place::Password);
        let is_secret = !matches!(self.place, Place::Document | Place::Source);
        if is_secret && !text.is_empty() {
            self.secrets.push(Secret::new(text, is_password));
        }
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            let place = match (self.place, &*key) {
                (Place::Document, "source") => Place::Source,
                (Place::Source, "credential") => Place::Credential,
                (Place::Credential, "password") => Place::Password,
                (Place::Document | Place::Source, _) | (Place::Credential, "username") => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
                (Place::Password, _) => Place::Password,
                (Place::Credential | Place::Beside, _) => Place::Beside,
            };
            map.next_value_seed(self.at(place))?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<(), A::Error> {
        let place = match self.place {
            Place::Credential => Place::Beside,
            place => place,
        };
        while seq.next_element_seed(self.at(place))?.is_some() {}
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.take(text);
        Ok(())
    }

    fn visit_u64<E>(self, number: u64) -> Result<(), E> {
        self.take(&number.to_string());
        Ok(())
    }

    fn visit_i64<E>(self, number: i64) -> Result<(), E> {
        self.take(&number.to_string());
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::from_request;

    fn secrets(request: &str) -> Vec<(String, bool)> {
        let secrets = from_request(request).into_iter();
        secrets
            .map(|secret| (secret.text.to_string(), secret.is_password))
            .collect()
    }

    #[test]
    fn every_text_of_the_credential_but_the_user_is_a_secret() {
        for (credential, expected) in [
            (r#"{"username":"u","password":"one"}"#, vec![("one", true)]),
            (
                r#"{"password":"one","password":"three"}"#,
                vec![("three", true), ("one", true)],
            ),
            (
                r#"{"password":["one",{"a":[12345]}]}"#,
                vec![("12345", true), ("one", true)],
            ),
            (
                r#"{"password":"one","token":{"username":"three"},"x":null,"y":1.5}"#,
                vec![("three", false), ("one", true)],
            ),
            (r#""one""#, vec![("one", false)]),
            (r#"["one",true]"#, vec![("one", false)]),
            (r#"{"password":""}"#, vec![]),
            ("{}", vec![]),
        ] {
            let request = format!(r#"{{"a":["b"],"source":{{"credential":{credential}}}}}"#);
            let expected: Vec<_> = expected
                .into_iter()
                .map(|(text, is_password)| (text.to_owned(), is_password))
                .collect();
            assert_eq!(secrets(&request), expected, "{credential}");
        }
    }

    #[test]
    fn what_is_said_twice_or_cut_off_has_its_secrets() {
        let twice = r#"{"source":{"credential":{"password":"one"}},"source":{"credential":"two"}}"#;
        let both = [("one".to_owned(), true), ("two".to_owned(), false)];
        assert_eq!(secrets(twice), both);
        assert_eq!(secrets(&twice[..twice.len() - 2]), both);
        for request in ["", "nonsense", "[]", r#"{"credential":"one"}"#] {
            assert_eq!(secrets(request), [], "{request}");
        }
    }
}
