//! A line of the tables of fields.

use super::source::Source;
use crate::catalogue::{Fields, Type};
use crate::unit::Unit;

pub(super) const TEXT: Type = Type::Text;
pub(super) const VERSION: Type = Type::Version;
pub(super) const NUMBER: Type = Type::Number;
pub(super) const BYTES: Type = Type::Quantity(Unit::Bytes);
pub(super) const MEGAHERTZ: Type = Type::Quantity(Unit::Megahertz);
pub(super) const BOOLEAN: Type = Type::Boolean;
pub(super) const TIME: Type = Type::Time;
pub(super) const SCALAR: Type = Type::Scalar;

/// A field, the other names that people give it, and where its values are.
pub(super) struct Row {
    name: &'static str,
    value_type: Type,
    aliases: &'static [&'static str],
    shape: Shape,
    /// As [`Source`] has them; none when the only path is the field's name.
    paths: &'static [&'static str],
}

/// How many values a field has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// At most one; of several paths that of the first that has a value.
    One,
    /// Any number, of all paths.
    List,
    /// One for each key.
    Keyed,
    /// Any number for each key.
    KeyedList,
}

/// A field with at most one value.
pub(super) const fn one(
    name: &'static str,
    value_type: Type,
    aliases: &'static [&'static str],
) -> Row {
    Row {
        name,
        value_type,
        aliases,
        shape: Shape::One,
        paths: &[],
    }
}

/// A field with any number of values.
pub(super) const fn list(
    name: &'static str,
    value_type: Type,
    aliases: &'static [&'static str],
) -> Row {
    Row {
        shape: Shape::List,
        ..one(name, value_type, aliases)
    }
}

/// A field with one value for each key.
pub(super) const fn keyed(
    name: &'static str,
    value_type: Type,
    aliases: &'static [&'static str],
) -> Row {
    Row {
        shape: Shape::Keyed,
        ..one(name, value_type, aliases)
    }
}

/// A field with any number of values for each key.
pub(super) const fn keyed_list(
    name: &'static str,
    value_type: Type,
    aliases: &'static [&'static str],
) -> Row {
    Row {
        shape: Shape::KeyedList,
        ..one(name, value_type, aliases)
    }
}

impl Row {
    /// The paths of its values, where its name is not the only one.
    pub(super) const fn at(self, paths: &'static [&'static str]) -> Self {
        Self { paths, ..self }
    }

    /// Adds the field, below `root` in an asset, with all its names.
    pub(super) fn add_to(&self, fields: Fields<Source>, root: &str) -> Fields<Source> {
        let below_root = format!("{root}.{}", self.name);
        let source = match (self.paths, self.shape) {
            ([], Shape::Keyed | Shape::KeyedList) => {
                Source::new(&[&format!("{below_root}.*")], false)
            }
            ([], shape) => Source::new(&[&below_root], shape == Shape::One),
            (paths, shape) => Source::new(paths, shape == Shape::One),
        };
        let mut fields = fields.with(self.name, self.value_type, source);
        for alias in self.aliases {
            fields = fields.alias(alias);
        }
        // `normalized.hardware.memory_bytes` too is `hardware.memory_bytes`.
        if self.paths.is_empty() {
            fields = fields.alias(&below_root);
        }
        // In any unit of bytes it is `hardware.memory`.
        if let Type::Quantity(unit) = self.value_type
            && let Some(name) = self.name.strip_suffix(unit.suffix())
        {
            fields = fields.alias(name);
        }
        match self.shape {
            Shape::One => fields,
            Shape::List => fields.list(),
            Shape::Keyed => fields.keyed(),
            Shape::KeyedList => fields.list().keyed(),
        }
    }
}
