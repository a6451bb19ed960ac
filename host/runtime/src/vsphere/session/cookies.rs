//! Cookies beside the session that the server wants to see again.
//!
//! A balancer before several vCenters sets its own, and sends calls that come without it to
//! another vCenter than the one that knows the session. They stay on this side, as the session
//! does: a collector could use them to act as another client at the balancer.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use bytes::Bytes;
use http::header::{HeaderMap, HeaderValue, SET_COOKIE};
use zeroize::Zeroizing;

use crate::vsphere::automation::TOKEN;
use crate::vsphere::header::SESSION_COOKIE;

/// Cookies kept; a server with more wants something else than affinity.
const MOST: usize = 32;
/// Bytes of a cookie's name and value, as browsers allow.
const LONGEST: usize = 4096;

/// Cookies by name, as spelled. They have no `Debug`: they are as good as a password.
#[derive(Default)]
pub(in crate::vsphere) struct Cookies(Mutex<Vec<Cookie>>);

struct Cookie {
    name: String,
    /// `name=value`
    pair: Zeroizing<Vec<u8>>,
}

/// One `Set-Cookie`, apart.
struct Setting<'h> {
    name: &'h str,
    pair: &'h str,
    path: Option<&'h str>,
    max_age: Option<&'h str>,
    expires: Option<&'h str>,
}

impl Cookies {
    /// Takes those of a reply to a call of `path`, and forgets those that it deletes.
    pub(in crate::vsphere) fn take(&self, headers: &HeaderMap, path: &str, now: SystemTime) {
        let settings = headers.get_all(SET_COOKIE).iter();
        for setting in settings.filter_map(|value| Setting::of(value.to_str().ok()?)) {
            let is_session = [SESSION_COOKIE, TOKEN].contains(&setting.name);
            if is_session || !setting.is_for(path) {
                continue;
            }
            let mut cookies = self.lock();
            cookies.retain(|known| known.name != setting.name);
            if !setting.deletes(now) && cookies.len() < MOST {
                cookies.push(Cookie {
                    name: setting.name.to_owned(),
                    pair: Zeroizing::new(setting.pair.as_bytes().to_vec()),
                });
            }
        }
    }

    /// The header that sends the session and all of them back.
    pub(in crate::vsphere) fn header(&self, session: Option<&HeaderValue>) -> Option<HeaderValue> {
        let cookies = self.lock();
        let pairs = cookies.iter().map(|cookie| cookie.pair.as_slice());
        let pairs: Vec<&[u8]> = session
            .map(HeaderValue::as_bytes)
            .into_iter()
            .chain(pairs)
            .collect();
        if pairs.is_empty() {
            return None;
        }
        let joined = Bytes::from_owner(Zeroizing::new(pairs.join(&b"; "[..])));
        let mut header = HeaderValue::from_maybe_shared(joined).ok()?;
        header.set_sensitive(true);
        Some(header)
    }

    /// Takes all that another jar holds.
    pub(super) fn adopt(&self, other: &Self) {
        self.lock().append(&mut other.lock());
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Cookie>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'h> Setting<'h> {
    fn of(header: &'h str) -> Option<Self> {
        let mut parts = header.split(';').map(str::trim);
        let pair = parts.next()?;
        let (name, _) = pair.split_once('=')?;
        let name = name.trim();
        if name.is_empty() || pair.len() > LONGEST {
            return None;
        }
        let attributes: Vec<(&str, &str)> = parts
            .map(|part| part.split_once('=').unwrap_or((part, "")))
            .map(|(key, value)| (key.trim(), value.trim()))
            .collect();
        let of = |wanted: &str| {
            let mut found = attributes.iter().rev();
            found.find_map(|(key, value)| key.eq_ignore_ascii_case(wanted).then_some(*value))
        };
        Some(Setting {
            name,
            pair,
            path: of("path"),
            max_age: of("max-age"),
            expires: of("expires"),
        })
    }

    /// The cookie is sent with calls of `path`.
    fn is_for(&self, path: &str) -> bool {
        // Anything that is not a path means the default, which is where the call went.
        let Some(allowed) = self.path.filter(|allowed| allowed.starts_with('/')) else {
            return true;
        };
        path.strip_prefix(allowed)
            .is_some_and(|rest| rest.is_empty() || allowed.ends_with('/') || rest.starts_with('/'))
    }

    fn deletes(&self, now: SystemTime) -> bool {
        match (self.max_age, self.expires) {
            (Some(seconds), _) => seconds.starts_with('-') || seconds == "0",
            (None, Some(date)) => {
                // Some servers write dashes between day, month and year.
                let date = date.replace('-', " ");
                httpdate::parse_http_date(&date).is_ok_and(|date| date <= now)
            }
            (None, None) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use http::header::{HeaderMap, HeaderValue, SET_COOKIE};

    use super::{Cookies, MOST};

    fn jar(settings: &[&str]) -> Cookies {
        let mut headers = HeaderMap::new();
        for setting in settings {
            headers.append(SET_COOKIE, setting.parse().expect("a header"));
        }
        let cookies = Cookies::default();
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        cookies.take(&headers, "/sdk", now);
        cookies
    }

    fn sent(settings: &[&str]) -> Option<String> {
        let header = jar(settings).header(None)?;
        assert!(header.is_sensitive());
        Some(header.to_str().expect("ASCII").to_owned())
    }

    #[test]
    fn every_cookie_beside_the_session_is_sent_back_with_it() {
        let cookies = jar(&[
            "SERVERID=node1; path=/",
            "vmware_soap_session=\"other\"; Path=/",
            "route=\"a=b\"; HttpOnly",
            "ui=1; Path=/ui",
            "deep=1; Path=/sdk",
        ]);
        let session = HeaderValue::from_static("vmware_soap_session=\"52a\"");
        assert_eq!(
            cookies.header(Some(&session)).expect("a header"),
            "vmware_soap_session=\"52a\"; SERVERID=node1; route=\"a=b\"; deep=1"
        );
        assert_eq!(jar(&[]).header(Some(&session)), Some(session));
        assert_eq!(jar(&[]).header(None), None);
    }

    #[test]
    fn a_cookie_that_the_server_replaces_or_deletes_is_not_sent_as_it_was() {
        for (second, expected) in [
            ("SERVERID=node2", Some("SERVERID=node2")),
            ("SERVERID=; Max-Age=0", None),
            ("SERVERID=x; max-age=-5", None),
            ("SERVERID=; Expires=Thu, 01 Jan 1970 00:00:00 GMT", None),
            ("SERVERID=; expires=Thu, 01-Jan-1970 00:00:00 GMT", None),
            (
                "SERVERID=x; Expires=Fri, 01 Jan 2100 00:00:00 GMT",
                Some("SERVERID=x"),
            ),
            ("SERVERID=x; Expires=nonsense", Some("SERVERID=x")),
        ] {
            let both = ["SERVERID=node1; path=/", second];
            assert_eq!(sent(&both).as_deref(), expected, "{second}");
        }
    }

    #[test]
    fn cookies_are_bounded_in_number_and_size() {
        let many: Vec<String> = (0..100).map(|number| format!("c{number}=1")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(sent(&many).expect("some").split("; ").count(), MOST);
        assert_eq!(sent(&[&format!("big={}", "x".repeat(5000))]), None);
        assert_eq!(sent(&["", "nothing", "=1"]), None);
    }
}
