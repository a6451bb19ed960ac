//! Requests over TLS, or plain HTTP to this machine only.
//!
//! The threat: a registry, or a server in front of it, redirects the client to steal its credential,
//! or without end. So every URL, first or redirected to, must be https or on this machine; the
//! credential goes only to the registry's own origin; and bodies and redirects are limited.

use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, LOCATION, WWW_AUTHENTICATE};
use http::{HeaderMap, Method, Request, StatusCode};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use url::{Host, Url};

use crate::error::Error;

/// Registries redirect to their storage, and that sometimes to a cache.
const REDIRECTS: usize = 5;
const CONNECT: Duration = Duration::from_secs(10);
const ANSWER: Duration = Duration::from_secs(60);
/// Time limit of an exchange: the largest component over a slow connection.
const EXCHANGE: Duration = Duration::from_secs(600);
/// Limit of the body of an error or a token.
const SMALL: u64 = 1 << 20;
/// Limit of the text of an error that is shown.
const SHOWN: usize = 300;

/// Sends requests to one registry and to its redirect targets.
#[derive(Debug)]
pub(super) struct Transport {
    agent: ureq::Agent,
    place: String,
    /// Whether plain HTTP is used, to a registry on this machine.
    plain: bool,
}

/// A request.
#[derive(Debug)]
pub(super) struct Call<'c> {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) accept: Option<&'c str>,
    pub(super) content_type: Option<&'c str>,
    pub(super) body: Option<&'c [u8]>,
    /// The most that is read of the response, in bytes.
    pub(super) limit: u64,
}

impl Call<'_> {
    pub(super) fn new(method: Method, url: Url) -> Self {
        Call {
            method,
            url,
            accept: None,
            content_type: None,
            body: None,
            limit: SMALL,
        }
    }
}

/// A response, its body cut off at the limit of the call.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) body: Vec<u8>,
    /// The challenges of `WWW-Authenticate`.
    pub(super) challenges: Vec<String>,
    location: Option<String>,
}

impl Reply {
    /// The error message of the registry after a colon; empty if there is none.
    pub(super) fn message(&self) -> String {
        let said = serde_json::from_slice(&self.body).unwrap_or(serde_json::Value::Null);
        let first = &said["errors"][0];
        let texts = ["code", "message"].map(|key| first[key].as_str().unwrap_or_default());
        let words: Vec<&str> = texts.into_iter().filter(|text| !text.is_empty()).collect();
        match words.as_slice() {
            [] => String::new(),
            words => format!(": {}", printable(&words.join(", "))),
        }
    }
}

/// An untrusted text, shortened and without control characters.
pub(super) fn printable(text: &str) -> String {
    let clean = text
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter });
    clean.take(SHOWN).collect()
}

impl Transport {
    pub(super) fn new(place: &str, base: &Url, ca_file: Option<&Path>) -> Result<Self, Error> {
        let plain = base.scheme() == "http";
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut tls = TlsConfig::builder().unversioned_rustls_crypto_provider(provider);
        if plain {
            if !on_this_machine(base) {
                let reason = "plain HTTP is for registries on this machine (127.0.0.1, [::1], localhost); omit --plain-http";
                return Err(Error::unusable(place, reason));
            }
        } else {
            tls = tls.root_certs(roots(place, ca_file)?);
        }
        let agent = ureq::Agent::config_builder()
            .tls_config(tls.build())
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            // No proxy, whatever the environment says.
            .proxy(None)
            .user_agent(concat!("stocktake/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(CONNECT))
            .timeout_recv_response(Some(ANSWER))
            .timeout_global(Some(EXCHANGE))
            .build()
            .new_agent();
        Ok(Transport {
            agent,
            place: place.to_owned(),
            plain,
        })
    }

    /// Sends a call and follows redirects if it only reads. `authorization` is sent to the first origin only.
    pub(super) fn send(
        &self,
        call: &Call<'_>,
        authorization: Option<&str>,
    ) -> Result<Reply, Error> {
        let mut url = call.url.clone();
        for _ in 0..=REDIRECTS {
            let ours = url.origin() == call.url.origin();
            let reply = self.exchange(call, &url, authorization.filter(|_| ours))?;
            let reads = matches!(call.method, Method::GET | Method::HEAD);
            if !(reads && reply.status.is_redirection()) {
                return Ok(reply);
            }
            url = self.location(&url, &reply)?;
        }
        let reason = format!("it redirected more than {REDIRECTS} times");
        Err(Error::unusable(&self.place, reason))
    }

    /// The target of a redirect.
    pub(super) fn location(&self, from: &Url, reply: &Reply) -> Result<Url, Error> {
        let refused = |reason: String| Error::unusable(&self.place, reason);
        let Some(location) = &reply.location else {
            let status = reply.status;
            return Err(refused(format!("it answered {status} without a Location")));
        };
        from.join(location)
            .map_err(|error| refused(format!("its Location is not a URL: {error}")))
    }

    fn exchange(
        &self,
        call: &Call<'_>,
        url: &Url,
        authorization: Option<&str>,
    ) -> Result<Reply, Error> {
        self.permit(url)?;
        let mut request = Request::builder()
            .method(call.method.clone())
            .uri(url.as_str());
        for (name, value) in [
            (ACCEPT, call.accept),
            (CONTENT_TYPE, call.content_type),
            (AUTHORIZATION, authorization),
        ] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        let unsent = |error: http::Error| Error::unusable(&self.place, error.to_string());
        let failed = |error: ureq::Error| Error::unusable(&self.place, diagnosed(url, &error));
        let answered = match call.body {
            Some(body) => self.agent.run(request.body(body).map_err(unsent)?),
            None => self.agent.run(request.body(()).map_err(unsent)?),
        };
        let (parts, body) = answered.map_err(failed)?.into_parts();
        let limit = if parts.status.is_success() {
            call.limit
        } else {
            SMALL
        };
        let mut bytes = Vec::new();
        body.into_reader()
            .take(limit)
            .read_to_end(&mut bytes)
            .map_err(|error| failed(ureq::Error::Io(error)))?;
        Ok(Reply {
            status: parts.status,
            body: bytes,
            challenges: texts(&parts.headers, &WWW_AUTHENTICATE),
            location: texts(&parts.headers, &LOCATION).into_iter().next(),
        })
    }

    /// https, or plain HTTP on this machine when the registry is on it too.
    fn permit(&self, url: &Url) -> Result<(), Error> {
        let private = url.scheme() == "https" && !self.plain;
        let plain = url.scheme() == "http" && self.plain && on_this_machine(url);
        if private || plain {
            return Ok(());
        }
        let to = printable(&url.origin().ascii_serialization());
        let reason = format!(
            "it redirects to {to}; expected https://, or, for a registry on this machine with --plain-http, http:// on this machine"
        );
        Err(Error::unusable(&self.place, reason))
    }
}

fn texts(headers: &HeaderMap, name: &http::HeaderName) -> Vec<String> {
    let values = headers.get_all(name).into_iter();
    values
        .filter_map(|value| value.to_str().ok().map(str::to_owned))
        .collect()
}

fn on_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn roots(place: &str, ca_file: Option<&Path>) -> Result<RootCerts, Error> {
    let certificates: Vec<CertificateDer<'static>> = match ca_file {
        Some(file) => {
            let refused = |reason: String| {
                let reason = format!("ca file {}: {reason}", file.display());
                Error::unusable(place, reason)
            };
            let pem = std::fs::read(file).map_err(|error| refused(error.to_string()))?;
            let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
            read.map_err(|_| {
                refused("it contains a damaged certificate; export it again".to_owned())
            })?
        }
        None => rustls_native_certs::load_native_certs().certs,
    };
    if certificates.is_empty() {
        let reason = match ca_file {
            Some(file) => format!("ca file {} contains no certificate; expected PEM", file.display()),
            None => "this machine has no certificate authorities; install them (ca-certificates), or use --ca-file".to_owned(),
        };
        return Err(Error::unusable(place, reason));
    }
    let certificates: Vec<_> = certificates
        .iter()
        .map(|der| Certificate::from_der(der).to_owned())
        .collect();
    Ok(RootCerts::new_with_certs(&certificates))
}

/// The error below HTTP, with its cure.
fn diagnosed(url: &Url, error: &ureq::Error) -> String {
    use std::io::ErrorKind;

    let origin = url.origin().ascii_serialization();
    let tls = match error {
        ureq::Error::Rustls(error) => Some(error),
        ureq::Error::Io(error) => error.get_ref().and_then(|inner| inner.downcast_ref()),
        _ => None,
    };
    match (tls, error) {
        (Some(rustls::Error::InvalidCertificate(reason)), _) => format!(
            "the certificate of {origin} is not trusted: {reason}; give its authority by --ca-file"
        ),
        (Some(rustls::Error::InvalidMessage(_)), _) => format!(
            "{origin} does not use TLS; check the port, or use --plain-http if it is on this machine"
        ),
        (None, ureq::Error::Io(error)) if error.kind() == ErrorKind::ConnectionRefused => {
            format!(
                "the connection to {origin} is refused; check the port and that the registry is running"
            )
        }
        (None, ureq::Error::HostNotFound) => {
            format!("{origin} cannot be resolved; check the spelling and DNS")
        }
        _ => format!("the exchange with {origin} failed: {error}"),
    }
}
