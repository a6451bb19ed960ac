//! Values as the contract's JSON Schemas describe them.
//!
//! What deserializes is sound; most of it is not kept. serde alone is more generous than the
//! schemas: it takes an array for a struct, `null` for an `Option`, and a map for an enum.

mod nested;
mod number;
mod string;

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

pub(super) use nested::Nested;
pub(super) use number::{Count, Scalar};
pub(super) use string::{Distinct, Name, NonEmpty, Str, Text, Unique, Word};

/// An object with the members of `T`.
#[derive(Debug, Default)]
pub(super) struct Object<T>(pub(super) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }

        deserializer.deserialize_map(Members(PhantomData))
    }
}

/// An object whose members are not looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct RawObject<'a>(pub(super) &'a RawValue);

impl<'de: 'a, 'a> Deserialize<'de> for RawObject<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?;
        if raw.get().starts_with('{') {
            Ok(RawObject(raw))
        } else {
            Err(D::Error::custom("is not an object"))
        }
    }
}

/// A value that need not be there, but is no `null` when it is.
#[derive(Debug)]
pub(super) struct Optional<T>(pub(super) Option<T>);

impl<T> Default for Optional<T> {
    fn default() -> Self {
        Optional(None)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Optional<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(|value| Optional(Some(value)))
    }
}

/// An object with any keys, each of them once, whose values are not kept.
#[derive(Debug)]
pub(super) struct Members<T>(PhantomData<T>);

impl<T> Default for Members<T> {
    fn default() -> Self {
        Members(PhantomData)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Members<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members(PhantomData))
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self, A::Error> {
        each_member(map, |_, map| map.next_value::<T>().map(drop))?;
        Ok(self)
    }
}

/// Takes the value of each member by its name, which comes once.
pub(super) fn each_member<'de, A: MapAccess<'de>>(
    mut map: A,
    value: impl Fn(&str, &mut A) -> Result<(), A::Error>,
) -> Result<(), A::Error> {
    let mut seen = Distinct::default();
    while let Some(Str(name)) = map.next_key::<Str<'de, 0>>()? {
        value(&name, &mut map)?;
        seen.insert(name)
            .map_err(|name| A::Error::custom(format_args!("has the duplicate key {name:?}")))?;
    }
    Ok(())
}

/// An array whose elements are not kept.
#[derive(Debug)]
pub(super) struct List<T>(PhantomData<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        List(PhantomData)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(List(PhantomData))
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for List<T> {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self, A::Error> {
        while list.next_element::<T>()?.is_some() {}
        Ok(self)
    }
}
