//! The network, watched.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use stocktake_runtime::Policy;
use stocktake_runtime::gateway::{
    Body, Diagnosis, HttpClient, OutboundRequest, Removed, Transport,
};

/// Headers of sessions, identities and connections. The host strips them; a component that sends them
/// in a session of the host breaks the contract.
const SMUGGLED: [&str; 9] = [
    "authorization",
    "connection",
    "cookie",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "upgrade",
    "vmware-api-session-id",
    "vmware-cgi-ticket",
];

/// Forwards exchanges and records the names of stripped headers.
#[derive(Debug)]
pub(crate) struct Watch {
    transport: HttpClient,
    smuggled: Mutex<BTreeSet<String>>,
}

impl Watch {
    /// The network that `policy` allows, and `policy` through it.
    pub(crate) fn over(policy: Policy) -> (Policy, Option<Arc<Self>>) {
        let Some(transport) = policy.http_client() else {
            return (policy, None);
        };
        let watch = Arc::new(Watch {
            transport,
            smuggled: Mutex::default(),
        });
        (policy.through(watch.clone()), Some(watch))
    }

    /// Headers that only the host may set.
    pub(crate) fn smuggled(&self) -> Vec<String> {
        let smuggled = self.smuggled.lock().unwrap_or_else(PoisonError::into_inner);
        smuggled.iter().cloned().collect()
    }
}

#[async_trait]
impl Transport for Watch {
    async fn send(&self, outbound: OutboundRequest) -> Result<http::Response<Body>, Diagnosis> {
        if let Some(Removed(names)) = outbound.request.extensions().get() {
            let names = names.iter().map(http::HeaderName::as_str);
            let smuggled = names.filter(|name| SMUGGLED.contains(name));
            let mut kept = self.smuggled.lock().unwrap_or_else(PoisonError::into_inner);
            kept.extend(smuggled.map(str::to_owned));
        }
        self.transport.send(outbound).await
    }
}
