//! A transport that repeats what may be repeated.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, Method, StatusCode};
use tokio::time::{Instant, sleep};

use super::backoff::Backoff;
use super::retry_after;
use crate::gateway::{Authority, Body, Cause, Diagnosis, OutboundRequest, Transport};

/// Calls that change nothing on the server, so that repeating one whose answer was lost is harmless.
///
/// Not among them: `ContinueRetrievePropertiesEx`, whose token is spent; `CreateContainerView`
/// and `Login`, of which the first may have been done and would be left behind; and what
/// cleans up, which must not make the end of a run wait.
const REPEATABLE: [&str; 4] = [
    "RetrieveServiceContent",
    "CurrentTime",
    "RetrieveProperties",
    "RetrievePropertiesEx",
];

/// The list of API versions, the one document that is fetched rather than called.
const VERSIONS: &str = "vimServiceVersions.xml";

/// How often and how patiently a call is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retries {
    /// Attempts in all, the first one included; 1 repeats nothing.
    pub attempts: u32,
    /// How long to wait when the server does not say.
    pub backoff: Backoff,
    /// The longest `Retry-After` that is waited for; a server that asks for more is told on.
    pub patience: Duration,
}

impl Default for Retries {
    fn default() -> Self {
        Retries {
            attempts: 3,
            backoff: Backoff::default(),
            patience: Duration::from_secs(30),
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

    /// How long to wait behind attempt number `attempt`, if another one is worth it and allowed.
    fn wait(&self, attempt: u32, transient: &Transient) -> Option<Duration> {
        if attempt >= self.retries.attempts {
            return None;
        }
        let wait = match transient.asked {
            Some(asked) if asked > self.retries.patience => return None,
            Some(asked) => asked,
            None => self.retries.backoff.wait(attempt, fastrand::u64(..)),
        };
        let in_time = |deadline| Instant::now() + wait < deadline;
        self.bounds.deadline.is_none_or(in_time).then_some(wait)
    }
}

#[async_trait]
impl Transport for Retry {
    async fn send(&self, outbound: OutboundRequest) -> Result<http::Response<Body>, Diagnosis> {
        let Some(method) = repeatable(&outbound) else {
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
                method,
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

/// The name of a call that may be repeated.
fn repeatable(outbound: &OutboundRequest) -> Option<&'static str> {
    let request = &outbound.request;
    match &outbound.operation {
        Some(operation) => REPEATABLE
            .into_iter()
            .find(|&method| method == operation.method),
        None => {
            let fetches =
                request.method() == Method::GET && request.uri().path().ends_with(VERSIONS);
            fetches.then_some(VERSIONS)
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
