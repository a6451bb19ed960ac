//! Faults of the server.

use serde_json::Value as Json;

use crate::moref::OwnedMoRef;
use crate::tape::{Tape, Value};

/// Transient faults: the same call may succeed a moment later.
///
/// By the vSphere Web Services reference: a general error inside the server; a host that the
/// server could not reach for its answer, in general and by its two subtypes; a request that
/// the server gave up; an operation that took too long or met another one on the same object.
const TRANSIENT: [&str; 8] = [
    "SystemError",
    "HostCommunication",
    "HostNotConnected",
    "HostNotReachable",
    "RequestCanceled",
    "Timedout",
    "ConcurrentAccess",
    "TaskInProgress",
];

/// Objects of the API itself, which are not part of an inventory.
const OF_THE_API: [&str; 7] = [
    "ServiceInstance",
    "SessionManager",
    "PropertyCollector",
    "PropertyFilter",
    "ViewManager",
    "ContainerView",
    "ListView",
];

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

    /// Reads a fault of the VI/JSON protocol: its own object, or the one that a
    /// `LocalizedMethodFault` wraps.
    #[must_use]
    pub fn from_json(body: &[u8]) -> Option<Self> {
        let document: Json = serde_json::from_slice(body).ok()?;
        let inner = document.get("fault").filter(|inner| inner.is_object());
        let detail = inner.unwrap_or(&document);
        let text = |of: &Json, field: &str| {
            let text = of.get(field)?.as_str()?.trim();
            (!text.is_empty()).then(|| text.to_owned())
        };
        let name = ["_typeName", "faultName"]
            .into_iter()
            .find_map(|field| text(detail, field))?;
        let first = |field: &str| text(detail.get(field)?.get(0)?, "message");
        let message = text(&document, "localizedMessage")
            .or_else(|| text(detail, "faultMessage"))
            .or_else(|| first("faultMessage"));
        let reference = |field: &str| {
            let reference = detail.get(field)?;
            Some(OwnedMoRef {
                type_name: text(reference, "type")?,
                value: text(reference, "value")?,
            })
        };
        Some(Fault {
            name,
            message: message.unwrap_or_default(),
            privilege: text(detail, "privilegeId"),
            object: ["obj", "object"].into_iter().find_map(reference),
            property: text(detail, "name"),
        })
    }

    /// Whether the same call may succeed a moment later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        TRANSIENT.contains(&self.name.as_str())
    }

    /// Whether the server no longer knows the object, of any type.
    #[must_use]
    pub fn is_of_the_gone(&self) -> bool {
        self.name == "ManagedObjectNotFound"
    }

    /// Whether the missing object belongs to the session, such as a view, and not to the inventory.
    #[must_use]
    pub fn concerns_the_api(&self) -> bool {
        self.object.as_ref().is_some_and(|object| {
            let plain = object.type_name.rsplit('.').next().unwrap_or_default();
            OF_THE_API.contains(&plain)
        })
    }

    /// Whether the session is gone.
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

#[cfg(test)]
mod tests {
    use super::Fault;
    use crate::moref::OwnedMoRef;

    #[test]
    fn a_fault_in_json_is_read_by_its_name_with_privilege_and_object() {
        let plain = r#"{"_typeName":"NoPermission","faultMessage":[{"_typeName":"LocalizableMessage","key":"k","message":" no "}],"object":{"_typeName":"ManagedObjectReference","type":"Folder","value":"group-d1"},"privilegeId":"System.Read"}"#;
        let wrapped = format!(
            r#"{{"_typeName":"LocalizedMethodFault","fault":{plain},"localizedMessage":"no"}}"#
        );
        let expected = Fault {
            name: "NoPermission".to_owned(),
            message: "no".to_owned(),
            privilege: Some("System.Read".to_owned()),
            object: Some(OwnedMoRef {
                type_name: "Folder".to_owned(),
                value: "group-d1".to_owned(),
            }),
            property: None,
        };
        for body in [plain, &wrapped] {
            assert_eq!(Fault::from_json(body.as_bytes()), Some(expected.clone()));
        }
        let named = r#"{"faultName":"NotAuthenticated","faultMessage":"over"}"#;
        let named = Fault::from_json(named.as_bytes()).expect("a fault");
        assert!(named.lost_session());
        assert_eq!(named.message, "over");
    }

    #[test]
    fn json_without_the_name_of_a_fault_is_none() {
        for body in [
            "",
            "{}",
            "[]",
            "nonsense",
            r#"{"_typeName":7}"#,
            r#"{"_typeName":""}"#,
        ] {
            assert_eq!(Fault::from_json(body.as_bytes()), None, "{body}");
        }
    }

    #[test]
    fn what_belongs_to_the_session_is_distinguished_from_the_inventory() {
        for (type_name, is_of_the_api) in [
            ("ContainerView", true),
            ("view.ContainerView", true),
            ("PropertyCollector", true),
            ("VirtualMachine", false),
            ("Folder", false),
        ] {
            let fault = Fault {
                object: Some(OwnedMoRef {
                    type_name: type_name.to_owned(),
                    value: "id".to_owned(),
                }),
                ..Fault::default()
            };
            assert_eq!(fault.concerns_the_api(), is_of_the_api, "{type_name}");
        }
        assert!(!Fault::default().concerns_the_api());
    }
}
