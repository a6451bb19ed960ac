//! What one run may ask of the network.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::authority::Authority;
use super::trust::Trust;
use super::upstream::Upstream;

/// What one run may ask of the network. The default denies everything.
///
/// ```
/// use stocktake_runtime::gateway::{Policy, Trust};
///
/// let request = r#"{"source":{"config":{"endpoint":"https://vc.lan/"}}}"#;
/// let policy = Policy::for_request(request).trusting(Trust::Insecure);
/// assert_eq!(policy.allowed.expect("an endpoint").to_string(), "https://vc.lan:443");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// The one place that may be spoken to; `None` denies every exchange.
    pub allowed: Option<Authority>,
    /// Whose certificates are believed.
    pub trust: Trust,
    /// How much and how long.
    pub limits: Limits,
    /// Who answers instead of the network; `None` is the network.
    pub upstream: Option<Arc<dyn Upstream>>,
}

impl Policy {
    /// Allows exactly the `source.config.endpoint` of a request document.
    ///
    /// A document without a usable endpoint allows nothing; the collector itself
    /// says what is wrong with it.
    #[must_use]
    pub fn for_request(request: &str) -> Self {
        let endpoint = serde_json::from_str(request)
            .ok()
            .and_then(|document: Value| {
                let endpoint = document.pointer("/source/config/endpoint")?.as_str()?;
                Authority::of_url(endpoint).ok()
            });
        Policy {
            allowed: endpoint,
            ..Policy::default()
        }
    }

    /// Believes these certificates instead of the system's roots.
    #[must_use]
    pub fn trusting(mut self, trust: Trust) -> Self {
        self.trust = trust;
        self
    }

    /// Lets `upstream` answer instead of the network.
    #[must_use]
    pub fn through(mut self, upstream: Arc<dyn Upstream>) -> Self {
        self.upstream = Some(upstream);
        self
    }

    /// Replaces the limits.
    #[must_use]
    pub fn within(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }
}

/// How much and how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Until a connection stands, TLS included.
    pub connect: Duration,
    /// Until the head of the response is there.
    pub first_byte: Duration,
    /// Between two pieces of a response body.
    pub between_bytes: Duration,
    /// For one exchange from the first byte sent to the last received.
    pub exchange: Duration,
    /// Bytes of one request body.
    pub request_body: u64,
    /// Bytes of one response body, before decompression and after.
    pub response_body: u64,
    /// Bytes of all request bodies of a run, and of all response bodies, the latter before
    /// decompression and after.
    pub run_bytes: u64,
    /// Exchanges of a run.
    pub requests: u64,
    /// Exchanges at the same time.
    pub in_flight: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            connect: Duration::from_secs(10),
            first_byte: Duration::from_secs(120),
            between_bytes: Duration::from_secs(60),
            exchange: Duration::from_secs(300),
            request_body: 1 << 20,
            response_body: 1 << 30,
            run_bytes: 16 << 30,
            requests: 100_000,
            in_flight: 4,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Policy;

    #[test]
    fn a_request_without_a_usable_endpoint_allows_nothing() {
        for request in [
            "",
            "{}",
            r#"{"source":{"config":{}}}"#,
            r#"{"source":{"config":{"endpoint":7}}}"#,
            r#"{"source":{"config":{"endpoint":"vc.lan"}}}"#,
        ] {
            assert!(Policy::for_request(request).allowed.is_none(), "{request}");
        }
    }
}
