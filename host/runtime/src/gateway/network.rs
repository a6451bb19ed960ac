//! The one server that a run may speak to, and the way there.

use std::sync::Arc;

use tokio::time::Instant;

use super::authority::Authority;
use super::http_client::HttpClient;
use super::proxy::Proxies;
use super::retry::{Bounds, Retries, Retry};
use super::transport::Transport;
use super::trust::Trust;
use crate::limits::NetworkLimits;

/// The one server that a run may speak to, and the way there. The default denies everything.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Network {
    /// The one server that may be spoken to; `None` denies every exchange.
    pub allowed: Option<Authority>,
    /// Which certificates are trusted.
    pub trust: Trust,
    /// The way through a proxy, where one leads to the server.
    pub proxies: Proxies,
    /// How often a call to the network is sent when it is not answered.
    pub retries: Retries,
    /// What answers instead of the network; `None` is the network.
    pub transport: Option<Arc<dyn Transport>>,
}

impl Network {
    /// A client of the allowed server; `None` when none is allowed. Nothing is looked up or connected yet.
    #[must_use]
    pub fn http_client(&self, limits: &NetworkLimits) -> Option<HttpClient> {
        let allowed = self.allowed.clone()?;
        Some(HttpClient::new(allowed, &self.trust, &self.proxies, limits))
    }

    /// What answers exchanges: the given transport, or the network, which is asked again where that changes nothing on
    /// the server, until `deadline`.
    pub(crate) fn connect(
        &self,
        limits: &NetworkLimits,
        deadline: Option<Instant>,
    ) -> Option<Arc<dyn Transport>> {
        let allowed = self.allowed.as_ref()?;
        if let Some(transport) = &self.transport {
            return Some(transport.clone());
        }
        let client = Arc::new(self.http_client(limits)?);
        let bounds = Bounds {
            requests: limits.requests,
            deadline,
        };
        Some(Arc::new(Retry::new(
            allowed.clone(),
            client,
            self.retries,
            bounds,
        )))
    }
}
