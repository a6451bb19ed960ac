//! What one run may do.

use std::sync::Arc;

use crate::gateway::{Authority, HttpClient, Network, Proxies, Retries, Transport, Trust};
use crate::limits::Limits;
use crate::request::Request;
use crate::vsphere::{Methods, Readable, SessionKeeper, Vsphere};

/// What one run may do. The default denies every exchange.
///
/// ```
/// use stocktake_runtime::gateway::Trust;
/// use stocktake_runtime::{Policy, Request};
///
/// let request = Request::parse(r#"{"source":{"config":{"endpoint":"https://vc.lan/"}}}"#)?;
/// let policy = Policy::for_request(&request).trusting(Trust::Insecure);
/// assert_eq!(policy.network.allowed.expect("an endpoint").to_string(), "https://vc.lan:443");
/// # Ok::<(), stocktake_runtime::contract::Problem>(())
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Policy {
    /// The one server that may be spoken to, and the way there.
    pub network: Network,
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
    /// How much and how long.
    pub limits: Limits,
    /// An inventory is complete only when the host has counted it for itself.
    pub host_count_required: bool,
    /// Objects that the host reads for itself and compares; none unless asked for.
    pub spot_check: usize,
    /// Keeps the host's session for the next run instead of ending it.
    pub(crate) session_to: Option<SessionKeeper>,
    /// May have a session for this run.
    pub(crate) session_of: Option<SessionKeeper>,
}

impl Policy {
    /// Allows exactly the `source.config.endpoint` of a request, and
    /// of that the reading calls of the vSphere API, unless `source.source_type`
    /// is not `vcenter`.
    ///
    /// A request without a usable endpoint allows nothing; the collector itself
    /// says what is wrong with it.
    #[must_use]
    pub fn for_request(request: &Request) -> Self {
        let Some(endpoint) = request.endpoint() else {
            return Policy::default();
        };
        let vsphere = request
            .is_vcenter()
            .then(|| Vsphere::from_path(endpoint.path()));
        Policy {
            network: Network {
                allowed: Authority::from_uri(&endpoint).ok(),
                ..Network::default()
            },
            vsphere,
            ..Policy::default()
        }
    }

    /// A client of the one server that may be spoken to, for a [`Transport`] that passes exchanges on; `None` when
    /// there is none. Nothing is looked up or connected yet.
    #[must_use]
    pub fn http_client(&self) -> Option<HttpClient> {
        self.network.http_client(&self.limits.network)
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

    /// Trusts these certificates instead of the system's roots.
    #[must_use]
    pub fn trusting(mut self, trust: Trust) -> Self {
        self.network.trust = trust;
        self
    }

    /// Reaches the server through the proxy that leads there, if one does.
    #[must_use]
    pub fn by_way_of(mut self, proxies: Proxies) -> Self {
        self.network.proxies = proxies;
        self
    }

    /// Lets `transport` answer instead of the network.
    #[must_use]
    pub fn through(mut self, transport: Arc<dyn Transport>) -> Self {
        self.network.transport = Some(transport);
        self
    }

    /// Replaces how often a call is sent when it is not answered.
    #[must_use]
    pub fn retrying(mut self, retries: Retries) -> Self {
        self.network.retries = retries;
        self
    }

    /// Calls an inventory complete only when the host has counted it for itself, which it
    /// cannot where the session is the collector's or the source is not a vCenter.
    #[must_use]
    pub fn requiring_host_count(mut self, is_required: bool) -> Self {
        self.host_count_required = is_required;
        self
    }

    /// Calls an inventory complete only when the host has counted it and read `objects` of it, drawn
    /// at random, for itself, and finds name, power state, UUIDs and place as the collector says.
    #[must_use]
    pub fn spot_checking(mut self, objects: usize) -> Self {
        self.spot_check = objects;
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
}

#[cfg(test)]
mod tests {
    use super::Policy;
    use crate::request::Request;

    fn policy(request: &str) -> Policy {
        Policy::for_request(&Request::parse(request).expect("JSON"))
    }

    #[test]
    fn a_request_without_a_usable_endpoint_allows_nothing() {
        for request in [
            "{}",
            r#"{"source":{"config":{}}}"#,
            r#"{"source":{"config":{"endpoint":7}}}"#,
            r#"{"source":{"config":{"endpoint":"vc.lan"}}}"#,
        ] {
            assert!(policy(request).network.allowed.is_none(), "{request}");
        }
    }

    #[test]
    fn a_vcenter_is_asked_by_calls_and_other_sources_in_their_own_protocol() {
        let policy = |source_type: &str, endpoint: &str| {
            policy(&format!(
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
        assert!(other.network.allowed.is_some() && other.vsphere.is_none());
    }
}
