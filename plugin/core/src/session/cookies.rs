//! The cookies that are returned to a server.
//!
//! Besides the session cookie of a vCenter, a load balancer in front of several of them sets its own
//! cookie, and sends calls without it to another vCenter, which does not know
//! the session.

/// The session cookie of vSphere.
const SESSION: &str = "vmware_soap_session";
/// Most cookies; affinity needs fewer.
const MOST: usize = 32;
/// Bytes of a cookie's name and value, as browsers allow.
const LONGEST: usize = 4096;

/// Cookies by name, unchanged: quoted or not. They are secrets, so none is shown.
#[derive(Default)]
pub(super) struct Cookies(Vec<Cookie>);

struct Cookie {
    name: String,
    /// `name=value`
    pair: String,
}

impl Cookies {
    /// Takes one `Set-Cookie` of a reply to a call of `path`; a session only when one `is_made`.
    pub(super) fn set(&mut self, header: &str, path: &str, is_made: bool) {
        let mut parts = header.split(';').map(str::trim);
        let pair = parts.next().unwrap_or_default();
        let Some((name, _)) = pair.split_once('=') else {
            return;
        };
        let name = name.trim();
        if name.is_empty() || pair.len() > LONGEST || (name == SESSION && !is_made) {
            return;
        }
        let attributes: Vec<(&str, &str)> = parts
            .map(|part| part.split_once('=').unwrap_or((part, "")))
            .map(|(key, value)| (key.trim(), value.trim()))
            .collect();
        let of = |wanted: &str| {
            let mut found = attributes.iter().rev();
            found.find_map(|(key, value)| key.eq_ignore_ascii_case(wanted).then_some(*value))
        };
        if !of("path").is_none_or(|allowed| is_within(path, allowed)) {
            return;
        }
        self.0.retain(|known| known.name != name);
        let is_deleted = match (of("max-age"), of("expires")) {
            (Some(seconds), _) => seconds.starts_with('-') || seconds == "0",
            // A collector has no clock; a deleted cookie is dated to the epoch.
            (None, Some(date)) => date.contains("1970"),
            (None, None) => false,
        };
        if !is_deleted && self.0.len() < MOST {
            self.0.push(Cookie {
                name: name.to_owned(),
                pair: pair.to_owned(),
            });
        }
    }

    /// The `Cookie` header with all of them.
    pub(super) fn header(&self) -> Option<String> {
        let pairs: Vec<&str> = self.0.iter().map(|cookie| cookie.pair.as_str()).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// Whether one of them is a session.
    pub(super) fn have_session(&self) -> bool {
        self.0.iter().any(|cookie| cookie.name == SESSION)
    }

    /// The session has ended; the affinity cookies stay.
    pub(super) fn forget_session(&mut self) {
        self.0.retain(|cookie| cookie.name != SESSION);
    }
}

/// A cookie for `allowed` is sent with a call of `path`.
fn is_within(path: &str, allowed: &str) -> bool {
    match path.strip_prefix(allowed) {
        // An invalid path means the default, which is that of the call.
        _ if !allowed.starts_with('/') => true,
        Some(rest) => rest.is_empty() || allowed.ends_with('/') || rest.starts_with('/'),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{Cookies, MOST};

    fn sent(headers: &[&str]) -> Option<String> {
        let mut cookies = Cookies::default();
        for header in headers {
            cookies.set(header, "/sdk", true);
        }
        cookies.header()
    }

    #[test]
    fn every_cookie_is_sent_back_as_the_server_spells_it() {
        for (headers, expected) in [
            (
                &["vmware_soap_session=\"52a-b\"; Path=/; HttpOnly; Secure;"][..],
                Some("vmware_soap_session=\"52a-b\""),
            ),
            (
                &["vmware_soap_session=52a-b"],
                Some("vmware_soap_session=52a-b"),
            ),
            (
                &[
                    "vmware_soap_session=1; Path=/",
                    "SERVERID=node1; path=/",
                    "route=a=b",
                ],
                Some("vmware_soap_session=1; SERVERID=node1; route=a=b"),
            ),
            (&["SERVERID=1", "SERVERID=2"], Some("SERVERID=2")),
            (
                &[
                    "a=1; Path=/sdk",
                    "b=1; Path=/sdk/",
                    "c=1; Path=/ui",
                    "d=1; Path=/sd",
                ],
                Some("a=1"),
            ),
            (&["", "nothing", "=1", ";"], None),
        ] {
            assert_eq!(sent(headers).as_deref(), expected, "{headers:?}");
        }
    }

    #[test]
    fn a_cookie_that_the_server_deletes_is_gone() {
        for deletion in [
            "SERVERID=; Max-Age=0",
            "SERVERID=x; max-age=-1; Path=/",
            "SERVERID=; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
            "SERVERID=; Expires=Thu, 01-Jan-1970 00:00:01 GMT; Path=/",
        ] {
            assert_eq!(sent(&["SERVERID=node1", deletion]), None, "{deletion}");
        }
        let kept = "SERVERID=node1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT";
        assert_eq!(sent(&[kept]).as_deref(), Some("SERVERID=node1"));
    }

    #[test]
    fn cookies_are_bounded_in_number_and_size() {
        let many: Vec<String> = (0..100).map(|number| format!("c{number}=1")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let header = sent(&many).expect("some");
        assert_eq!(header.split("; ").count(), MOST);
        assert_eq!(sent(&[&format!("big={}", "x".repeat(5000))]), None);
    }

    #[test]
    fn a_session_is_taken_where_one_is_made_and_forgotten_where_it_ends() {
        let mut cookies = Cookies::default();
        cookies.set("vmware_soap_session=other", "/sdk", false);
        assert!(!cookies.have_session());
        cookies.set("vmware_soap_session=1", "/sdk", true);
        cookies.set("vmware_soap_session=other", "/sdk", false);
        cookies.set("SERVERID=node1", "/sdk", false);
        assert!(cookies.have_session());
        cookies.forget_session();
        assert!(!cookies.have_session());
        assert_eq!(cookies.header().as_deref(), Some("SERVERID=node1"));
    }
}
