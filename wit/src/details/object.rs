//! The declaration of an object: its type and its part of the table at once.

use serde::de::MapAccess;
use serde::ser::SerializeMap;

/// One field of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name in JSON.
    pub name: &'static str,
    /// Its JSON type.
    pub shape: Shape,
    /// The property paths that it is made of; none when those of the fields inside tell.
    pub paths: &'static [&'static str],
    /// One line about it.
    pub about: &'static str,
}

/// A JSON type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A text, never empty.
    Text,
    /// A time in UTC, as in `2026-01-31T08:30:00Z`.
    Time,
    /// An integer ≥ 0.
    Count,
    /// True or false.
    Flag,
    /// An object with these fields and no others.
    Object(&'static [Field]),
    /// An array.
    List(&'static Shape),
    /// An object with any keys, whose values are texts.
    Map,
}

impl Field {
    /// The unit that the end of its name states.
    #[must_use]
    pub fn unit(&self) -> Option<&'static str> {
        let (_, end) = self.name.rsplit_once('_')?;
        match end {
            "bytes" => Some("bytes"),
            "mhz" => Some("MHz"),
            "mbps" => Some("Mbit/s"),
            _ => None,
        }
    }
}

/// A Rust type with one JSON type.
pub trait Shaped {
    /// That type.
    const SHAPE: Shape;
}

impl Shaped for u64 {
    const SHAPE: Shape = Shape::Count;
}

impl Shaped for bool {
    const SHAPE: Shape = Shape::Flag;
}

impl<T: Shaped> Shaped for Vec<T> {
    const SHAPE: Shape = Shape::List(&T::SHAPE);
}

/// An object whose fields can be written.
pub trait Fields {
    /// Its fields.
    const FIELDS: &'static [Field];

    /// No field has a value.
    fn is_empty(&self) -> bool;

    /// Writes the fields that have a value.
    ///
    /// # Errors
    ///
    /// Those of the serializer.
    fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error>;
}

/// An object whose fields can be read, each at most once and never `null`.
pub trait Object<'de>: Default {
    /// Takes the value of the field with this name.
    ///
    /// # Errors
    ///
    /// When there is no such field, it was taken before, or its value is of another type.
    fn take<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error>;
}

/// Declares an object: each line is a field, its Rust type, the property paths that it is made of, and
/// what the guide says of it.
macro_rules! object {
    (
        $(#[$meta:meta])*
        $type:ident $(<$lifetime:lifetime>)? {
            $( $name:ident: $value:ty, [$($path:literal),*], $about:literal; )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct $type $(<$lifetime>)? {
            $( #[doc = $about] pub $name: Option<$value>, )*
        }

        impl $(<$lifetime>)? $crate::details::Fields for $type $(<$lifetime>)? {
            const FIELDS: &'static [$crate::details::Field] = &[
                $( $crate::details::Field {
                    name: stringify!($name),
                    shape: <$value as $crate::details::object::Shaped>::SHAPE,
                    paths: &[$($path),*],
                    about: $about,
                }, )*
            ];

            fn is_empty(&self) -> bool {
                $( self.$name.is_none() )&&*
            }

            fn write<M: serde::ser::SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
                $( if let Some(value) = &self.$name {
                    map.serialize_entry(stringify!($name), value)?;
                } )*
                Ok(())
            }
        }

        impl<'de $(: $lifetime, $lifetime)?> $crate::details::Object<'de> for $type $(<$lifetime>)? {
            fn take<A: serde::de::MapAccess<'de>>(
                &mut self,
                name: &str,
                map: &mut A,
            ) -> Result<(), A::Error> {
                const NAMES: &[&str] = &[$( stringify!($name), )*];
                match name {
                    $( stringify!($name) => {
                        if self.$name.is_some() {
                            return Err(serde::de::Error::duplicate_field(stringify!($name)));
                        }
                        self.$name = Some(map.next_value()?);
                    } )*
                    _ => return Err(serde::de::Error::unknown_field(name, NAMES)),
                }
                Ok(())
            }
        }

        impl $(<$lifetime>)? $crate::details::object::Shaped for $type $(<$lifetime>)? {
            const SHAPE: $crate::details::Shape =
                $crate::details::Shape::Object(<Self as $crate::details::Fields>::FIELDS);
        }

        impl $(<$lifetime>)? serde::Serialize for $type $(<$lifetime>)? {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(None)?;
                $crate::details::Fields::write(self, &mut map)?;
                serde::ser::SerializeMap::end(map)
            }
        }

        impl<'de $(: $lifetime, $lifetime)?> serde::Deserialize<'de> for $type $(<$lifetime>)? {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_map($crate::details::document::Plain(std::marker::PhantomData))
            }
        }
    };
}

pub(super) use object;
