//! What a SOAP request calls, read out of its parsed body.
//!
//! The threat: a body that reads as one call here and as another on the server.
//! So only a plain subset of XML is taken: UTF-8, elements, attributes, text,
//! the predefined entities and character references. What a call never needs
//! (DOCTYPE, processing instructions, comments, SOAP headers, a second call)
//! is refused rather than interpreted.

use std::fmt;

mod reader;

pub(crate) use reader::OperationError;

/// One call of the vSphere API.
///
/// Its `Debug` shows no arguments: those of a login are a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Operation {
    /// The method, as in `RetrievePropertiesEx`.
    pub method: String,
    /// The managed object that it is called on.
    pub this: Option<Reference>,
    /// What the call holds, `this` included.
    leaves: Vec<Leaf>,
}

/// A reference to a managed object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The type as the caller wrote it; servers may go by the id alone.
    pub type_name: String,
    /// The id.
    pub id: String,
}

/// An element without elements in it, or with a type.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Leaf {
    name: String,
    type_name: Option<String>,
    text: String,
}

impl Operation {
    /// Reads the body of a request.
    ///
    /// # Errors
    ///
    /// Why it is not exactly one call of `urn:vim25`.
    pub(crate) fn of_body(body: &[u8]) -> Result<Self, OperationError> {
        reader::read(body)
    }

    /// A call that the host makes itself.
    pub(super) fn of_host(method: &str, this: Reference) -> Self {
        Operation {
            method: method.to_owned(),
            this: Some(this),
            leaves: Vec::new(),
        }
    }

    /// Any reference, type or other text of the call is this one.
    #[must_use]
    pub fn mentions(&self, text: &str) -> bool {
        self.leaves
            .iter()
            .any(|leaf| leaf.text == text || leaf.type_name.as_deref() == Some(text))
    }

    /// Texts of the elements of this name that hold no others, wherever they stand.
    pub fn texts<'o>(&'o self, name: &'o str) -> impl Iterator<Item = &'o str> {
        let leaves = self.leaves.iter().filter(move |leaf| leaf.name == name);
        leaves.map(|leaf| leaf.text.as_str())
    }
}

/// Without ids: that of a view holds the key of its session.
impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let this = self.this.as_ref();
        f.debug_struct("Operation")
            .field("method", &self.method)
            .field("this", &this.map(|this| &this.type_name))
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
