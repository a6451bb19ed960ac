//! Scheme, host and port: what an endpoint allows and what a guest asks for.
//!
//! Two authorities are equal when they name the same place: the port is always
//! spelled out and the host is in lower case, so that a comparison of values is
//! the whole check of where a request goes. What a server sees of it, in the
//! header `host`, is the spelling, which is compared on its own.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::net::IpAddr;

use http::Uri;

/// The transport an endpoint asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Plain HTTP.
    Http,
    /// HTTP over TLS.
    Https,
}

impl Scheme {
    /// The port that a URL without one means.
    #[must_use]
    pub fn default_port(self) -> u16 {
        match self {
            Scheme::Http => 80,
            Scheme::Https => 443,
        }
    }

    /// The scheme as a URL spells it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Scheme::Http => "http",
            Scheme::Https => "https",
        }
    }
}

/// One place that HTTP can be spoken to.
#[derive(Clone, Debug)]
pub struct Authority {
    scheme: Scheme,
    host: String,
    port: u16,
    /// Host and port as the URL has them.
    written: String,
}

impl PartialEq for Authority {
    fn eq(&self, other: &Self) -> bool {
        self.place() == other.place()
    }
}

impl Eq for Authority {}

impl Hash for Authority {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.place().hash(state);
    }
}

/// Why a text names no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthorityError {
    /// Not a URL at all.
    #[error("it is not a URL of the form https://host[:port]")]
    NotUrl,
    /// A scheme other than `http` and `https`, or none.
    #[error("its scheme is neither https nor http")]
    Scheme,
    /// No host.
    #[error("it has no host")]
    Host,
    /// `user:password@` before the host.
    #[error("it contains a user name, which belongs in the credential")]
    User,
    /// Port 0 or beyond 65535.
    #[error("its port is not between 1 and 65535")]
    Port,
}

impl Authority {
    /// Reads the place out of an endpoint or any other absolute URL.
    ///
    /// # Errors
    ///
    /// The part of the URL that is missing or not allowed.
    pub fn from_url(url: &str) -> Result<Self, AuthorityError> {
        let uri: Uri = url.trim().parse().map_err(|_| AuthorityError::NotUrl)?;
        Authority::from_uri(&uri)
    }

    /// Reads the place out of a parsed URL.
    ///
    /// # Errors
    ///
    /// The part of the URL that is missing or not allowed.
    pub fn from_uri(uri: &Uri) -> Result<Self, AuthorityError> {
        let scheme = match uri.scheme_str() {
            Some("https") => Scheme::Https,
            Some("http") => Scheme::Http,
            _ => return Err(AuthorityError::Scheme),
        };
        let authority = uri.authority().ok_or(AuthorityError::Host)?;
        if authority.as_str().contains('@') {
            return Err(AuthorityError::User);
        }
        let host = authority.host();
        let written_port = &authority.as_str()[host.len()..];
        let port = match written_port.strip_prefix(':') {
            None | Some("") => scheme.default_port(),
            Some(digits) => digits.parse().map_err(|_| AuthorityError::Port)?,
        };
        if port == 0 {
            return Err(AuthorityError::Port);
        }
        let host = canonical_host(host).ok_or(AuthorityError::Host)?;
        Ok(Authority {
            scheme,
            host,
            port,
            written: authority.as_str().to_owned(),
        })
    }

    /// Both name the same place in the same spelling.
    pub(super) fn is_spelled_as(&self, other: &Self) -> bool {
        self == other && self.written == other.written
    }

    fn place(&self) -> (Scheme, &str, u16) {
        (self.scheme, &self.host, self.port)
    }

    /// The transport.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The host in lower case; an IPv6 address without its brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, spelled out.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }
}

/// `https://host:port`, the port always written.
impl fmt::Display for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, host, port) = self.place();
        let scheme = scheme.as_str();
        if host.contains(':') {
            write!(f, "{scheme}://[{host}]:{port}")
        } else {
            write!(f, "{scheme}://{host}:{port}")
        }
    }
}

fn canonical_host(host: &str) -> Option<String> {
    if let Some(bracketed) = host.strip_prefix('[') {
        let address: std::net::Ipv6Addr = bracketed.strip_suffix(']')?.parse().ok()?;
        return Some(IpAddr::V6(address).to_string());
    }
    let name = host.strip_suffix('.').unwrap_or(host);
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    (!name.is_empty() && name.bytes().all(allowed)).then(|| name.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::{Authority, AuthorityError};

    #[test]
    fn an_endpoint_names_scheme_host_and_port() {
        let table = [
            ("https://vc.lan", "https://vc.lan:443"),
            ("https://vc.lan/", "https://vc.lan:443"),
            ("https://vc.lan/sdk", "https://vc.lan:443"),
            ("https://vc.lan:/sdk", "https://vc.lan:443"),
            ("HTTPS://VC.Lan:443//", "https://vc.lan:443"),
            ("https://vc.lan.:8443", "https://vc.lan:8443"),
            ("http://vc.lan", "http://vc.lan:80"),
            ("http://127.0.0.1:8989/sdk", "http://127.0.0.1:8989"),
            ("https://[2001:DB8::1]", "https://[2001:db8::1]:443"),
            ("https://[::1]:8443/sdk", "https://[::1]:8443"),
            (" https://vc.lan ", "https://vc.lan:443"),
        ];
        for (url, expected) in table {
            let authority = Authority::from_url(url).expect(url);
            assert_eq!(authority.to_string(), expected, "{url}");
        }
    }

    #[test]
    fn what_names_no_place_is_refused_with_the_reason() {
        let table = [
            ("", AuthorityError::NotUrl),
            ("https://", AuthorityError::NotUrl),
            ("vc.lan", AuthorityError::Scheme),
            ("/sdk", AuthorityError::Scheme),
            ("ftp://vc.lan", AuthorityError::Scheme),
            ("https://root:secret@vc.lan", AuthorityError::User),
            ("https://vc.lan:0", AuthorityError::Port),
            ("https://vc.lan:65536", AuthorityError::Port),
            ("https://vc%2elan", AuthorityError::NotUrl),
            ("https://vc lan", AuthorityError::NotUrl),
        ];
        for (url, expected) in table {
            assert_eq!(Authority::from_url(url), Err(expected), "{url}");
        }
    }

    #[test]
    fn a_place_has_other_spellings() {
        let allowed = Authority::from_url("https://vc.lan/sdk").expect("a URL");
        for url in [
            "https://VC.lan",
            "https://vc.lan.",
            "https://vc.lan:",
            "https://vc.lan:443",
            "https://vc.lan:0443",
        ] {
            let asked = Authority::from_url(url).expect(url);
            assert_eq!(asked, allowed, "{url}");
            assert!(!asked.is_spelled_as(&allowed), "{url}");
        }
        let asked = Authority::from_url("HTTPS://vc.lan/other").expect("a URL");
        assert!(asked.is_spelled_as(&allowed));
    }

    #[test]
    fn other_schemes_hosts_and_ports_are_other_places() {
        let allowed = Authority::from_url("https://vc.lan/sdk").expect("a URL");
        for url in [
            "http://vc.lan:443/sdk",
            "https://vc.lan:8443/sdk",
            "https://vc.lan.evil.test/sdk",
            "https://evil.test/vc.lan",
            "https://10.0.0.5",
            "https://[::ffff:10.0.0.5]",
            "https://167772165",
        ] {
            assert_ne!(Authority::from_url(url).expect(url), allowed, "{url}");
        }
    }
}
