//! Replies of proxies, gateways and rate limiters in front of the server.

use super::Faults;
use crate::Fault;
use std::sync::atomic::Ordering;

/// A whole HTTP reply, ready to send.
#[derive(Debug)]
pub(crate) struct CannedReply {
    pub(crate) status: u16,
    pub(crate) header: (&'static str, &'static str),
    pub(crate) body: &'static str,
}

const HTML: (&str, &str) = ("content-type", "text/html; charset=utf-8");
/// The end of a session as the VI/JSON protocol of vSphere 8 spells it.
const VI_JSON_NOT_AUTHENTICATED: CannedReply = CannedReply {
    status: 500,
    header: ("content-type", "application/json; charset=utf-8"),
    body: r#"{"_typeName":"NotAuthenticated","faultMessage":[],"object":{"_typeName":"ManagedObjectReference","type":"Folder","value":"group-d1"},"privilegeId":"System.View"}"#,
};
/// A fault as the VI/JSON protocol of vSphere 8 spells it.
const VI_JSON: &str = r#"{"_typeName":"RuntimeFault","faultMessage":[{"_typeName":"LocalizableMessage","key":"vpxd.internal","message":"A general system error occurred: internal error"}]}"#;

impl Faults {
    /// The reply to any request in place of the server.
    pub(crate) fn in_front(&self) -> Option<CannedReply> {
        if self.has(Fault::ProxyHtml) {
            return Some(CannedReply {
                status: 200,
                header: HTML,
                body: "<!DOCTYPE html><html><head><title>Web gateway</title></head><body><h1>Please sign in</h1><p>Your access is managed.<br></body></html>",
            });
        }
        if self.has(Fault::BadGateway) {
            return Some(CannedReply {
                status: 502,
                header: HTML,
                body: "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center><hr></body></html>",
            });
        }
        if self.has(Fault::Overloaded) {
            return Some(CannedReply {
                status: 503,
                header: HTML,
                body: "<html><head><title>503 Service Unavailable</title></head><body><h1>503 Service Unavailable</h1>No server is available to handle this request.</body></html>",
            });
        }
        if self.has(Fault::Redirect) {
            return Some(CannedReply {
                status: 302,
                header: ("location", "https://elsewhere.example.com/sdk"),
                body: "",
            });
        }
        None
    }

    /// The reply to a call whose session is over, in another protocol.
    pub(crate) fn session_over_in_json() -> CannedReply {
        VI_JSON_NOT_AUTHENTICATED
    }

    /// The reply to a Logout in place of the server.
    pub(crate) fn instead_of_logout(&self) -> Option<CannedReply> {
        self.has(Fault::LogoutFails).then_some(CannedReply {
            status: 503,
            header: HTML,
            body: "<html><head><title>503 Service Unavailable</title></head><body><h1>503 Service Unavailable</h1></body></html>",
        })
    }

    /// The cookie of the load balancer in front, if there is one.
    pub(crate) fn balancer_cookie(&self) -> Option<&'static str> {
        self.has(Fault::StickyBalancer).then_some("SERVERID=node1")
    }

    /// The reply to a retrieval in place of the server; one that `begins` requests a first page.
    pub(crate) fn instead_of_retrieval(&self, begins: bool) -> Option<CannedReply> {
        if self.has(Fault::JsonFault) {
            return Some(CannedReply {
                status: 500,
                header: ("content-type", "application/json"),
                body: VI_JSON,
            });
        }
        if self.has(Fault::OverloadedBriefly)
            && begins
            && !self
                .retrieval_was_refused
                .fetch_xor(true, Ordering::Relaxed)
        {
            return Some(CannedReply {
                status: 503,
                header: ("retry-after", "0"),
                body: "",
            });
        }
        self.has(Fault::RateLimited).then_some(CannedReply {
            status: 429,
            header: ("retry-after", "1"),
            body: "",
        })
    }
}
