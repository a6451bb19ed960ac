//! Assets, relations and warnings, borrowed from their text.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use stocktake_contract::Category;

use super::value::{Name, Word};

/// One verified item of a page.
#[derive(Clone, Debug)]
pub enum Item<'a> {
    /// An asset.
    Asset(Asset<'a>),
    /// A relation.
    Relation(Relation<'a>),
    /// A warning.
    Warning(RawWarning, &'a str),
}

/// A verified asset.
#[derive(Clone, Debug)]
pub struct Asset<'a> {
    /// Its `external_kind`.
    pub kind: Cow<'a, str>,
    /// Its `external_id`.
    pub id: Cow<'a, str>,
    /// The asset as JSON text, as it stands in a response.
    pub text: &'a str,
}

impl Asset<'_> {
    /// Its `normalized` object.
    #[must_use]
    pub fn normalized(&self) -> Value {
        #[derive(Deserialize)]
        struct Part {
            normalized: Value,
        }
        serde_json::from_str::<Part>(self.text)
            .map(|part| part.normalized)
            .unwrap_or_default()
    }
}

/// A verified relation.
#[derive(Clone, Debug)]
pub struct Relation<'a> {
    /// Its type, as in `runs_on`.
    pub kind: Cow<'a, str>,
    /// Kind and id of the asset it starts at.
    pub from: (Cow<'a, str>, Cow<'a, str>),
    /// Kind and id of the asset it leads to.
    pub to: (Cow<'a, str>, Cow<'a, str>),
    /// The relation as JSON text, as it stands in a response.
    pub text: &'a str,
}

/// A warning as a collector reports it. Unlike [`stocktake_contract::Warning`] it
/// takes codes that this host does not know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawWarning {
    /// Which observation it is, as in `VCENTER_OBJECT_VANISHED`.
    #[serde(deserialize_with = "name")]
    pub code: String,
    /// What kind of trouble it is.
    #[serde(deserialize_with = "word")]
    pub category: Category,
    /// What was seen, where, and what cures it.
    #[serde(deserialize_with = "name")]
    pub message: String,
    /// Facts for programs.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "object"
    )]
    pub redacted_context: Option<Map<String, Value>>,
}

impl fmt::Display for RawWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

fn name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Name::deserialize(deserializer).map(|name| name.0.into_owned())
}

fn word<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Category, D::Error> {
    Word::deserialize(deserializer).map(|word| word.0)
}

// Were it an `Option`'s own, `null` would do.
fn object<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Map<String, Value>>, D::Error> {
    Map::deserialize(deserializer).map(Some)
}
