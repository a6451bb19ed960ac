//! Values that details of several kinds have alike.

use std::borrow::Cow;

use stocktake_contract::details::{Attributes, Fields, Text};

use super::Context;
use crate::gaps::Gap;
use crate::moref::MoRef;
use crate::names;
use crate::tape::{Tape, Value};

const MEBIBYTE: u64 = 1_048_576;

/// The properties of an object, by path.
#[derive(Clone, Copy)]
pub(super) struct Properties<'a>(pub(super) &'a Tape);

impl<'a> Properties<'a> {
    pub(super) fn get(self, path: &str) -> Option<Value<'a>> {
        self.0.get(path)
    }

    pub(super) fn text(self, path: &str) -> Option<Text<'a>> {
        text(self.get(path))
    }

    pub(super) fn flag(self, path: &str) -> Option<bool> {
        self.get(path).and_then(Value::as_bool)
    }

    pub(super) fn count(self, path: &str) -> Option<u64> {
        self.get(path).and_then(Value::as_u64)
    }

    pub(super) fn reference(self, path: &str) -> Option<MoRef<'a>> {
        self.get(path)?.as_reference()
    }

    /// The name of the object, decoded.
    pub(super) fn name(self) -> Option<Text<'a>> {
        name(self.get("name"))
    }

    /// The id of the object above.
    pub(super) fn parent(self) -> Option<Text<'a>> {
        Text::new(self.reference("parent")?.value)
    }

    /// The datacenter above.
    pub(super) fn datacenter(self, context: Context<'a>) -> Option<Text<'a>> {
        known(context.places.datacenter(self.reference("parent")?.value))
    }

    /// The path of the object above.
    pub(super) fn folder_path(self, context: Context<'a>) -> Option<Text<'a>> {
        Text::new(context.places.path(self.reference("parent")?.value)?)
    }

    /// The path of the object itself.
    pub(super) fn path(self, context: Context<'a>) -> Option<Text<'a>> {
        let name = self.get("name")?.as_str()?;
        let parent = self.reference("parent");
        let above = parent.and_then(|parent| context.places.path(parent.value));
        let mut path = above.unwrap_or_default();
        crate::places::descend(&mut path, name);
        Text::new(path)
    }

    /// Values of custom attributes by their names.
    pub(super) fn custom_attributes(
        self,
        context: Context<'a>,
        gaps: &mut Vec<Gap>,
    ) -> Option<Attributes<'a>> {
        let mut attributes: Vec<(Text<'a>, Text<'a>)> = Vec::new();
        let mut is_nameless = false;
        for attribute in self.get("customValue")?.fields() {
            let Some(value) = text(attribute.get("value")) else {
                continue;
            };
            let key = attribute.get("key").and_then(Value::as_u64);
            let name = key.and_then(|key| Text::new(context.attributes.get(key)?));
            match name {
                Some(name) if attributes.iter().any(|(known, _)| *known == name) => {}
                Some(name) => attributes.push((name, value)),
                None => is_nameless = true,
            }
        }
        if is_nameless {
            gaps.push(Gap::AttributeName);
        }
        (!attributes.is_empty()).then_some(Attributes(attributes))
    }
}

/// The text, unless it is empty.
pub(super) fn text(value: Option<Value<'_>>) -> Option<Text<'_>> {
    Text::new(value?.as_str()?)
}

/// The text as a name.
pub(super) fn name(value: Option<Value<'_>>) -> Option<Text<'_>> {
    Text::new(names::decode(value?.as_str()?))
}

pub(super) fn known(name: Option<Cow<'_, str>>) -> Option<Text<'_>> {
    name.and_then(Text::new)
}

pub(super) fn flag(value: Option<Value<'_>>) -> Option<bool> {
    value.and_then(Value::as_bool)
}

pub(super) fn count(value: Option<Value<'_>>) -> Option<u64> {
    value.and_then(Value::as_u64)
}

/// A number of MiB, in bytes.
pub(super) fn mebibytes(value: Option<Value<'_>>) -> Option<u64> {
    count(value)?.checked_mul(MEBIBYTE)
}

/// Texts that stand beside each other.
pub(super) fn texts<'a>(values: impl Iterator<Item = Value<'a>>) -> Option<Vec<Text<'a>>> {
    filled(values.filter_map(|value| text(Some(value))).collect())
}

/// The list, unless it has no items.
pub(super) fn filled<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}

/// The object, unless it has no values.
pub(super) fn present<T: Fields>(object: T) -> Option<T> {
    (!object.is_empty()).then_some(object)
}
