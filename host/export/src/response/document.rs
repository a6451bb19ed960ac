//! The document, pulled through a parser.

use std::fmt;
use std::io::Read;

use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use stocktake_contract::response::SCHEMA_VERSION;

use super::{Items, Problem, Relation, Stats, Summary};
use crate::Error;

/// Reads the document; `name` is what messages call it.
pub(super) fn read(name: &str, input: impl Read, items: &mut dyn Items) -> Result<Summary, Error> {
    let mut parser = serde_json::Deserializer::from_reader(input);
    let mut reader = Reader {
        items,
        failure: None,
        assets: 0,
    };
    let read = Document(&mut reader).deserialize(&mut parser);
    let read = read.and_then(|summary| parser.end().map(|()| summary));
    let (failure, assets) = (reader.failure, reader.assets);
    if let Some(failure) = failure {
        return Err(failure);
    }
    let summary = match read {
        Ok(summary) => summary,
        Err(error) if error.is_io() => {
            return Err(Error::Read {
                name: name.to_owned(),
                source: error.into(),
            });
        }
        Err(error) => return Err(malformed(name, &error)),
    };
    if summary.stats.assets != assets {
        let reason = format!(
            "`stats.assets` is {}, and it has {assets} assets",
            summary.stats.assets
        );
        return Err(malformed(name, &reason));
    }
    Ok(summary)
}

fn malformed(name: &str, reason: &dyn fmt::Display) -> Error {
    Error::Malformed {
        name: name.to_owned(),
        reason: reason.to_string(),
    }
}

struct Reader<'i> {
    items: &'i mut dyn Items,
    /// The error of the one who takes the items, which a parser's error cannot hold.
    failure: Option<Error>,
    assets: u64,
}

impl Reader<'_> {
    fn passed<E: serde::de::Error>(&mut self, result: Result<(), Error>) -> Result<(), E> {
        result.map_err(|error| {
            self.failure = Some(error);
            E::custom("stopped")
        })
    }
}

struct Document<'r, 'i>(&'r mut Reader<'i>);

impl<'de> DeserializeSeed<'de> for Document<'_, '_> {
    type Value = Summary;

    fn deserialize<D: serde::Deserializer<'de>>(self, parser: D) -> Result<Summary, D::Error> {
        parser.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Document<'_, '_> {
    type Value = Summary;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Summary, A::Error> {
        let mut version = None;
        let mut stats: Option<Stats> = None;
        let mut errors: Vec<Problem> = Vec::new();
        let mut has_assets = false;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "schema_version" => version = Some(map.next_value::<String>()?),
                "assets" => {
                    has_assets = true;
                    map.next_value_seed(Assets(self.0))?;
                }
                "relations" => map.next_value_seed(Relations(self.0))?,
                "stats" => stats = Some(map.next_value()?),
                "errors" => errors = map.next_value()?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        if version.as_deref() != Some(SCHEMA_VERSION) {
            return Err(A::Error::custom(format_args!(
                "its `schema_version` is not {SCHEMA_VERSION:?}"
            )));
        }
        if !has_assets {
            return Err(A::Error::missing_field("assets"));
        }
        let stats = stats.ok_or_else(|| A::Error::missing_field("stats"))?;
        Ok(Summary { stats, errors })
    }
}

/// Declares the seed of an array whose items are given away one by one.
macro_rules! items {
    ($name:ident, $item:ty, |$reader:ident, $value:ident| $give:expr) => {
        struct $name<'r, 'i>(&'r mut Reader<'i>);

        impl<'de> DeserializeSeed<'de> for $name<'_, '_> {
            type Value = ();

            fn deserialize<D: serde::Deserializer<'de>>(self, parser: D) -> Result<(), D::Error> {
                parser.deserialize_seq(self)
            }
        }

        impl<'de> Visitor<'de> for $name<'_, '_> {
            type Value = ();

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
                let $reader = self.0;
                while let Some($value) = items.next_element::<$item>()? {
                    let given = $give;
                    $reader.passed(given)?;
                }
                Ok(())
            }
        }
    };
}

items!(Assets, Box<RawValue>, |reader, asset| {
    reader.assets += 1;
    reader.items.asset(asset.get())
});
items!(Relations, Relation, |reader, relation| reader
    .items
    .relation(relation));
