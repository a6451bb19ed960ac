//! The way to a server through a proxy, by an HTTP tunnel.
//!
//! The tunnel carries the very TLS that is spoken without it, checked to its end at the vCenter:
//! a proxy sees where to, and when, and how much. Who resolves the vCenter's name is the proxy,
//! so the rules for addresses are applied here only to the addresses that this machine knows for the
//! name; see [`Dialer::permit_from_afar`](super::dial::Dialer::permit_from_afar).

use std::fmt;
use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Uri;
use http::header::HeaderValue;
use hyper_util::client::proxy::matcher::Matcher;
use stocktake_contract::{ErrorCode, Problem};
use zeroize::Zeroizing;

use super::authority::{Authority, Scheme};

/// One proxy. Its password is in no text of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy {
    authority: Authority,
    login: Option<Login>,
    /// Who names it: an option, a variable, a file.
    named_by: String,
}

#[derive(Clone, PartialEq, Eq)]
struct Login {
    password: Zeroizing<String>,
    /// As `Basic …`.
    header: Zeroizing<String>,
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy")
            .field("authority", &self.authority)
            .field("named_by", &self.named_by)
            .finish_non_exhaustive()
    }
}

/// The place, and who names it.
impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (named by {})", self.authority, self.named_by)
    }
}

impl Proxy {
    /// Reads `http://[USER:PASSWORD@]HOST:PORT`, as `named_by` has it.
    ///
    /// # Errors
    ///
    /// `VCENTER_CONFIG_INVALID` with what is wrong and who says so, and not with what was given,
    /// which may hold a password.
    pub fn parse(url: &str, named_by: &str) -> Result<Self, Problem> {
        let refused = |reason: &str| {
            let message =
                format!("{named_by} is not a usable proxy: {reason}; write it as http://HOST:PORT");
            Problem::new(ErrorCode::VcenterConfigInvalid, message)
        };
        let url = url.trim();
        // As curl does.
        let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
        if !scheme.eq_ignore_ascii_case("http") {
            return Err(refused(
                "only plain HTTP to the proxy is supported; the tunnel to the vCenter is encrypted all the same",
            ));
        }
        let rest = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (user, place) = match rest.rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, rest),
        };
        let has_port = place.rsplit_once(':').is_some_and(|(_, port)| {
            !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit())
        });
        if !has_port {
            return Err(refused("it has no port"));
        }
        let authority = Authority::from_url(&format!("http://{place}"))
            .map_err(|error| refused(&error.to_string()))?;
        let login = match user {
            None => None,
            Some(user) => {
                let login = Login::parse(user);
                Some(login.ok_or_else(|| {
                    refused("its user name or password is not percent-encoded as in a URL")
                })?)
            }
        };
        Ok(Proxy {
            authority,
            login,
            named_by: named_by.to_owned(),
        })
    }

    /// It came with a password.
    #[must_use]
    pub fn has_password(&self) -> bool {
        self.login.is_some()
    }

    pub(super) fn authority(&self) -> &Authority {
        &self.authority
    }

    /// What logs in to it.
    pub(super) fn authorization(&self) -> Option<HeaderValue> {
        let login = self.login.as_ref()?;
        let bytes = Zeroizing::new(login.header.as_bytes().to_vec());
        let mut header = HeaderValue::from_maybe_shared(Bytes::from_owner(bytes)).ok()?;
        header.set_sensitive(true);
        Some(header)
    }
}

impl Login {
    fn parse(user: &str) -> Option<Self> {
        let (user, password) = user.split_once(':').unwrap_or((user, ""));
        let (user, password) = (decoded(user)?, decoded(password)?);
        let pair = Zeroizing::new(format!("{}:{}", *user, *password));
        Some(Login {
            header: Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes()))),
            password,
        })
    }
}

/// `text` with its percent escapes resolved.
fn decoded(text: &str) -> Option<Zeroizing<String>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let (digits, after) = rest.split_at_checked(2)?;
        let digits = std::str::from_utf8(digits).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = after;
    }
    let text = std::str::from_utf8(&bytes).ok()?;
    Some(Zeroizing::new(text.to_owned()))
}

/// Which proxy leads to which server. By default none does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxies {
    /// For every server.
    given: Option<Proxy>,
    https: Option<Proxy>,
    all: Option<Proxy>,
    /// What no proxy leads to.
    exceptions: String,
}

impl Proxies {
    /// What the variables say that curl knows: `https_proxy`, `all_proxy` and `no_proxy`, in
    /// small letters before those in capitals. An empty one says nothing.
    ///
    /// # Errors
    ///
    /// `VCENTER_CONFIG_INVALID` naming the variable that holds no proxy.
    pub fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Result<Self, Problem> {
        let find = |name: &str| {
            [name.to_owned(), name.to_ascii_uppercase()]
                .into_iter()
                .find_map(|name| variable(&name).map(|value| (name, Zeroizing::new(value))))
        };
        let proxy = |name: &str| match find(name) {
            Some((name, url)) if !url.trim().is_empty() => Proxy::parse(&url, &name).map(Some),
            _ => Ok(None),
        };
        Ok(Proxies {
            given: None,
            https: proxy("https_proxy")?,
            all: proxy("all_proxy")?,
            exceptions: find("no_proxy").map_or_else(String::new, |(_, list)| list.to_string()),
        })
    }

    /// Leads to every server through `proxy`, but for the exceptions; to none without one.
    #[must_use]
    pub fn replaced_by(mut self, proxy: Option<Proxy>) -> Self {
        self.given = proxy;
        self.https = None;
        self.all = None;
        self
    }

    /// The proxy that leads to a server.
    pub(super) fn to(&self, server: &Authority) -> Option<&Proxy> {
        if self.excepts(server) {
            return None;
        }
        if self.given.is_some() {
            return self.given.as_ref();
        }
        // To a proxy, this machine's own services would be its own.
        if is_local(server.host()) {
            return None;
        }
        let of_scheme = match server.scheme() {
            Scheme::Https => self.https.as_ref(),
            Scheme::Http => None,
        };
        of_scheme.or(self.all.as_ref())
    }

    /// Passwords of them.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> {
        let all = [&self.given, &self.https, &self.all].into_iter().flatten();
        let passwords = all.filter_map(|proxy| proxy.login.as_ref());
        passwords
            .map(|login| login.password.as_str())
            .filter(|password| !password.is_empty())
    }

    fn excepts(&self, server: &Authority) -> bool {
        if self.exceptions.split(',').any(|entry| entry.trim() == "*") {
            return true;
        }
        let host = server.host();
        let host = if host.contains(':') {
            format!("[{host}]")
        } else {
            host.to_owned()
        };
        let Ok(server) = format!("https://{host}/").parse::<Uri>() else {
            return false;
        };
        // The rules of curl's NO_PROXY, as the library has them; only whether they hold is asked.
        let matcher = Matcher::builder()
            .all("http://any.invalid:1")
            .no(self.exceptions.as_str())
            .build();
        matcher.intercept(&server).is_none()
    }
}

fn is_local(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::{Proxies, Proxy};
    use crate::gateway::authority::Authority;

    fn chosen(variables: &[(&str, &str)], server: &str) -> Option<String> {
        let proxies = Proxies::from_environment(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        });
        let server = Authority::from_url(server).expect("a URL");
        let proxies = proxies.expect("proxies");
        proxies.to(&server).map(ToString::to_string)
    }

    #[test]
    fn the_variables_are_those_of_curl() {
        let https = ("HTTPS_PROXY", "http://upper.lan:1");
        let small = ("https_proxy", "small.lan:2");
        let all = ("ALL_PROXY", "http://all.lan:3/");
        let vc = "https://vc.lan";
        for (variables, server, expected) in [
            (&[][..], vc, None),
            (
                &[https],
                vc,
                Some("http://upper.lan:1 (named by HTTPS_PROXY)"),
            ),
            (
                &[https, small],
                vc,
                Some("http://small.lan:2 (named by https_proxy)"),
            ),
            (
                &[("https_proxy", ""), all],
                vc,
                Some("http://all.lan:3 (named by ALL_PROXY)"),
            ),
            (
                &[https, all],
                "http://vc.lan",
                Some("http://all.lan:3 (named by ALL_PROXY)"),
            ),
            (&[https], "http://vc.lan", None),
            (&[https], "https://127.0.0.1:8443", None),
            (&[https], "https://localhost", None),
            (&[https], "https://[::1]", None),
        ] {
            assert_eq!(
                chosen(variables, server).as_deref(),
                expected,
                "{variables:?} {server}"
            );
        }
    }

    #[test]
    fn exceptions_are_names_addresses_and_networks() {
        for (list, server, is_direct) in [
            ("vc.lan", "https://vc.lan", true),
            ("lan", "https://vc.lan", true),
            (".lan", "https://vc.lan", true),
            ("other.lan, vc.lan", "https://VC.lan:8443", true),
            ("c.lan", "https://vc.lan", false),
            ("*", "https://vc.lan", true),
            ("*", "https://10.0.0.7", true),
            ("10.0.0.0/8", "https://10.0.0.7", true),
            ("10.0.0.7", "https://10.0.0.7", true),
            ("10.0.0.0/8", "https://11.0.0.7", false),
            ("2001:db8::/32", "https://[2001:db8::1]", true),
            ("", "https://vc.lan", false),
        ] {
            let variables = [("HTTPS_PROXY", "http://p:1"), ("NO_PROXY", list)];
            let direct = chosen(&variables, server).is_none();
            assert_eq!(direct, is_direct, "{list} {server}");
        }
    }

    #[test]
    fn a_proxy_that_is_given_leads_everywhere_but_to_the_exceptions() {
        let given = Proxy::parse("http://p.lan:3128", "--proxy").expect("a proxy");
        let of = |name: &str| match name {
            "no_proxy" => Some("db.lan".to_owned()),
            "https_proxy" => Some("http://other:1".to_owned()),
            _ => None,
        };
        let proxies = Proxies::from_environment(of).expect("proxies");
        let server = |url: &str| Authority::from_url(url).expect("a URL");
        let replaced = proxies.clone().replaced_by(Some(given.clone()));
        assert_eq!(replaced.to(&server("https://127.0.0.1:8443")), Some(&given));
        assert_eq!(replaced.to(&server("http://vc.lan")), Some(&given));
        assert_eq!(replaced.to(&server("https://db.lan")), None);
        let direct = proxies.replaced_by(None);
        assert_eq!(direct.to(&server("https://vc.lan")), None);
    }

    #[test]
    fn a_password_is_sent_as_it_is_meant_and_shown_nowhere() {
        let url = "http://us%65r:p%40ss%3A%C3%BC@p.lan:3128";
        let proxy = Proxy::parse(url, "HTTPS_PROXY").expect("a proxy");
        let header = proxy.authorization().expect("a header");
        // user:p@ss:ü
        assert_eq!(header, "Basic dXNlcjpwQHNzOsO8");
        assert!(header.is_sensitive() && proxy.has_password());
        let shown = format!("{proxy} {proxy:?}");
        assert!(!shown.contains("p@ss") && !shown.contains("%40"), "{shown}");
        let proxies = Proxies::default().replaced_by(Some(proxy));
        assert_eq!(proxies.secrets().collect::<Vec<_>>(), ["p@ss:ü"]);
        let plain = Proxy::parse("p.lan:3128", "HTTPS_PROXY").expect("a proxy");
        assert_eq!(plain.authorization(), None);
    }

    #[test]
    fn what_is_no_proxy_is_refused_by_who_names_it_and_not_shown() {
        for (url, expected) in [
            ("https://s3cret@p:1", "only plain HTTP"),
            ("socks5://s3cret@p:1", "only plain HTTP"),
            ("http://u:s3cret@p.lan", "has no port"),
            ("http://u:s3cret@p.lan:0", "port is not between"),
            (
                "http://u:s3cret%4@p.lan:1",
                "not percent-encoded as in a URL",
            ),
            ("http://u:s3cret@:1", "has no host"),
        ] {
            let problem = Proxy::parse(url, "HTTPS_PROXY").expect_err(url);
            let message = problem.message;
            assert!(message.contains(expected), "{message}");
            assert!(
                message.contains("HTTPS_PROXY") && !message.contains("s3cret"),
                "{message}"
            );
        }
    }
}
