//! What one run may ask of the network.

use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use serde_json::Value;

use super::authority::Authority;
use super::broker::SessionKeeper;
use super::proxy::Proxies;
use super::transport::Transport;
use super::trust::Trust;
use super::vsphere::{Methods, Readable, Rules, Vsphere};
use crate::resilience::{Breaker, Retries};

/// The `source_type` whose collectors speak the vSphere API.
const VCENTER: &str = "vcenter";

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
#[non_exhaustive]
pub struct Policy {
    /// The one place that may be spoken to; `None` denies every exchange.
    pub allowed: Option<Authority>,
    /// Where the vSphere API is, to which every exchange is then a call; `None` for
    /// collectors of another protocol, of which only the place is checked.
    pub vsphere: Option<Vsphere>,
    /// Methods of the vSphere API that may be called.
    pub methods: Methods,
    /// Properties of managed objects that may be read.
    pub readable: Readable,
    /// The collector is given the credential and logs in itself. Otherwise the host
    /// makes the session of a vCenter and the collector sees neither.
    pub credentials_to_guest: bool,
    /// Whose certificates are believed.
    pub trust: Trust,
    /// The way through a proxy, where one leads to the server.
    pub proxies: Proxies,
    /// How much and how long.
    pub limits: Limits,
    /// Who answers instead of the network; `None` is the network.
    pub transport: Option<Arc<dyn Transport>>,
    /// How often a call to the network is sent when it is not answered.
    pub retries: Retries,
    /// An inventory is complete only when the host has counted it for itself.
    pub host_count_required: bool,
    /// Who knows whether the vCenter is to be left alone; `None` lets every run through.
    pub breaker: Option<Breaker>,
    /// Who is left the host's session instead of ending it.
    pub(super) session_to: Option<SessionKeeper>,
    /// Who may have a session for this run.
    pub(super) session_of: Option<SessionKeeper>,
}

impl Policy {
    /// Allows exactly the `source.config.endpoint` of a request document, and
    /// of that the reading calls of the vSphere API, unless `source.source_type`
    /// says that it is no `vcenter`.
    ///
    /// A document without a usable endpoint allows nothing; the collector itself
    /// says what is wrong with it.
    #[must_use]
    pub fn for_request(request: &str) -> Self {
        let document: Value = serde_json::from_str(request).unwrap_or_default();
        let endpoint: Option<Uri> = document
            .pointer("/source/config/endpoint")
            .and_then(Value::as_str)
            .and_then(|endpoint| endpoint.trim().parse().ok());
        let Some(endpoint) = endpoint else {
            return Policy::default();
        };
        Policy {
            allowed: Authority::from_uri(&endpoint).ok(),
            vsphere: is_vcenter(&document).then(|| Vsphere::from_path(endpoint.path())),
            ..Policy::default()
        }
    }

    /// Replaces the methods of the vSphere API that may be called.
    #[must_use]
    pub fn calling(mut self, methods: Methods) -> Self {
        self.methods = methods;
        self
    }

    /// Replaces the properties of managed objects that may be read.
    #[must_use]
    pub fn reading(mut self, readable: Readable) -> Self {
        self.readable = readable;
        self
    }

    /// Gives the credential to the collector, which then logs in itself.
    #[must_use]
    pub fn with_credentials_to_guest(mut self, to_guest: bool) -> Self {
        self.credentials_to_guest = to_guest;
        self
    }

    /// Believes these certificates instead of the system's roots.
    #[must_use]
    pub fn trusting(mut self, trust: Trust) -> Self {
        self.trust = trust;
        self
    }

    /// Reaches the server through the proxy that leads there, if one does.
    #[must_use]
    pub fn by_way_of(mut self, proxies: Proxies) -> Self {
        self.proxies = proxies;
        self
    }

    /// Lets `transport` answer instead of the network.
    #[must_use]
    pub fn through(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Replaces how often a call is sent when it is not answered.
    #[must_use]
    pub fn retrying(mut self, retries: Retries) -> Self {
        self.retries = retries;
        self
    }

    /// Calls an inventory complete only when the host has counted it for itself, which it
    /// cannot where the session is the collector's or the source is no vCenter.
    #[must_use]
    pub fn requiring_host_count(mut self, is_required: bool) -> Self {
        self.host_count_required = is_required;
        self
    }

    /// Lets runs through as `breaker` says.
    #[must_use]
    pub fn guarded(mut self, breaker: Breaker) -> Self {
        self.breaker = Some(breaker);
        self
    }

    /// Leaves the session that the host makes to the next run instead of ending it.
    #[must_use]
    pub fn leaving_session_to(mut self, keeper: SessionKeeper) -> Self {
        self.session_to = Some(keeper);
        self
    }

    /// Goes on in the session that a run before left to `keeper`, if it is of the same account
    /// on the same vCenter.
    #[must_use]
    pub fn with_session_of(mut self, keeper: SessionKeeper) -> Self {
        self.session_of = Some(keeper);
        self
    }

    /// Replaces the limits.
    #[must_use]
    pub fn within(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// What may be called and read.
    pub(super) fn rules(&self) -> Rules<'_> {
        Rules {
            methods: &self.methods,
            readable: &self.readable,
            logs_in: self.credentials_to_guest,
        }
    }
}

/// The source of a request is a vCenter, unless it says that it is not.
pub(crate) fn is_vcenter(document: &Value) -> bool {
    let source_type = document.pointer("/source/source_type");
    source_type.and_then(Value::as_str).unwrap_or(VCENTER) == VCENTER
}

/// How much and how long.
///
/// ```
/// use stocktake_runtime::gateway::{Limits, Policy};
///
/// let mut limits = Limits::default();
/// limits.requests = 500;
/// let policy = Policy::default().within(limits);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Until a connection stands, TLS included. 10 s.
    pub connect: Duration,
    /// Until the head of the response is there. 120 s.
    pub first_byte: Duration,
    /// Between two pieces of a response body. 60 s.
    pub between_bytes: Duration,
    /// For one exchange from the first byte sent to the last received. 300 s, which the
    /// run's own time ends before.
    pub exchange: Duration,
    /// Bytes of one request body. 1 MiB.
    pub request_body: u64,
    /// Bytes of one response body, before decompression and after. 1 GiB.
    pub response_body: u64,
    /// Bytes of all request bodies of a run, and of all response bodies, the latter before
    /// decompression and after. 16 GiB.
    pub run_bytes: u64,
    /// Exchanges of a run. 100,000.
    pub requests: u64,
    /// Exchanges at the same time. 4.
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

    #[test]
    fn a_vcenter_is_asked_by_calls_and_other_sources_in_their_own_protocol() {
        let policy = |source_type: &str, endpoint: &str| {
            Policy::for_request(&format!(
                r#"{{"source":{{{source_type}"config":{{"endpoint":"{endpoint}"}}}}}}"#
            ))
        };
        for (endpoint, path) in [
            ("https://vc.lan", "/sdk"),
            (" https://vc.lan/sdk/ ", "/sdk"),
            ("https://vc.lan/site//", "/site/sdk"),
        ] {
            for source_type in ["", r#""source_type":"vcenter","#, r#""source_type":7,"#] {
                let rules = policy(source_type, endpoint).vsphere.expect(source_type);
                assert_eq!(rules.path(), path, "{endpoint}");
            }
        }
        let other = policy(r#""source_type":"proxmox","#, "https://px.lan");
        assert!(other.allowed.is_some() && other.vsphere.is_none());
    }
}
