//! Strings.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, IntoDeserializer, SeqAccess, Visitor};

/// A string that is not empty; its text is not kept.
pub(crate) type NonEmpty = Text<1>;
/// A string of at least one character.
pub(crate) type Name<'a> = Str<'a, 1>;

/// A string of at least `LEAST` characters (0 or 1), borrowed where it holds no escape.
#[derive(Clone, Debug)]
pub(crate) struct Str<'a, const LEAST: usize>(pub(crate) Cow<'a, str>);

impl<'de: 'a, 'a, const LEAST: usize> Deserialize<'de> for Str<'a, LEAST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Characters<'a, const LEAST: usize>(PhantomData<&'a str>);

        impl<'de: 'a, 'a, const LEAST: usize> Visitor<'de> for Characters<'a, LEAST> {
            type Value = Str<'a, LEAST>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
                long_enough(text, LEAST)?;
                Ok(Str(text.into()))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                long_enough(text, LEAST)?;
                Ok(Str(text.to_owned().into()))
            }
        }

        deserializer.deserialize_str(Characters(PhantomData))
    }
}

fn long_enough<E: Error>(text: &str, least: usize) -> Result<(), E> {
    // Any text with a byte has a character.
    if text.len() < least {
        return Err(E::custom("is empty, at least one character is required"));
    }
    Ok(())
}

/// A string of at least `LEAST` characters (0 or 1) that is not kept.
#[derive(Debug, Default)]
pub(crate) struct Text<const LEAST: usize = 0>;

impl<'de, const LEAST: usize> Deserialize<'de> for Text<LEAST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Str::<'de, LEAST>::deserialize(deserializer).map(|_| Text)
    }
}

/// One of the strings that name the variants of `T`.
#[derive(Debug)]
pub(crate) struct Word<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Word<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Str(text) = Str::<'de, 0>::deserialize(deserializer)?;
        let word: Result<T, UnknownWord> = T::deserialize((&*text).into_deserializer());
        word.map(Word).map_err(D::Error::custom)
    }
}

/// A string that names no variant.
#[derive(Debug)]
struct UnknownWord(String);

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UnknownWord {}

impl Error for UnknownWord {
    fn custom<T: fmt::Display>(message: T) -> Self {
        UnknownWord(message.to_string())
    }

    fn unknown_variant(found: &str, expected: &'static [&'static str]) -> Self {
        let expected: Vec<_> = expected.iter().map(|word| format!("{word:?}")).collect();
        UnknownWord(format!("{found:?} is not {}", expected.join(" or ")))
    }
}

/// An array of strings of at least `LEAST` characters, no two of which are equal.
#[derive(Debug, Default)]
pub(crate) struct Unique<const LEAST: usize>;

impl<'de, const LEAST: usize> Deserialize<'de> for Unique<LEAST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Unique)
    }
}

impl<'de, const LEAST: usize> Visitor<'de> for Unique<LEAST> {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of strings")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self, A::Error> {
        let mut seen = Distinct::default();
        while let Some(Str(text)) = list.next_element::<Str<'de, LEAST>>()? {
            seen.insert(text).map_err(|text| {
                A::Error::custom(format_args!("has the duplicate element {text:?}"))
            })?;
        }
        Ok(self)
    }
}

/// Strings, each of which may come once.
#[derive(Debug, Default)]
pub(crate) struct Distinct<'a> {
    /// Compared one by one, which is the quickest way while they are few.
    few: Vec<Cow<'a, str>>,
    more: HashSet<Cow<'a, str>>,
}

impl<'a> Distinct<'a> {
    const FEW: usize = 32;

    /// Adds a string, or hands it back when it came before.
    pub(crate) fn insert(&mut self, text: Cow<'a, str>) -> Result<(), Cow<'a, str>> {
        if self.few.contains(&text) || self.more.contains(&text) {
            return Err(text);
        }
        if self.few.len() < Self::FEW {
            self.few.push(text);
        } else {
            self.more.insert(text);
        }
        Ok(())
    }
}
