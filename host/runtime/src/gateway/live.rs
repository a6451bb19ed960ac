//! The network itself: one pooled HTTP/1.1 client for the one server of a run.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http_body_util::Full;
use hyper_util::client::legacy::{Client, Error as ClientError};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::time::{Instant, timeout};

use super::authority::Authority;
use super::body::{Body, Bounds, Coding, read_ahead};
use super::connector::Connector;
use super::diagnosis::{Cause, Diagnosis};
use super::policy::Policy;
use super::upstream::{Outbound, Upstream};

/// Servers close idle connections without a word; ours are given up first.
const IDLE: Duration = Duration::from_secs(20);

/// Speaks to the server that a policy allows.
#[derive(Clone, Debug)]
pub struct Live {
    client: Client<Connector, Full<Bytes>>,
    server: Arc<str>,
    response_body: u64,
}

impl Live {
    /// Nothing is looked up or connected yet.
    #[must_use]
    pub fn new(authority: Authority, policy: &Policy) -> Self {
        let server = authority.to_string().into();
        let connector = Connector::new(authority, &policy.trust, policy.limits.connect);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .build(connector);
        Live {
            client,
            server,
            response_body: policy.limits.response_body,
        }
    }

    fn diagnose(&self, error: &ClientError) -> Diagnosis {
        let server = &self.server;
        let mut source = error.source();
        let mut hyper_error = None;
        while let Some(cause) = source {
            if let Some(diagnosis) = cause.downcast_ref::<Diagnosis>() {
                return diagnosis.clone();
            }
            hyper_error = hyper_error.or_else(|| cause.downcast_ref::<hyper::Error>());
            source = cause.source();
        }
        match hyper_error {
            Some(error) if error.is_parse() => Diagnosis::new(
                Cause::Protocol,
                format!(
                    "{server} answered something that is not HTTP; check scheme and port of the endpoint"
                ),
            ),
            _ => Diagnosis::new(
                Cause::Incomplete,
                format!(
                    "{server} ended the connection before it answered: {}",
                    innermost(error)
                ),
            ),
        }
    }
}

#[async_trait]
impl Upstream for Live {
    async fn send(&self, outbound: Outbound) -> Result<http::Response<Body>, Diagnosis> {
        let Outbound {
            request,
            times,
            meter,
        } = outbound;
        let deadline = Instant::now() + times.exchange;
        let answer = self.client.request(request.map(Full::new));
        let patience = times.first_byte.min(times.exchange);
        let response = match timeout(patience, answer).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(self.diagnose(&error)),
            Err(_) => {
                let message = format!(
                    "{} did not answer within {patience:?}; try again later or raise the limit",
                    self.server
                );
                return Err(Diagnosis::new(Cause::ResponseTimeout, message));
            }
        };
        let (mut head, incoming) = response.into_parts();
        let coding = take_coding(&mut head.headers, &self.server)?;
        let bounds = Bounds {
            bytes: self.response_body,
            between_bytes: times.between_bytes,
            deadline: (deadline, times.exchange),
        };
        let body = read_ahead(incoming, coding, bounds, meter, self.server.clone());
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

fn innermost(error: &ClientError) -> String {
    let mut inner: &dyn std::error::Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}

#[cfg(test)]
mod tests;
