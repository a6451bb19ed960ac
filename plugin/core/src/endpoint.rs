//! The endpoint of a vCenter.

use std::str::FromStr;

/// An endpoint of `source.config.endpoint`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// `https` or, where allowed, `http`.
    pub scheme: Scheme,
    /// Host and, when given, port.
    pub authority: String,
    /// Path of the SOAP API; ends with `/sdk`.
    pub path: String,
}

/// How the endpoint is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Plain HTTP.
    Http,
    /// HTTP over TLS.
    Https,
}

impl Scheme {
    /// As in a URL.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Scheme::Http => "http",
            Scheme::Https => "https",
        }
    }
}

impl FromStr for Endpoint {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        const SHAPE: &str = "it must look like https://host[:port]";
        let uri: http::Uri = text
            .trim()
            .parse()
            .map_err(|_| format!("is not a URL; {SHAPE}"))?;
        let scheme = match uri.scheme_str() {
            Some("https") => Scheme::Https,
            Some("http") => Scheme::Http,
            _ => return Err(format!("has no scheme https or http; {SHAPE}")),
        };
        let authority = uri
            .authority()
            .filter(|authority| !authority.host().is_empty())
            .ok_or_else(|| format!("has no host; {SHAPE}"))?;
        if authority.as_str().contains('@') {
            return Err(format!(
                "carries credentials; put them into source.credential, {SHAPE}"
            ));
        }
        if !uri.path().is_ascii() {
            return Err(format!("has a path that is not ASCII; {SHAPE}"));
        }
        if uri.query().is_some() {
            return Err(format!("carries a query; {SHAPE}"));
        }
        let path = uri.path().trim_end_matches('/');
        let path = if path.ends_with("/sdk") {
            path.to_owned()
        } else {
            format!("{path}/sdk")
        };
        Ok(Endpoint {
            scheme,
            authority: authority.as_str().to_owned(),
            path,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Endpoint;

    #[test]
    fn the_sdk_path_is_appended_unless_it_is_there() {
        let cases = [
            ("https://vc", "vc", "/sdk"),
            ("https://vc/", "vc", "/sdk"),
            ("https://vc:8443///", "vc:8443", "/sdk"),
            ("https://vc/sdk", "vc", "/sdk"),
            ("https://vc/sdk/", "vc", "/sdk"),
            ("http://[::1]:8080/proxy", "[::1]:8080", "/proxy/sdk"),
        ];
        for (text, authority, path) in cases {
            let endpoint: Endpoint = text.parse().expect(text);
            assert_eq!(
                (endpoint.authority.as_str(), endpoint.path.as_str()),
                (authority, path),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_endpoint_is_refused_with_the_shape_it_must_have() {
        for text in [
            "",
            "vc",
            "vc:443",
            "ftp://vc",
            "https://",
            "https://u:p@vc",
            "https://vc/?a=b",
            "https://a b",
        ] {
            let reason = text.parse::<Endpoint>().expect_err(text);
            assert!(reason.contains("https://host[:port]"), "{text}: {reason}");
        }
    }
}
