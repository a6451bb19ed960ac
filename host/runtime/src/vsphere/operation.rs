//! What a SOAP request calls, read out of its parsed body.
//!
//! The threat: a body that reads as one call here and as another on the server.
//! So only a plain subset of XML is taken: UTF-8, elements of `urn:vim25`, the
//! attributes `type` and `xsi:type`, text, the predefined entities and character
//! references. What a call never needs (DOCTYPE, processing instructions,
//! comments, SOAP headers, a second call, other attributes) is refused rather
//! than interpreted.

use std::fmt;

use crate::gateway::Call;

mod reader;

pub(crate) use reader::OperationError;

/// Calls that change nothing on the server, so that repeating one whose answer was lost is harmless.
///
/// Not among them: `ContinueRetrievePropertiesEx`, whose token is spent; `CreateContainerView`
/// and `Login`, of which the first may have been done and would be left behind; and what
/// cleans up, which must not make the end of a run wait.
const REPEATABLE: [&str; 4] = [
    "RetrieveServiceContent",
    "CurrentTime",
    "RetrieveProperties",
    "RetrievePropertiesEx",
];

/// The list of API versions, the one document that is fetched rather than called.
pub(super) const VERSIONS: &str = "vimServiceVersions.xml";

/// One call of the vSphere API.
///
/// Its `Debug` shows no arguments: those of a login are a password.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Operation {
    /// The method, as in `RetrievePropertiesEx`.
    pub(super) method: String,
    /// The managed object that it is called on.
    pub(super) this: Option<Reference>,
    /// What the call holds in document order, `this` included.
    elements: Vec<Element>,
}

/// A reference to a managed object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Reference {
    /// The type as the caller wrote it; servers may go by the id alone.
    pub(super) type_name: String,
    /// The id.
    pub(super) id: String,
}

/// An element of a call. What it holds follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Element {
    name: String,
    /// The attribute `type`, of a reference.
    type_name: Option<String>,
    /// The attribute `xsi:type`.
    xsi_type: Option<String>,
    text: String,
    /// How many elements it holds, at every depth.
    inner: usize,
}

/// An argument of a call, or an element in one.
#[derive(Clone, Copy)]
pub(super) struct Argument<'o> {
    element: &'o Element,
    inner: &'o [Element],
}

impl Operation {
    /// Reads the body of a request.
    ///
    /// # Errors
    ///
    /// Why it is not exactly one call of `urn:vim25`.
    pub(crate) fn from_body(body: &[u8]) -> Result<Self, OperationError> {
        reader::read(body)
    }

    /// A call that the host makes itself.
    pub(super) fn host_call(method: &str, this: Reference) -> Self {
        Operation {
            method: method.to_owned(),
            this: Some(this),
            elements: Vec::new(),
        }
    }

    /// The call as the gateway knows it.
    pub(super) fn call(&self) -> Call {
        Call {
            name: self.method.clone(),
            is_repeatable: REPEATABLE.contains(&self.method.as_str()),
        }
    }

    /// Any reference, type or other text of the call is this one.
    #[must_use]
    pub(super) fn mentions(&self, text: &str) -> bool {
        !text.is_empty()
            && self
                .elements
                .iter()
                .any(|element| element.text == text || element.type_name.as_deref() == Some(text))
    }

    /// The arguments in their order, the object that the method is called on included.
    pub(super) fn arguments(&self) -> impl Iterator<Item = Argument<'_>> {
        siblings(&self.elements)
    }

    /// The first argument of this name.
    pub(super) fn argument(&self, name: &str) -> Option<Argument<'_>> {
        self.arguments().find(|argument| argument.name() == name)
    }
}

impl<'o> Argument<'o> {
    pub(super) fn name(self) -> &'o str {
        &self.element.name
    }

    /// The attribute `type`.
    pub(super) fn type_name(self) -> Option<&'o str> {
        self.element.type_name.as_deref()
    }

    /// The attribute `xsi:type`.
    pub(super) fn xsi_type(self) -> Option<&'o str> {
        self.element.xsi_type.as_deref()
    }

    /// The text without the blanks around it; empty where there are elements instead.
    pub(super) fn text(self) -> &'o str {
        &self.element.text
    }

    /// The elements that it holds, in their order.
    pub(super) fn inner(self) -> impl Iterator<Item = Argument<'o>> {
        siblings(self.inner)
    }

    /// The elements of this name that it holds.
    pub(super) fn all(self, name: &str) -> impl Iterator<Item = Argument<'o>> {
        self.inner().filter(move |inner| inner.name() == name)
    }

    /// The first element of this name that it holds.
    pub(super) fn first(self, name: &str) -> Option<Argument<'o>> {
        self.inner().find(|inner| inner.name() == name)
    }
}

/// The outermost of `elements`.
fn siblings(mut elements: &[Element]) -> impl Iterator<Item = Argument<'_>> {
    std::iter::from_fn(move || {
        let (element, rest) = elements.split_first()?;
        let (inner, behind) = rest.split_at_checked(element.inner)?;
        elements = behind;
        Some(Argument { element, inner })
    })
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
