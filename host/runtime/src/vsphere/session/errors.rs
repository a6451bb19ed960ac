//! Why no session could be had, in the words of a collector that logs in itself.

use std::time::Duration;

use http::StatusCode;
use stocktake_contract::{ErrorCode, Problem};

use super::reply::Fault;
use crate::gateway::{Cause, Diagnosis};
use crate::quote::printable;

/// Characters of a server's sentence that a message quotes.
const QUOTED: usize = 400;

/// The login was answered by a fault.
pub(super) fn login(fault: &Fault, username: &str) -> Problem {
    let problem = match fault.name.as_str() {
        "InvalidLogin" => Problem::new(
            ErrorCode::VcenterAuthFailed,
            format!("the login of {username} was refused; check user name, domain and password"),
        ),
        "PasswordExpired" => Problem::new(
            ErrorCode::VcenterAuthFailed,
            format!("the password of {username} has expired; set a new one and store it here too"),
        ),
        "NoPermission" => {
            let privilege = fault.privilege.as_deref().unwrap_or("System.Read");
            let privilege = printable(privilege, QUOTED);
            let object = fault.object.as_ref();
            let object = object.map_or_else(String::new, |object| {
                format!(" on {}", printable(object, QUOTED))
            });
            Problem::new(
                ErrorCode::VcenterPermissionDenied,
                format!("{username} may not call Login: grant {privilege}{object}"),
            )
            .with("privilege", privilege)
        }
        "MethodNotFound" => Problem::new(
            ErrorCode::VcenterApiVersionUnsupported,
            "the server does not know Login; it is too old or not a vCenter",
        ),
        _ if fault.is_transient() => Problem::new(
            ErrorCode::VcenterNetworkError,
            format!(
                "the server could not answer Login: {}; try again later, and if it stays, its own log tells why",
                printable(&fault.to_string(), QUOTED)
            ),
        ),
        _ => Problem::new(
            ErrorCode::VcenterParseError,
            format!(
                "the server answered Login with {}; its own log tells more",
                printable(&fault.to_string(), QUOTED)
            ),
        ),
    };
    problem
        .with("method", "Login")
        .with("fault", printable(&fault.name, QUOTED))
}

/// The server's answer lacks what a login needs.
pub(super) fn missing(field: &str) -> Problem {
    Problem::new(
        ErrorCode::VcenterApiVersionUnsupported,
        format!("the server's answer has no {field}; it is too old or not a vCenter"),
    )
}

/// The server ended one session after the other.
pub(super) fn losses(sessions: u32) -> Problem {
    Problem::new(
        ErrorCode::VcenterAuthFailed,
        format!("the server ended {sessions} sessions of one run; check idle time-outs and session limits"),
    )
    .with("sessions", sessions)
}

/// The logout was answered by something else, and whether another one may be answered.
pub(super) fn logout(fault: Option<&Fault>, status: StatusCode) -> (Problem, bool) {
    let (message, passes) = match fault {
        Some(fault) => {
            let words = printable(&fault.to_string(), QUOTED);
            let message = format!("the server answered Logout with {words}");
            (message, fault.is_transient())
        }
        None => {
            let message = format!(
                "the server answered Logout with status {} and without a SOAP fault: the vCenter or a proxy before it is down",
                status.as_u16()
            );
            let is_loaded = status == StatusCode::TOO_MANY_REQUESTS;
            (message, status.is_server_error() || is_loaded)
        }
    };
    let problem = Problem::new(ErrorCode::VcenterNetworkError, message)
        .with("method", "Logout")
        .with("http_status", status.as_u16());
    (problem, passes)
}

/// The logout was not answered, and whether another one may be.
pub(super) fn lost_logout(diagnosis: &Diagnosis) -> (Problem, bool) {
    let problem = Problem::new(ErrorCode::VcenterNetworkError, &diagnosis.message);
    let passes = matches!(
        diagnosis.cause,
        Cause::Refused
            | Cause::Unreachable
            | Cause::ConnectTimeout
            | Cause::ProxyUnreachable
            | Cause::Incomplete
    );
    (problem.with("method", "Logout"), passes)
}

/// The logout was not answered in time.
pub(super) fn silence(limit: Duration) -> Problem {
    let message = format!("the server did not answer Logout within {limit:?}");
    Problem::new(ErrorCode::VcenterNetworkError, message).with("method", "Logout")
}
