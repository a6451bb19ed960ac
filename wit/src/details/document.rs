//! The object `details` of an asset.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::value::Text;
use super::{Fields, Object};

/// The `version` of the object.
pub const VERSION: &str = "details-v1";

/// The object `details` of an asset: the fields of its kind, behind [`VERSION`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details<T>(pub T);

impl<T: Fields> Serialize for Details<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("version", VERSION)?;
        self.0.write(&mut map)?;
        map.end()
    }
}

impl<'de, T: Object<'de>> Deserialize<'de> for Details<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Versioned(PhantomData))
    }
}

struct Versioned<T>(PhantomData<T>);

impl<'de, T: Object<'de>> Visitor<'de> for Versioned<T> {
    type Value = Details<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut object = T::default();
        let mut is_versioned = false;
        while let Some(name) = map.next_key::<Text<'de>>()? {
            if name.as_str() != "version" {
                object.take(name.as_str(), &mut map)?;
                continue;
            }
            let version: Text<'de> = map.next_value()?;
            if std::mem::replace(&mut is_versioned, true) {
                return Err(A::Error::duplicate_field("version"));
            }
            if version.as_str() != VERSION {
                return Err(A::Error::unknown_variant(version.as_str(), &[VERSION]));
            }
        }
        if is_versioned {
            Ok(Details(object))
        } else {
            Err(A::Error::missing_field("version"))
        }
    }
}

/// An object inside of `details`.
pub(super) struct Plain<T>(pub(super) PhantomData<T>);

impl<'de, T: Object<'de>> Visitor<'de> for Plain<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let mut object = T::default();
        while let Some(name) = map.next_key::<Text<'de>>()? {
            object.take(name.as_str(), &mut map)?;
        }
        Ok(object)
    }
}
