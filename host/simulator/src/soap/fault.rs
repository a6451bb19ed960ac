//! SOAP faults. Always HTTP 500.

use super::envelope;
use super::xml::Xml;

/// A fault of the vSphere API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SoapFault {
    NotAuthenticated,
    InvalidLogin,
    NotFound {
        kind: String,
        id: String,
    },
    /// `kind` and `id` name the object that the privilege is missing on.
    NoPermission {
        kind: &'static str,
        id: String,
        privilege: &'static str,
    },
    InvalidProperty {
        name: String,
    },
    InvalidArgument {
        name: &'static str,
    },
    MethodNotFound {
        method: String,
    },
    InvalidRequest {
        reason: String,
    },
    Runtime {
        reason: &'static str,
    },
    /// One without fields.
    Passing {
        name: &'static str,
        reason: &'static str,
    },
}

impl SoapFault {
    /// The envelope that carries this fault.
    pub(crate) fn to_document(&self) -> String {
        envelope::fault(|xml| {
            xml.element("faultcode", "ServerFaultCode");
            xml.element("faultstring", &self.message());
            let name = self.type_name();
            xml.raw("<detail><")
                .raw(name)
                .raw("Fault xmlns=\"urn:vim25\" xsi:type=\"")
                .raw(name)
                .raw("\">");
            self.write_fields(xml);
            xml.raw("</").raw(name).raw("Fault></detail>");
        })
    }

    fn type_name(&self) -> &'static str {
        match self {
            Self::NotAuthenticated => "NotAuthenticated",
            Self::InvalidLogin => "InvalidLogin",
            Self::NotFound { .. } => "ManagedObjectNotFound",
            Self::NoPermission { .. } => "NoPermission",
            Self::InvalidProperty { .. } => "InvalidProperty",
            Self::InvalidArgument { .. } => "InvalidArgument",
            Self::MethodNotFound { .. } => "MethodNotFound",
            Self::InvalidRequest { .. } => "InvalidRequest",
            Self::Runtime { .. } => "RuntimeFault",
            Self::Passing { name, .. } => name,
        }
    }

    fn message(&self) -> String {
        match self {
            Self::NotAuthenticated => "The session is not authenticated.".to_owned(),
            Self::InvalidLogin => {
                "Cannot complete login due to an incorrect user name or password.".to_owned()
            }
            Self::NotFound { kind, id } => format!(
                "The object 'vim.{kind}:{id}' has already been deleted or has not been completely created"
            ),
            Self::NoPermission { .. } => {
                "Permission to perform this operation was denied.".to_owned()
            }
            Self::InvalidProperty { .. } => String::new(),
            Self::InvalidArgument { name } => {
                format!("A specified parameter was not correct: {name}")
            }
            Self::MethodNotFound { method } => {
                format!("Unable to resolve WSDL method name {method}")
            }
            Self::InvalidRequest { reason } => reason.clone(),
            Self::Runtime { reason } | Self::Passing { reason, .. } => (*reason).to_owned(),
        }
    }

    fn write_fields(&self, xml: &mut Xml) {
        match self {
            Self::NotAuthenticated => {
                xml.raw(
                    r#"<object type="Folder" xsi:type="ManagedObjectReference">group-d1</object>"#,
                )
                .element("privilegeId", "System.View");
            }
            Self::NotFound { kind, id } => {
                xml.raw("<obj type=\"")
                    .text(kind)
                    .raw("\" xsi:type=\"ManagedObjectReference\">");
                xml.text(id).close("obj");
            }
            Self::NoPermission {
                kind,
                id,
                privilege,
            } => {
                xml.raw("<object type=\"")
                    .raw(kind)
                    .raw("\" xsi:type=\"ManagedObjectReference\">");
                xml.text(id)
                    .close("object")
                    .element("privilegeId", privilege);
            }
            Self::InvalidProperty { name } => {
                xml.element("name", name);
            }
            Self::InvalidArgument { name } => {
                xml.element("invalidProperty", name);
            }
            Self::MethodNotFound { method } => {
                xml.raw(r#"<receiver type="ServiceInstance" xsi:type="ManagedObjectReference">ServiceInstance</receiver>"#)
                    .element("method", method);
            }
            Self::InvalidLogin
            | Self::InvalidRequest { .. }
            | Self::Runtime { .. }
            | Self::Passing { .. } => {}
        }
    }
}
