//! The network itself: one pooled HTTP/1.1 client for the one server of a run.

use std::sync::Arc;

use async_trait::async_trait;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, HOST, HeaderValue};
use http::uri::PathAndQuery;
use http::{HeaderMap, Uri};
use http_body_util::Full;
use tokio::time::{Instant, timeout};

use super::authority::Authority;
use super::body::{Body, Bounds, Coding, read_ahead};
use super::connector::Connector;
use super::diagnosis::{Cause, Diagnosis};
use super::pool::Pool;
use super::proxy::Proxies;
use super::transport::{OutboundRequest, Transport};
use super::trust::Trust;
use crate::limits::NetworkLimits;

/// Speaks to the one server of a run: see [`Network::http_client`](super::Network::http_client).
#[derive(Clone, Debug)]
pub struct HttpClient {
    pool: Arc<Pool>,
    server: Arc<str>,
    response_bytes: u64,
    run_bytes: u64,
}

impl HttpClient {
    /// Nothing is looked up or connected yet.
    #[must_use]
    pub(super) fn new(
        authority: Authority,
        trust: &Trust,
        proxies: &Proxies,
        limits: &NetworkLimits,
    ) -> Self {
        let server: Arc<str> = authority.to_string().into();
        let proxy = proxies.to(&authority).cloned();
        let connector = Connector::new(authority, trust, proxy, limits.connect);
        HttpClient {
            pool: Pool::new(connector, server.clone()),
            server,
            response_bytes: limits.response_bytes,
            run_bytes: limits.run_bytes,
        }
    }
}

#[async_trait]
impl Transport for HttpClient {
    async fn send(&self, outbound: OutboundRequest) -> Result<http::Response<Body>, Diagnosis> {
        let OutboundRequest {
            mut request,
            timeouts,
            meter,
            ..
        } = outbound;
        let deadline = Instant::now() + timeouts.exchange;
        address_by_host(&mut request);
        let answer = self.pool.send(request.map(Full::new));
        let limit = timeouts.first_byte.min(timeouts.exchange);
        let (response, lease) = match timeout(limit, answer).await {
            Ok(Ok(answered)) => answered,
            Ok(Err(diagnosis)) => return Err(diagnosis),
            Err(_) => {
                let message = format!(
                    "{} did not answer within {limit:?}; try again later or raise the limit",
                    self.server
                );
                return Err(Diagnosis::new(Cause::ResponseTimeout, message));
            }
        };
        let (mut head, incoming) = response.into_parts();
        let coding = take_coding(&mut head.headers, &self.server)?;
        let bounds = Bounds {
            bytes: self.response_bytes,
            run_bytes: self.run_bytes,
            between_bytes: timeouts.between_bytes,
            deadline: (deadline, timeouts.exchange),
        };
        let body = read_ahead(
            incoming,
            coding,
            bounds,
            meter,
            self.server.clone(),
            Some(lease),
        );
        Ok(http::Response::from_parts(head, body))
    }
}

/// Takes the coding out of the headers, and the length that goes with it.
fn take_coding(headers: &mut HeaderMap, server: &str) -> Result<Coding, Diagnosis> {
    let codings: Vec<String> = headers
        .get_all(CONTENT_ENCODING)
        .iter()
        .map(|value| {
            String::from_utf8_lossy(value.as_bytes())
                .trim()
                .to_ascii_lowercase()
        })
        .filter(|coding| coding != "identity" && !coding.is_empty())
        .collect();
    match codings.as_slice() {
        [] => Ok(Coding::Identity),
        [coding] if coding == "gzip" || coding == "x-gzip" => {
            headers.remove(CONTENT_ENCODING);
            headers.remove(CONTENT_LENGTH);
            Ok(Coding::Gzip)
        }
        other => Err(Diagnosis::new(
            Cause::Coding,
            format!(
                "{server} answered in the coding {} although only gzip was offered; look for a proxy in between",
                crate::quote::printable(&other.join(", "), 100)
            ),
        )),
    }
}

/// A server is addressed by the header `host`, and its path stands alone in the request line.
fn address_by_host<T>(request: &mut http::Request<T>) {
    if !request.headers().contains_key(HOST) {
        let authority = request.uri().authority().map(|place| place.as_str());
        if let Some(host) = authority.and_then(|place| HeaderValue::from_str(place).ok()) {
            request.headers_mut().insert(HOST, host);
        }
    }
    let path = request.uri().path_and_query().cloned();
    *request.uri_mut() = Uri::from(path.unwrap_or(PathAndQuery::from_static("/")));
}

#[cfg(test)]
mod tests;
