//! A transport that repeats what may be repeated.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep};

use super::authority::Authority;
use super::body::Body;
use super::diagnosis::{Cause, Diagnosis};
use super::transport::{OutboundRequest, Transport};
use crate::seconds;

pub use backoff::Backoff;

mod backoff;
mod retry_after;

/// How often, and how long apart, a call is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Retries {
    /// Attempts in all, the first one included; 1 repeats nothing.
    pub attempts: u32,
    /// About how long to wait before the second attempt when the server does not say; it doubles
    /// with each. `first_wait_seconds` in a document.
    #[serde(rename = "first_wait_seconds", with = "seconds")]
    pub first_wait: Duration,
    /// What the wait doubles up to; `longest_wait_seconds` in a document.
    #[serde(rename = "longest_wait_seconds", with = "seconds")]
    pub longest_wait: Duration,
    /// The longest `Retry-After` that is waited for: a server that asks for more is not asked again.
    /// `longest_retry_after_seconds` in a document.
    #[serde(rename = "longest_retry_after_seconds", with = "seconds")]
    pub longest_retry_after: Duration,
}

impl Default for Retries {
    fn default() -> Self {
        let Backoff { first, longest } = Backoff::default();
        Retries {
            attempts: 3,
            first_wait: first,
            longest_wait: longest,
            longest_retry_after: Duration::from_secs(30),
        }
    }
}

/// What bounds the retries of one run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Requests of the run, those repeated included.
    pub(crate) requests: u64,
    /// No attempt begins later.
    pub(crate) deadline: Option<Instant>,
}

/// Repeats calls that failed before an answer began, if repeating changes nothing.
///
/// An answer whose head was handed on is never asked for again: the collector has read
/// of it. Waiting between attempts ends when the future is dropped, which is what the
/// gateway does when a run is ended.
#[derive(Debug)]
pub(crate) struct Retry {
    endpoint: Authority,
    transport: Arc<dyn Transport>,
    retries: Retries,
    bounds: Bounds,
}

impl Retry {
    /// Repeats what `transport` fails at, which speaks to `endpoint`.
    #[must_use]
    pub(crate) fn new(
        endpoint: Authority,
        transport: Arc<dyn Transport>,
        retries: Retries,
        bounds: Bounds,
    ) -> Self {
        Retry {
            endpoint,
            transport,
            retries,
            bounds,
        }
    }

    /// Counts another attempt, which takes from the run's budget like any request.
    fn count(&self, outbound: &OutboundRequest) -> Result<(), Diagnosis> {
        let (used, allowed) = (outbound.meter.request(), self.bounds.requests);
        if used >= allowed {
            let used = used.saturating_add(1);
            return Err(Diagnosis::over_budget(
                "requests", used, allowed, "requests",
            ));
        }
        outbound.meter.sent(outbound.request.body().len());
        Ok(())
    }

    fn backoff(&self) -> Backoff {
        Backoff {
            first: self.retries.first_wait,
            longest: self.retries.longest_wait,
        }
    }

    /// How long to wait behind attempt number `attempt`, if another one is worth it and allowed.
    fn wait(&self, attempt: u32, transient: &Transient) -> Option<Duration> {
        if attempt >= self.retries.attempts {
            return None;
        }
        let wait = match transient.asked {
            Some(asked) if asked > self.retries.longest_retry_after => return None,
            Some(asked) => asked,
            None => self.backoff().wait(attempt, fastrand::u64(..)),
        };
        let in_time = |deadline| Instant::now() + wait < deadline;
        self.bounds.deadline.is_none_or(in_time).then_some(wait)
    }
}

#[async_trait]
impl Transport for Retry {
    async fn send(&self, outbound: OutboundRequest) -> Result<http::Response<Body>, Diagnosis> {
        let Some(call) = outbound.call.clone().filter(|call| call.is_repeatable) else {
            return self.transport.send(outbound).await;
        };
        let mut attempt = 1;
        loop {
            let answer = self.transport.send(outbound.clone()).await;
            let Some(transient) = Transient::of(&answer, SystemTime::now()) else {
                return answer;
            };
            let Some(wait) = self.wait(attempt, &transient) else {
                return answer;
            };
            // Its connection is of no use until the rest of the answer is read.
            drop(answer);
            tracing::warn!(
                endpoint = %self.endpoint,
                method = call.name,
                attempt,
                cause = transient.cause,
                wait_ms = wait.as_millis(),
                "a call is tried again"
            );
            sleep(wait).await;
            self.count(&outbound)?;
            attempt += 1;
        }
    }
}

/// A failure that the next attempt may not meet.
#[derive(Debug, PartialEq, Eq)]
struct Transient {
    cause: &'static str,
    /// The wait that the server asks for.
    asked: Option<Duration>,
}

impl Transient {
    /// `None` for an answer that is to be handed on, and for what another attempt would
    /// meet again: a refused certificate, a broken rule, a name that does not resolve.
    fn of(answer: &Result<http::Response<Body>, Diagnosis>, now: SystemTime) -> Option<Self> {
        match answer {
            Ok(response) => Transient::from_head(response.status(), response.headers(), now),
            Err(diagnosis) => {
                let cause = match diagnosis.cause {
                    Cause::Refused => "connection refused",
                    Cause::Unreachable => "unreachable",
                    Cause::ConnectTimeout => "connect timeout",
                    Cause::ProxyUnreachable => "proxy unreachable",
                    Cause::Incomplete => "connection ended before the answer",
                    _ => return None,
                };
                Some(Transient { cause, asked: None })
            }
        }
    }

    fn from_head(status: StatusCode, headers: &HeaderMap, now: SystemTime) -> Option<Self> {
        let cause = match status {
            StatusCode::TOO_MANY_REQUESTS => "429",
            StatusCode::BAD_GATEWAY => "502",
            StatusCode::SERVICE_UNAVAILABLE => "503",
            StatusCode::GATEWAY_TIMEOUT => "504",
            _ => return None,
        };
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        // XML is the vCenter's own word, and may be a fault that means something to the collector.
        let is_xml = |kind: &str| kind.to_ascii_lowercase().contains("xml");
        if text(CONTENT_TYPE).is_some_and(is_xml) {
            return None;
        }
        let asked = text(RETRY_AFTER).and_then(|value| retry_after::parse(value, now));
        Some(Transient { cause, asked })
    }
}

#[cfg(test)]
mod tests;
