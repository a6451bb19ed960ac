//! Texts, times and custom attributes.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Unexpected, Visitor};
use serde::ser::{Serialize, Serializer};

use super::object::{Shape, Shaped};

/// A text, never empty.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Text<'a>(Cow<'a, str>);

impl<'a> Text<'a> {
    /// The text, unless it is empty.
    #[must_use]
    pub fn new(text: impl Into<Cow<'a, str>>) -> Option<Self> {
        let text = text.into();
        (!text.is_empty()).then_some(Text(text))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text that stands in the source of a program.
impl From<&'static str> for Text<'static> {
    fn from(text: &'static str) -> Self {
        Text(Cow::Borrowed(text))
    }
}

/// A time in UTC: `2026-01-31T08:30:00Z`, with a fraction of a second if there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Time<'a>(Cow<'a, str>);

impl<'a> Time<'a> {
    /// The time, if it has this form.
    #[must_use]
    pub fn new(time: impl Into<Cow<'a, str>>) -> Option<Self> {
        let time = time.into();
        is_time(&time).then_some(Time(time))
    }

    /// The time, as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The pattern of [`Time`] in the JSON Schema.
pub(super) const TIME: &str =
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?Z$";

fn is_time(text: &str) -> bool {
    const FORM: &[u8] = b"0000-00-00T00:00:00";
    let Some((seconds, rest)) = text.as_bytes().split_at_checked(FORM.len()) else {
        return false;
    };
    let is_form = seconds.iter().zip(FORM).all(|(byte, form)| match form {
        b'0' => byte.is_ascii_digit(),
        _ => byte == form,
    });
    let is_end = match rest {
        [b'Z'] => true,
        [b'.', fraction @ .., b'Z'] => {
            matches!(fraction.len(), 1..=9) && fraction.iter().all(u8::is_ascii_digit)
        }
        _ => false,
    };
    is_form && is_end
}

/// Custom attributes: texts by name, in the order read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes<'a>(pub Vec<(Text<'a>, Text<'a>)>);

impl Shaped for Text<'_> {
    const SHAPE: Shape = Shape::Text;
}

impl Shaped for Time<'_> {
    const SHAPE: Shape = Shape::Time;
}

impl Shaped for Attributes<'_> {
    const SHAPE: Shape = Shape::Map;
}

impl Serialize for Text<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl Serialize for Time<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl Serialize for Attributes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = deserializer.deserialize_str(Borrowed(PhantomData))?;
        Text::new(text).ok_or_else(|| D::Error::invalid_length(0, &"a text that is not empty"))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Time<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = deserializer.deserialize_str(Borrowed(PhantomData))?;
        if is_time(&text) {
            return Ok(Time(text));
        }
        let form = "a time in UTC, as in 2026-01-31T08:30:00Z";
        Err(D::Error::invalid_value(Unexpected::Str(&text), &form))
    }
}

/// A text that is borrowed where it stands without escapes.
struct Borrowed<'a>(PhantomData<&'a ()>);

impl<'de: 'a, 'a> Visitor<'de> for Borrowed<'a> {
    type Value = Cow<'a, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Attributes<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members<'a>(PhantomData<&'a ()>);

        impl<'de: 'a, 'a> Visitor<'de> for Members<'a> {
            type Value = Attributes<'a>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of texts")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut attributes = Vec::new();
                let mut names = HashSet::new();
                while let Some((name, value)) = map.next_entry::<Text<'a>, Text<'a>>()? {
                    if !names.insert(name.clone()) {
                        let name = name.as_str();
                        return Err(A::Error::custom(format_args!(
                            "has the duplicate key {name:?}"
                        )));
                    }
                    attributes.push((name, value));
                }
                Ok(Attributes(attributes))
            }
        }

        deserializer.deserialize_map(Members(PhantomData))
    }
}
