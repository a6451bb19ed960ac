//! Failed calls as errors with their cures.

use stocktake_contract::{ErrorCode, Problem};

use crate::endpoint::Endpoint;
use crate::soap::fault::Fault;
use crate::soap::reply::ReplyError;
use crate::transport::{Head, TransportError};

/// A reply whose status and headers show that no SOAP follows.
#[must_use]
pub fn from_head(head: &Head, endpoint: &Endpoint) -> Option<Problem> {
    let at = format!("{}{}", endpoint.authority, endpoint.path);
    let status = head.status;
    let (code, message) = match status {
        429 => (
            ErrorCode::VcenterRateLimit,
            format!(
                "{at} answered 429: it asks for fewer calls{}",
                retry_after(head)
            ),
        ),
        503 if head.header("retry-after").is_some() => (
            ErrorCode::VcenterRateLimit,
            format!("{at} answered 503: it is overloaded{}", retry_after(head)),
        ),
        300..=399 => {
            let target = head.header("location").unwrap_or("nowhere");
            (
                ErrorCode::VcenterParseError,
                format!(
                    "{at} redirects to {target}, which is not followed; set the endpoint to the vCenter itself"
                ),
            )
        }
        404 => (
            ErrorCode::VcenterParseError,
            format!(
                "{at} answered 404: there is no vSphere API; check the endpoint's host, port and path"
            ),
        ),
        401 | 403 | 407 => (
            ErrorCode::VcenterParseError,
            format!(
                "{at} answered {status} without a SOAP fault: a proxy stands between; let the collector reach the vCenter directly"
            ),
        ),
        200 if is_html(head) => (
            ErrorCode::VcenterParseError,
            format!(
                "{at} answered HTML instead of SOAP: a proxy or portal stands between, or it is no vCenter; let the collector reach the vCenter directly, or correct the endpoint"
            ),
        ),
        // A fault of the VI/JSON protocol, with its own names.
        500..=599 if is_json(head) => return None,
        500..=599 if !is_xml(head) => (
            ErrorCode::VcenterNetworkError,
            format!(
                "{at} answered {status} without a SOAP fault: the vCenter or a proxy before it is down; try again later"
            ),
        ),
        200 | 500..=599 => return None,
        _ => (
            ErrorCode::VcenterParseError,
            format!("{at} answered {status}, which the vSphere API never does; check the endpoint"),
        ),
    };
    Some(Problem::new(code, message).with("http_status", status))
}

fn retry_after(head: &Head) -> String {
    match head.header("retry-after") {
        Some(delay) if delay.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("; try again after {delay} s")
        }
        _ => "; try again later".to_owned(),
    }
}

fn content_type(head: &Head) -> String {
    head.header("content-type")
        .unwrap_or_default()
        .to_ascii_lowercase()
}

fn is_html(head: &Head) -> bool {
    content_type(head).starts_with("text/html")
}

/// The body is JSON, as faults of the VI/JSON protocol are.
#[must_use]
pub fn is_json(head: &Head) -> bool {
    content_type(head).contains("json")
}

fn is_xml(head: &Head) -> bool {
    let content_type = content_type(head);
    content_type.is_empty() || content_type.contains("xml")
}

/// An exchange that failed in transit.
#[must_use]
pub fn from_transport(error: &TransportError, endpoint: &Endpoint) -> Problem {
    let at = &endpoint.authority;
    let network = ErrorCode::VcenterNetworkError;
    let (code, message) = match error {
        TransportError::Dns => (
            network,
            format!("the name of {at} cannot be resolved; check the endpoint and the name server"),
        ),
        TransportError::Refused => (
            network,
            format!("{at} refuses connections; check host, port and firewall"),
        ),
        TransportError::Timeout => (
            network,
            format!("{at} did not answer in time; check that it is up and reachable"),
        ),
        TransportError::Cut => (
            network,
            format!("{at} closed the connection in the middle of a reply; try again"),
        ),
        TransportError::Certificate => (
            ErrorCode::VcenterTlsError,
            format!("the certificate of {at} is not trusted; trust its CA or pin the certificate"),
        ),
        TransportError::Tls => (
            ErrorCode::VcenterTlsError,
            format!("no TLS session with {at}; check that it speaks TLS 1.2 or later on this port"),
        ),
        TransportError::Denied => (
            network,
            format!("the host's policy does not allow requests to {at}"),
        ),
        TransportError::TooLarge => (
            network,
            format!("a reply of {at} is larger than the host allows; lower page_size"),
        ),
        TransportError::Other(reason) => (network, format!("no answer from {at}: {reason}")),
    };
    Problem::new(code, message)
}

/// A reply that cannot be read.
#[must_use]
pub fn from_reply(error: &ReplyError, method: &str, endpoint: &Endpoint) -> Problem {
    Problem::new(
        ErrorCode::VcenterParseError,
        format!(
            "the reply to {method} from {} cannot be read: {error}; check for a proxy between, else try again",
            endpoint.authority
        ),
    )
    .with("method", method)
}

/// A fault that ends the run.
#[must_use]
pub fn from_fault(fault: &Fault, method: &str, username: &str) -> Problem {
    let problem = match fault.name.as_str() {
        "InvalidLogin" => Problem::new(
            ErrorCode::VcenterAuthFailed,
            format!("the login of {username} was refused; check user name, domain and password"),
        ),
        "PasswordExpired" => Problem::new(
            ErrorCode::VcenterAuthFailed,
            format!("the password of {username} has expired; set a new one and store it here too"),
        ),
        "NotAuthenticated" => {
            // The call that finds the host's session.
            let hint = if method == "CurrentTime" {
                "; where the host makes no session, source.credential must hold username and password"
            } else {
                ""
            };
            Problem::new(
                ErrorCode::VcenterAuthFailed,
                format!(
                    "the server ended the session during {method}, and again after a new login; check idle time-outs and session limits{hint}"
                ),
            )
        }
        "NoPermission" => {
            let privilege = fault.privilege.as_deref().unwrap_or("System.Read");
            let object = fault
                .object
                .as_ref()
                .map_or_else(String::new, |object| format!(" on {}", object.value));
            let hint = if method == "ContinueRetrievePropertiesEx" {
                "; vCenter 7.0.3 to 8.0.2 refuses further pages to accounts without a role on the root folder: a read-only role there, not propagated, cures it"
            } else {
                ""
            };
            Problem::new(
                ErrorCode::VcenterPermissionDenied,
                format!("{username} may not call {method}: grant {privilege}{object}{hint}"),
            )
            .with("privilege", privilege)
        }
        "InvalidProperty" => Problem::new(
            ErrorCode::VcenterApiVersionUnsupported,
            format!(
                "the server does not know the property {}, without which nothing can be listed; it is too old or not a vCenter",
                fault.property.as_deref().unwrap_or("that was asked for")
            ),
        ),
        "MethodNotFound" => Problem::new(
            ErrorCode::VcenterApiVersionUnsupported,
            format!("the server does not know {method}; it is too old or not a vCenter"),
        ),
        name if fault.is_transient() => Problem::new(
            ErrorCode::VcenterNetworkError,
            format!(
                "the server could not answer {method}: {fault}; try again later, and if it stays, its own log tells why {name} is thrown"
            ),
        ),
        "ManagedObjectNotFound" if fault.concerns_the_api() => Problem::new(
            ErrorCode::VcenterNetworkError,
            format!(
                "the server no longer knows {} of this session, which {method} needs: it was restarted, or the session was ended meanwhile; try again",
                named(fault)
            ),
        ),
        "ManagedObjectNotFound" => Problem::new(
            ErrorCode::InventoryIncomplete,
            format!(
                "{}, which {method} asked for, is gone from the server; collect again",
                named(fault)
            ),
        ),
        _ if method == "ContinueRetrievePropertiesEx" => Problem::new(
            ErrorCode::InventoryIncomplete,
            format!(
                "the server stopped listing with {fault}; collect again, and if it stays, look at its own log"
            ),
        ),
        _ => Problem::new(
            ErrorCode::VcenterParseError,
            format!("the server answered {method} with {fault}; its own log tells more"),
        ),
    };
    problem
        .with("method", method)
        .with("fault", fault.name.as_str())
}

/// The object of a fault, for messages.
fn named(fault: &Fault) -> String {
    fault.object.as_ref().map_or_else(
        || "an object".to_owned(),
        |object| format!("{} {}", object.type_name, object.value),
    )
}

#[cfg(test)]
mod tests {
    use super::{from_fault, from_head};
    use crate::endpoint::Endpoint;
    use crate::soap::fault::Fault;
    use crate::transport::Head;
    use stocktake_contract::ErrorCode;

    fn head(status: u16, headers: &[(&str, &str)]) -> Head {
        Head {
            status,
            headers: headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        }
    }

    #[test]
    fn heads_that_announce_no_soap_have_a_code_each() {
        let endpoint: Endpoint = "https://vc".parse().expect("an endpoint");
        let html = ("content-type", "text/html; charset=utf-8");
        let xml = ("content-type", "text/xml");
        let cases = [
            (head(200, &[xml]), None),
            (head(200, &[]), None),
            (head(500, &[xml]), None),
            (head(200, &[html]), Some(ErrorCode::VcenterParseError)),
            (
                head(302, &[("location", "https://other/")]),
                Some(ErrorCode::VcenterParseError),
            ),
            (head(404, &[html]), Some(ErrorCode::VcenterParseError)),
            (head(429, &[]), Some(ErrorCode::VcenterRateLimit)),
            (
                head(503, &[("retry-after", "7")]),
                Some(ErrorCode::VcenterRateLimit),
            ),
            (head(503, &[html]), Some(ErrorCode::VcenterNetworkError)),
            (head(500, &[("content-type", "application/json")]), None),
            (
                head(404, &[("content-type", "application/json")]),
                Some(ErrorCode::VcenterParseError),
            ),
        ];
        for (head, code) in cases {
            assert_eq!(
                from_head(&head, &endpoint).map(|problem| problem.code),
                code,
                "{head:?}"
            );
        }
    }

    #[test]
    fn a_fault_names_the_privilege_and_the_object() {
        let fault = Fault {
            name: "NoPermission".to_owned(),
            privilege: Some("System.View".to_owned()),
            object: Some(crate::moref::OwnedMoRef {
                type_name: "Folder".to_owned(),
                value: "group-d1".to_owned(),
            }),
            ..Fault::default()
        };
        let problem = from_fault(&fault, "CreateContainerView", "reader");
        assert_eq!(problem.code, ErrorCode::VcenterPermissionDenied);
        assert!(
            problem.message.contains("grant System.View on group-d1"),
            "{}",
            problem.message
        );
    }

    #[test]
    fn each_fault_has_a_code_by_what_it_is_and_those_that_pass_can_be_tried_again() {
        use ErrorCode::{
            InventoryIncomplete, VcenterAuthFailed, VcenterNetworkError, VcenterParseError,
            VcenterPermissionDenied,
        };
        let object = |type_name: &str| crate::moref::OwnedMoRef {
            type_name: type_name.to_owned(),
            value: "an-id".to_owned(),
        };
        for (name, about, code, retryable) in [
            ("SystemError", None, VcenterNetworkError, true),
            ("HostCommunication", None, VcenterNetworkError, true),
            ("HostNotConnected", None, VcenterNetworkError, true),
            ("HostNotReachable", None, VcenterNetworkError, true),
            ("RequestCanceled", None, VcenterNetworkError, true),
            ("Timedout", None, VcenterNetworkError, true),
            ("ConcurrentAccess", None, VcenterNetworkError, true),
            ("TaskInProgress", None, VcenterNetworkError, true),
            (
                "ManagedObjectNotFound",
                Some("ContainerView"),
                VcenterNetworkError,
                true,
            ),
            (
                "ManagedObjectNotFound",
                Some("PropertyCollector"),
                VcenterNetworkError,
                true,
            ),
            (
                "ManagedObjectNotFound",
                Some("Folder"),
                InventoryIncomplete,
                false,
            ),
            (
                "NoPermission",
                Some("Folder"),
                VcenterPermissionDenied,
                false,
            ),
            ("NotAuthenticated", None, VcenterAuthFailed, false),
            ("RuntimeFault", None, VcenterParseError, false),
        ] {
            let fault = Fault {
                name: name.to_owned(),
                object: about.map(object),
                ..Fault::default()
            };
            let problem = from_fault(&fault, "RetrievePropertiesEx", "reader");
            assert_eq!(
                (problem.code, problem.retryable),
                (code, retryable),
                "{name}"
            );
            let blames_the_role = problem.message.contains("grant");
            assert_eq!(
                blames_the_role,
                code == VcenterPermissionDenied,
                "{problem}"
            );
        }
    }
}
