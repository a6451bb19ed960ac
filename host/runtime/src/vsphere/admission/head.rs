//! The headers of a call.
//!
//! The threat: headers that make another body of the one that was looked at, or
//! another version of the API of it.

use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, HeaderName};

use crate::quote::printable;

/// Characters of a value that a message quotes.
const QUOTED: usize = 100;

const XML: &str = "text/xml; charset=utf-8";
const SOAP_ACTION: HeaderName = HeaderName::from_static("soapaction");
/// No version of the API is longer.
const VERSION: usize = 16;

/// Holds the headers against those that a collector of a vCenter sends.
///
/// # Errors
///
/// What is sent instead, as in "sent …".
pub(super) fn check(headers: &HeaderMap) -> Result<(), String> {
    if headers.contains_key(CONTENT_ENCODING) {
        return Err("sent a body in another coding than plain UTF-8".to_owned());
    }
    let kind = only(headers, &CONTENT_TYPE)?;
    if !kind.eq_ignore_ascii_case(XML) {
        let kind = printable(kind, QUOTED);
        return Err(format!("sent a body as {kind}; a call is sent as {XML}"));
    }
    let action = only(headers, &SOAP_ACTION)?;
    if !is_action(action) {
        let action = printable(action, QUOTED);
        return Err(format!(
            "sent the soapaction {action}; a call is sent with \"urn:vim25\" or \"urn:vim25/VERSION\", in quotes"
        ));
    }
    Ok(())
}

/// The value of a header that is there exactly once.
fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<&'h str, String> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value
            .to_str()
            .map_err(|_| format!("sent a {name} that is not ASCII")),
        (None, _) => Err(format!("sent a call without {name}")),
        (Some(_), Some(_)) => Err(format!("sent a call with more than one {name}")),
    }
}

fn is_action(action: &str) -> bool {
    let quoted = action
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    match quoted.and_then(|namespace| namespace.strip_prefix("urn:vim25")) {
        Some("") => true,
        Some(rest) => rest.strip_prefix('/').is_some_and(is_version),
        None => false,
    }
}

/// As in `8.0.3.0`.
fn is_version(text: &str) -> bool {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.len() <= VERSION && text.split('.').all(is_number)
}
