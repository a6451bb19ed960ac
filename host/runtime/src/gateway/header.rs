//! Which headers pass between a guest and a server.

use http::header::{
    ACCEPT_ENCODING, CONNECTION, CONTENT_LENGTH, EXPECT, HeaderMap, HeaderName, HeaderValue,
    PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};

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

/// Leaves what a server may see: framing and coding are the gateway's own.
pub(super) fn clean_request(headers: &mut HeaderMap) {
    strip_hop_by_hop(headers);
    headers.remove(EXPECT);
    headers.remove(CONTENT_LENGTH);
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
}

/// Leaves what a guest may see.
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
    use super::{clean_request, clean_response};
    use crate::gateway::testing::headers;

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
}
