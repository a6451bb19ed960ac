//! Sessions of the Automation API. They are none of the SOAP API's.

use super::{Failure, Reply, Request};
use crate::counters::count;
use crate::soap::timestamp;
use crate::soap::xml::Xml;
use crate::vim::service::Service;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use std::collections::HashMap;

/// Each open session by its key.
pub(crate) type Sessions = HashMap<String, Session>;

/// An open session.
#[derive(Debug)]
pub(crate) struct Session {
    began: String,
    /// Calls that are left of it, where they are counted.
    calls_left: Option<u32>,
}

fn now(service: &Service) -> String {
    let mut xml = Xml::new();
    timestamp::write_now(service.faults.clock_skew(), &mut xml);
    xml.into_string()
}

/// User and password of `Basic dXNlcjpwYXNz`.
fn credentials(authorization: &str) -> Option<(String, String)> {
    let (scheme, encoded) = authorization.split_once(' ')?;
    let decoded = STANDARD.decode(encoded.trim()).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let (user, password) = text.split_once(':')?;
    scheme
        .eq_ignore_ascii_case("basic")
        .then(|| (user.to_owned(), password.to_owned()))
}

pub(super) fn open(service: &Service, request: &Request<'_>) -> Result<Reply, Failure> {
    let given = request.authorization.and_then(credentials);
    if !given.is_some_and(|(user, password)| service.accepts(&user, &password)) {
        count(&service.tally.refused_automation_logins);
        return Err(Failure::Unauthenticated);
    }
    count(&service.tally.automation_logins);
    let key = service.new_key();
    let is_first = service.counters().automation_logins == 1;
    let session = Session {
        began: now(service),
        calls_left: service.conduct.first_session_calls.filter(|_| is_first),
    };
    service.automation().insert(key.clone(), session);
    Ok(Reply::opened(request.family, &key))
}

pub(super) fn close(service: &Service, request: &Request<'_>) -> Result<Reply, Failure> {
    let key = request.session.unwrap_or_default();
    if service.automation().remove(key).is_none() {
        return Err(Failure::Unauthenticated);
    }
    count(&service.tally.automation_logouts);
    Ok(Reply::nothing(request.family))
}

pub(super) fn describe(service: &Service, request: &Request<'_>) -> Result<Reply, Failure> {
    let created = authenticated(service, request)?;
    let session = json!({
        "user": service.username(),
        "created_time": created,
        "last_accessed_time": now(service),
    });
    Ok(Reply::value(request.family, session))
}

/// When the session of a request began.
pub(super) fn authenticated(service: &Service, request: &Request<'_>) -> Result<String, Failure> {
    let mut sessions = service.automation();
    let key = request.session.unwrap_or_default();
    let session = sessions.get_mut(key).ok_or(Failure::Unauthenticated)?;
    if session.calls_left == Some(0) {
        sessions.remove(key);
        return Err(Failure::Unauthenticated);
    }
    session.calls_left = session.calls_left.map(|calls| calls - 1);
    Ok(session.began.clone())
}

#[cfg(test)]
mod tests {
    use super::credentials;

    #[test]
    fn a_password_may_hold_colons_and_the_scheme_any_case() {
        for (header, expected) in [
            ("Basic dTpwOnc=", Some(("u", "p:w"))),
            ("basic dTpwOnc=", Some(("u", "p:w"))),
            ("Basic dTpwOnc", None),
            ("Bearer dTpwOnc=", None),
            ("Basic", None),
        ] {
            let found = credentials(header);
            let found = found
                .as_ref()
                .map(|(user, password)| (&**user, &**password));
            assert_eq!(found, expected, "{header}");
        }
    }
}
