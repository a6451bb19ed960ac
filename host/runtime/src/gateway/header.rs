//! Which headers pass between a guest and a server.

use bytes::Bytes;
use http::header::{
    ACCEPT, ACCEPT_ENCODING, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, EXPECT, HeaderMap,
    HeaderName, HeaderValue, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, SET_COOKIE, TE, TRAILER,
    TRANSFER_ENCODING, UPGRADE, USER_AGENT,
};
use zeroize::Zeroizing;

/// Headers that speak of one connection and mean nothing beyond it.
const HOP_BY_HOP: [HeaderName; 10] = [
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    HeaderName::from_static("http2-settings"),
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
];

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

/// The cookie that vSphere knows a session by.
pub(super) const SESSION_COOKIE: &str = "vmware_soap_session";

/// Takes away what a collector could go on with as somebody else.
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

/// Leaves what a server may be told: framing and coding are the gateway's own.
pub(super) fn clean_request(headers: &mut HeaderMap) {
    strip_hop_by_hop(headers);
    headers.remove(EXPECT);
    headers.remove(CONTENT_LENGTH);
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
}

/// Leaves what a guest may be told.
pub(super) fn clean_response(headers: &mut HeaderMap) {
    strip_hop_by_hop(headers);
}

fn strip_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named.iter().chain(&HOP_BY_HOP) {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::{clean_call, clean_request, clean_response, take_session};
    use http::HeaderMap;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (
                    http::HeaderName::from_static(name),
                    http::HeaderValue::from_static(value),
                )
            })
            .collect()
    }

    #[test]
    fn headers_of_one_connection_do_not_pass() {
        let mut response = headers(&[
            ("connection", "close, X-Hop"),
            ("x-hop", "1"),
            ("transfer-encoding", "chunked"),
            ("content-type", "text/xml"),
        ]);
        clean_response(&mut response);
        assert_eq!(response, headers(&[("content-type", "text/xml")]));
    }

    #[test]
    fn framing_and_coding_of_a_request_are_the_gateways_own() {
        let mut request = headers(&[
            ("content-length", "7"),
            ("accept-encoding", "br"),
            ("expect", "100-continue"),
            ("soapaction", "urn:vim25/8.0"),
        ]);
        clean_request(&mut request);
        let expected = headers(&[("soapaction", "urn:vim25/8.0"), ("accept-encoding", "gzip")]);
        assert_eq!(request, expected);
    }

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
