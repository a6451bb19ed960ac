//! Assets, relations and warnings, borrowed from their text.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use stocktake_contract::Category;

/// One verified item of a page.
#[derive(Clone, Debug)]
pub enum Item<'a> {
    /// An asset.
    Asset(Asset<'a>),
    /// A relation.
    Relation(Relation<'a>),
    /// A warning.
    Warning(Note, &'a str),
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
        serde_json::from_str::<AssetShape<'_>>(self.text)
            .map(|shape| shape.normalized)
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

/// A warning as a collector told it. Unlike [`stocktake_contract::Warning`] it
/// takes codes that this host does not know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// Which observation it is, as in `VCENTER_OBJECT_VANISHED`.
    pub code: String,
    /// What kind of trouble it is.
    pub category: Category,
    /// What was seen, where, and what cures it.
    pub message: String,
    /// Facts for programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redacted_context: Option<Map<String, Value>>,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AssetShape<'a> {
    #[serde(borrow)]
    pub(super) external_kind: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) external_id: Cow<'a, str>,
    pub(super) normalized: Value,
    #[serde(borrow)]
    pub(super) raw_payload: &'a RawValue,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RelationShape<'a> {
    #[serde(borrow, rename = "type")]
    pub(super) kind: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) from: End<'a>,
    #[serde(borrow)]
    pub(super) to: End<'a>,
    #[serde(borrow)]
    pub(super) raw_payload: &'a RawValue,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct End<'a> {
    #[serde(borrow)]
    pub(super) external_kind: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) external_id: Cow<'a, str>,
}

impl AssetShape<'_> {
    pub(super) fn fits(&self) -> bool {
        !self.external_kind.is_empty()
            && !self.external_id.is_empty()
            && self.normalized.is_object()
            && is_object(self.raw_payload)
    }
}

impl RelationShape<'_> {
    pub(super) fn fits(&self) -> bool {
        !self.kind.is_empty()
            && [&self.from, &self.to]
                .iter()
                .all(|end| !end.external_kind.is_empty() && !end.external_id.is_empty())
            && is_object(self.raw_payload)
    }
}

impl Note {
    pub(super) fn fits(&self) -> bool {
        !self.code.is_empty() && !self.message.is_empty()
    }
}

fn is_object(raw: &RawValue) -> bool {
    raw.get().starts_with('{')
}
