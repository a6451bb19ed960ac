//! What went wrong, in the server's words.

use crate::moref::OwnedMoRef;
use crate::tape::{Tape, Value};

/// A SOAP fault, or the fault of one property.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fault {
    /// The fault's type, as in `NotAuthenticated`; empty when the server names none.
    pub name: String,
    /// The server's sentence; may be empty.
    pub message: String,
    /// The privilege whose lack caused it.
    pub privilege: Option<String>,
    /// The managed object it is about.
    pub object: Option<OwnedMoRef>,
    /// The property it is about.
    pub property: Option<String>,
}

impl Fault {
    /// Reads the content of a `Fault` element.
    #[must_use]
    pub fn from_soap(content: &Tape) -> Self {
        let message = content
            .get("faultstring")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let detail = content
            .get("detail")
            .and_then(|detail| detail.fields().next());
        let mut fault = detail.map(Fault::from_detail).unwrap_or_default();
        fault.message = message.trim().to_owned();
        fault
    }

    /// Reads a fault's own element, as in `<NotAuthenticatedFault xsi:type="NotAuthenticated">`.
    #[must_use]
    pub fn from_detail(detail: Value<'_>) -> Self {
        let text = |field: &str| {
            detail
                .get(field)
                .and_then(Value::non_blank)
                .map(str::to_owned)
        };
        let element = detail.name();
        let name = detail
            .type_name()
            .unwrap_or_else(|| element.strip_suffix("Fault").unwrap_or(element));
        Fault {
            name: name.to_owned(),
            message: String::new(),
            privilege: text("privilegeId"),
            object: ["obj", "object"]
                .into_iter()
                .find_map(|field| detail.get(field)?.as_reference())
                .map(crate::moref::MoRef::to_owned),
            property: text("name"),
        }
    }

    /// The session is gone.
    #[must_use]
    pub fn lost_session(&self) -> bool {
        self.name == "NotAuthenticated"
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = if self.name.is_empty() {
            "fault"
        } else {
            &self.name
        };
        if self.message.is_empty() {
            f.write_str(name)
        } else {
            write!(f, "{name} ({})", self.message)
        }
    }
}
