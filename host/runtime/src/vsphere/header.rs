//! Headers of the vSphere API: what a call is sent with, and what makes a session.

use bytes::Bytes;
use http::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, HeaderValue, SET_COOKIE,
    USER_AGENT,
};
use zeroize::Zeroizing;

/// What a call of the vSphere API is sent with. A list of what may pass, because what
/// makes a session is more than can be listed: cookies, tickets, tokens, certificates in headers.
const OF_A_CALL: [HeaderName; 5] = [
    ACCEPT,
    ACCEPT_ENCODING,
    CONTENT_TYPE,
    HeaderName::from_static("soapaction"),
    USER_AGENT,
];

/// Leaves what a call of the vSphere API needs; cookies only of a collector that `logs_in`.
pub(super) fn clean_call(headers: &mut HeaderMap, logs_in: bool) {
    let unwanted: Vec<HeaderName> = headers
        .keys()
        .filter(|&name| !(OF_A_CALL.contains(name) || (logs_in && name == COOKIE)))
        .cloned()
        .collect();
    for name in unwanted {
        headers.remove(name);
    }
}

/// What makes a session, in replies.
const OF_A_SESSION: [HeaderName; 5] = [
    SET_COOKIE,
    HeaderName::from_static("set-cookie2"),
    HeaderName::from_static("vmware-api-session-id"),
    HeaderName::from_static("vmware-cgi-ticket"),
    HeaderName::from_static("authentication-info"),
];

/// The cookie that names a session.
pub(super) const SESSION_COOKIE: &str = "vmware_soap_session";

/// Removes what a collector could use as another client.
pub(super) fn clean_session(headers: &mut HeaderMap) {
    for name in &OF_A_SESSION {
        headers.remove(name);
    }
}

/// Takes the session out of a reply, as the server spells it: quoted or not.
pub(super) fn take_session(headers: &mut HeaderMap) -> Option<HeaderValue> {
    let session = headers
        .get_all(SET_COOKIE)
        .iter()
        .filter_map(|cookie| cookie.to_str().ok()?.split(';').next())
        .map(str::trim)
        .rfind(|pair| {
            pair.split_once('=')
                .is_some_and(|(name, _)| name == SESSION_COOKIE)
        })
        .map(|pair| Bytes::from_owner(Zeroizing::new(pair.as_bytes().to_vec())));
    clean_session(headers);
    let mut session = HeaderValue::from_maybe_shared(session?).ok()?;
    session.set_sensitive(true);
    Some(session)
}

#[cfg(test)]
mod tests {
    use super::{clean_call, take_session};
    use crate::gateway::testing::headers;

    #[test]
    fn a_call_carries_nothing_that_makes_a_session() {
        let sent = || {
            headers(&[
                ("soapaction", "urn:vim25/8.0"),
                ("cookie", "vmware_soap_session=1"),
                ("authorization", "Basic eA=="),
                ("vmware-api-session-id", "1"),
                ("vmware-cgi-ticket", "1"),
                ("proxy-authorization", "Basic eA=="),
                ("x-forwarded-for", "10.0.0.1"),
                ("x-http-method-override", "DELETE"),
            ])
        };
        let mut brokered = sent();
        clean_call(&mut brokered, false);
        assert_eq!(brokered, headers(&[("soapaction", "urn:vim25/8.0")]));
        let mut own = sent();
        clean_call(&mut own, true);
        let expected = headers(&[
            ("soapaction", "urn:vim25/8.0"),
            ("cookie", "vmware_soap_session=1"),
        ]);
        assert_eq!(own, expected);
    }

    #[test]
    fn a_session_is_taken_as_the_server_spells_it_and_nothing_of_it_is_left() {
        for (sent, kept) in [
            (
                "vmware_soap_session=\"52a-b\"; Path=/; HttpOnly; Secure",
                "vmware_soap_session=\"52a-b\"",
            ),
            ("vmware_soap_session=52a-b", "vmware_soap_session=52a-b"),
        ] {
            let mut reply = headers(&[
                ("set-cookie", "other=1"),
                ("set-cookie", sent),
                ("set-cookie", "later=1"),
                ("vmware-api-session-id", "52a-b"),
                ("content-type", "text/xml"),
            ]);
            let session = take_session(&mut reply).expect("a session");
            assert_eq!(session, kept);
            assert!(!format!("{session:?}").contains("52a"));
            assert_eq!(reply, headers(&[("content-type", "text/xml")]));
        }
        assert!(take_session(&mut headers(&[("set-cookie", "other=1")])).is_none());
    }
}
