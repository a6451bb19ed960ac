//! Where a source is.

use std::fmt;
use std::str::FromStr;

/// `source.config.endpoint`: scheme, host and, when given, port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// By TLS.
    pub(crate) is_tls: bool,
    /// Host and, when given, port.
    pub(crate) authority: String,
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_tls { "https" } else { "http" };
        write!(f, "{scheme}://{}", self.authority)
    }
}

impl FromStr for Endpoint {
    type Err = &'static str;

    /// The reason quotes nothing: a URL may contain a password.
    fn from_str(text: &str) -> Result<Self, &'static str> {
        let reason = "is not a usable URL; it must look like https://host[:port]";
        let (scheme, rest) = text.split_once("://").ok_or(reason)?;
        let authority = rest.trim_end_matches('/');
        let is_foreign = |c: char| c.is_whitespace() || c.is_control() || r"/?#@\".contains(c);
        if authority.is_empty() || authority.contains(is_foreign) {
            return Err(reason);
        }
        let is_tls = match scheme {
            "https" => true,
            "http" => false,
            _ => return Err(reason),
        };
        let authority = authority.to_owned();
        Ok(Endpoint { is_tls, authority })
    }
}

#[cfg(test)]
mod tests {
    use super::Endpoint;

    #[test]
    fn an_endpoint_is_a_scheme_and_a_host() {
        for (text, read) in [
            ("https://inventory.example", "https://inventory.example"),
            ("http://[::1]:8080/", "http://[::1]:8080"),
        ] {
            let endpoint: Endpoint = text.parse().expect(text);
            assert_eq!(endpoint.to_string(), read);
        }
    }

    #[test]
    fn what_is_no_endpoint_is_refused_by_the_shape_it_must_have() {
        for text in [
            "",
            "host",
            "https://",
            "https:///",
            "ftp://host",
            "https://user:s3cret@host",
            "https://host/path",
            "https://host?s3cret",
            "https://host\\@other",
            "https://ho st",
            "https://host\r\n",
        ] {
            let reason = text.parse::<Endpoint>().expect_err(text);
            assert!(reason.contains("https://host[:port]"), "{text}: {reason}");
            assert!(!reason.contains("s3cret"), "{reason}");
        }
    }
}
