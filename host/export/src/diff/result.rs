//! The difference, as a value.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::place::Place;
use crate::asset::Asset;

/// The difference of two responses.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// The old response.
    pub old: Side,
    /// The new response.
    pub new: Side,
    /// Why something may differ that did not change.
    pub notes: Vec<String>,
    /// Objects that only the new response has.
    pub added: Vec<Object>,
    /// Objects that only the old response has.
    pub removed: Vec<Object>,
    /// Objects that are elsewhere.
    pub moved: Vec<Moved>,
    /// Objects with other fields or another id.
    pub changed: Vec<Changed>,
    /// How many objects are the same and where they were.
    pub unchanged: u64,
}

/// What was compared.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Side {
    /// Its name.
    pub name: String,
    /// It is proved complete.
    pub complete: bool,
    /// `stats.evidence.scope`, if it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<Value>,
    /// It was collected with profile `full`.
    pub has_details: bool,
    /// Objects per kind.
    pub kinds: BTreeMap<String, u64>,
}

/// An object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Object {
    /// Its kind.
    pub kind: &'static str,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

impl Object {
    pub(super) fn of(asset: &Asset<'_>) -> Self {
        Object {
            kind: asset.kind.as_str(),
            id: asset.id.clone().into_owned(),
            name: asset.name().to_owned(),
        }
    }
}

/// An object that is elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Moved {
    /// Which, as it is now.
    #[serde(flatten)]
    pub object: Object,
    /// What kind of place.
    pub place: Place,
    /// Where it was.
    pub old: Option<String>,
    /// Where it is.
    pub new: Option<String>,
}

/// An object that changed.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Changed {
    /// Which, as it is now.
    #[serde(flatten)]
    pub object: Object,
    /// Its id before, if that was another: it was recognised by its instance UUID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub former_id: Option<String>,
    /// The fields that differ.
    pub fields: Vec<FieldChange>,
}

/// A field that differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FieldChange {
    /// Its path, as in `details.disks[2000].capacity_bytes`: a disk is named by its key.
    pub field: String,
    /// Its value before; absent when it had none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<Value>,
    /// Its value now; absent when it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<Value>,
}

impl Difference {
    pub(super) fn new(old: Side, new: Side) -> Self {
        Difference {
            old,
            new,
            notes: Vec::new(),
            added: Vec::new(),
            removed: Vec::new(),
            moved: Vec::new(),
            changed: Vec::new(),
            unchanged: 0,
        }
    }

    /// There is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty()
            && self.removed.is_empty()
            && self.moved.is_empty()
            && self.changed.is_empty()
    }

    pub(super) fn add_notes(&mut self) {
        let sides = [(&self.old, &self.new), (&self.new, &self.old)];
        let mut notes = Vec::new();
        for (side, other) in sides {
            if !side.complete {
                notes.push(format!(
                    "{} is not complete: what is missing in it may exist",
                    side.name
                ));
            }
            if !side.has_details && other.has_details {
                notes.push(format!(
                    "{} has no details (profile ledger or sync) and {} has (profile full): only `normalized` is compared",
                    side.name, other.name
                ));
            }
            let missing = other
                .kinds
                .keys()
                .filter(|kind| !side.kinds.contains_key(*kind));
            let missing: Vec<&str> = missing.map(String::as_str).collect();
            if !missing.is_empty() {
                notes.push(format!(
                    "{} has no {}: there is none, or its mode or profile does not collect them",
                    side.name,
                    missing.join(", ")
                ));
            }
        }
        if self.old.scope != self.new.scope {
            let scope = |side: &Side| match &side.scope {
                Some(scope) => scope.to_string(),
                None => "not known".to_owned(),
            };
            notes.push(format!(
                "the scope of {} is {}, that of {} is {}",
                self.old.name,
                scope(&self.old),
                self.new.name,
                scope(&self.new)
            ));
        }
        self.notes = notes;
    }
}
