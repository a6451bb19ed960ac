//! Views of the values on a tape.

use super::{Kind, Node, Tape};
use crate::moref::MoRef;

/// A view of one value.
#[derive(Clone, Copy, Debug)]
pub struct Value<'t> {
    pub(super) tape: &'t Tape,
    index: usize,
}

impl<'t> Value<'t> {
    pub(super) fn node(self) -> &'t Node {
        &self.tape.nodes[self.index]
    }

    /// The element's name: a property path at the top, a field below.
    #[must_use]
    pub fn name(self) -> &'t str {
        self.tape.slice(self.node().name)
    }

    /// The declared type of a data object.
    #[must_use]
    pub fn type_name(self) -> Option<&'t str> {
        let node = self.node();
        (node.kind == Kind::Object && node.type_name.end > node.type_name.start)
            .then(|| self.tape.slice(node.type_name))
    }

    /// The text of a scalar, as spelled.
    #[must_use]
    pub fn as_str(self) -> Option<&'t str> {
        match self.node().kind {
            Kind::Text | Kind::Integer | Kind::Number | Kind::Flag(_) => {
                Some(self.tape.slice(self.node().text))
            }
            _ => None,
        }
    }

    /// The text of a scalar, unless it is blank.
    #[must_use]
    pub fn non_blank(self) -> Option<&'t str> {
        self.as_str().filter(|text| !text.trim().is_empty())
    }

    /// A whole number ≥ 0.
    #[must_use]
    pub fn as_u64(self) -> Option<u64> {
        self.as_str().and_then(|text| text.trim().parse().ok())
    }

    /// Yes or no.
    #[must_use]
    pub fn as_bool(self) -> Option<bool> {
        match self.node().kind {
            Kind::Flag(flag) => Some(flag),
            _ => match self.as_str()?.trim() {
                "true" | "1" => Some(true),
                "false" | "0" => Some(false),
                _ => None,
            },
        }
    }

    /// A reference to a managed object.
    #[must_use]
    pub fn as_reference(self) -> Option<MoRef<'t>> {
        let node = self.node();
        (node.kind == Kind::Reference).then(|| MoRef {
            type_name: self.tape.slice(node.type_name),
            value: self.tape.slice(node.text),
        })
    }

    /// The fields of a data object, the items of an array; none for a scalar.
    #[must_use]
    pub fn fields(self) -> Fields<'t> {
        Fields {
            tape: self.tape,
            next: self.index + 1,
            end: self.node().end,
        }
    }

    /// The first field with this name.
    #[must_use]
    pub fn get(self, name: &str) -> Option<Value<'t>> {
        self.fields().find(|value| value.name() == name)
    }

    /// Every field with this name: an array inside a data object.
    pub fn all(self, name: &'t str) -> impl Iterator<Item = Value<'t>> + 't {
        self.fields().filter(move |value| value.name() == name)
    }

    /// Follows fields by name, as in `["backing", "thinProvisioned"]`.
    #[must_use]
    pub fn at<const N: usize>(self, path: [&str; N]) -> Option<Value<'t>> {
        path.into_iter().try_fold(self, Value::get)
    }
}

/// Values beside each other, in the order read.
#[derive(Clone, Debug)]
pub struct Fields<'t> {
    pub(super) tape: &'t Tape,
    pub(super) next: usize,
    pub(super) end: usize,
}

impl<'t> Iterator for Fields<'t> {
    type Item = Value<'t>;

    fn next(&mut self) -> Option<Value<'t>> {
        (self.next < self.end).then(|| {
            let value = Value {
                tape: self.tape,
                index: self.next,
            };
            self.next = value.node().end.max(self.next + 1);
            value
        })
    }
}
