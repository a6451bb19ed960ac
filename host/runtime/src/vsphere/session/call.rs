//! The calls that the host makes itself.

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, CONTENT_TYPE, USER_AGENT};
use quick_xml::escape::escape;
use zeroize::Zeroizing;

use super::Service;
use crate::credential::Credential;
use crate::gateway::{self, Cause, Diagnosis};
use crate::vsphere::operation::{Operation, Reference};

const ENVELOPE: [&str; 2] = [
    concat!(
        r#"<?xml version="1.0" encoding="UTF-8"?>"#,
        r#"<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>"#
    ),
    "</soapenv:Body></soapenv:Envelope>",
];

/// A call of the host's. It has no `Debug`: the arguments of one hold the password.
pub(in crate::vsphere) struct Call {
    method: &'static str,
    this: Reference,
    arguments: Zeroizing<String>,
    /// Without one, real servers fall back to an ancient API.
    api_version: String,
}

impl Call {
    pub(super) fn service_content() -> Self {
        let instance = || "ServiceInstance".to_owned();
        Call {
            method: "RetrieveServiceContent",
            this: Reference {
                type_name: instance(),
                id: instance(),
            },
            arguments: Zeroizing::default(),
            api_version: String::new(),
        }
    }

    pub(super) fn login(service: &Service, credential: &Credential) -> Self {
        let username = escape(&credential.username);
        let password = Zeroizing::new(escape(credential.password.as_str()).into_owned());
        let password = password.as_str();
        // Growing would leave copies of the password behind.
        let mut arguments = String::with_capacity(64 + username.len() + password.len());
        for part in [
            "<userName>",
            &username,
            "</userName><password>",
            password,
            "</password>",
        ] {
            arguments.push_str(part);
        }
        Call {
            arguments: Zeroizing::new(arguments),
            ..Call::of_manager("Login", service)
        }
    }

    pub(super) fn logout(service: &Service) -> Self {
        Call::of_manager("Logout", service)
    }

    /// A view of all objects of `types` below `container`; none when there is no view manager.
    pub(in crate::vsphere) fn create_view(
        service: &Service,
        container: &Reference,
        types: &[&str],
    ) -> Option<Self> {
        let mut arguments = element("container", container);
        for type_name in types {
            arguments += &format!("<type>{type_name}</type>");
        }
        arguments += "<recursive>true</recursive>";
        let manager = service.views.clone()?;
        Some(Call::with(
            "CreateContainerView",
            manager,
            arguments,
            service,
        ))
    }

    pub(in crate::vsphere) fn destroy_view(service: &Service, view: &Reference) -> Self {
        Call::with("DestroyView", view.clone(), String::new(), service)
    }

    /// The objects of a `specSet`, in one reply; none when there is no property collector.
    pub(in crate::vsphere) fn retrieve(service: &Service, filter: &str) -> Option<Self> {
        let collector = service.properties.clone()?;
        let filter = filter.to_owned();
        Some(Call::with("RetrieveProperties", collector, filter, service))
    }

    fn with(method: &'static str, this: Reference, arguments: String, service: &Service) -> Self {
        Call {
            method,
            this,
            arguments: Zeroizing::new(arguments),
            api_version: service.api_version.clone(),
        }
    }

    fn of_manager(method: &'static str, service: &Service) -> Self {
        Call {
            method,
            this: service.manager.clone(),
            arguments: Zeroizing::default(),
            api_version: service.api_version.clone(),
        }
    }

    /// The request to `url`, and what it calls.
    pub(super) fn request(
        self,
        url: &str,
    ) -> Result<(http::Request<Bytes>, gateway::Call), Diagnosis> {
        let method = self.method;
        let action = match self.api_version.as_str() {
            "" => "\"urn:vim25\"".to_owned(),
            version => format!("\"urn:vim25/{version}\""),
        };
        let begin = format!(
            r#"<{method} xmlns="urn:vim25">{}"#,
            element("_this", &self.this)
        );
        let end = format!("</{method}>");
        let parts = [ENVELOPE[0], &begin, &self.arguments, &end, ENVELOPE[1]];
        let mut body = Vec::with_capacity(parts.iter().map(|part| part.len()).sum());
        for part in parts {
            body.extend_from_slice(part.as_bytes());
        }
        let request = http::Request::post(url)
            .header(CONTENT_TYPE, "text/xml; charset=utf-8")
            .header("soapaction", action)
            .header(USER_AGENT, concat!("stocktake/", env!("CARGO_PKG_VERSION")))
            .header(ACCEPT_ENCODING, "gzip")
            .body(Bytes::from_owner(Zeroizing::new(body)));
        let request = request.map_err(|_| {
            let message = format!("{method} cannot be sent: the server's version is no header");
            Diagnosis::new(Cause::Protocol, message)
        })?;
        Ok((request, Operation::host_call(method, self.this).call()))
    }
}

/// An element that holds a reference.
fn element(name: &str, reference: &Reference) -> String {
    let (type_name, id) = (escape(&reference.type_name), escape(&reference.id));
    format!(r#"<{name} type="{type_name}">{id}</{name}>"#)
}
