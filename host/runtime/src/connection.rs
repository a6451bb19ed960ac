//! What connects one guest with its server: the gateway, and the host's session with a vCenter.

use std::sync::Arc;

use stocktake_contract::Problem;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::count::{Count, Order, SpotCheck};
use crate::credential::Credential;
use crate::gateway::{self, Gateway, Meter, Transport};
use crate::policy::Policy;
use crate::redaction::Redaction;
use crate::validation::Identities;
use crate::vsphere::{self, Account, Admission, CountingSession, Sessions, VsphereSession};

/// What connects one guest with its server. Clones are of the same connection.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    gateway: Gateway,
    /// The session of a vCenter, when it is the host's.
    session: Option<VsphereSession>,
    /// The same, when the host counts in it.
    counting: Option<CountingSession>,
}

/// What a connection is made for.
#[derive(Debug, Default)]
pub(crate) struct Purpose {
    /// With one, the session of a vCenter is the host's.
    pub(crate) credential: Option<Credential>,
    /// What the host counts for itself, if the session is its own.
    pub(crate) order: Option<Order>,
    /// Draws objects from what is counted and compares them.
    pub(crate) spot_check: Option<Arc<SpotCheck>>,
    pub(crate) redaction: Arc<Redaction>,
    /// Ends the exchanges under way.
    pub(crate) interrupt: CancellationToken,
    /// Nothing is sent again behind it.
    pub(crate) deadline: Option<Instant>,
}

impl Connection {
    /// Carries exchanges under `policy`.
    pub(crate) fn new(policy: &Policy, purpose: Purpose) -> Self {
        let Purpose {
            credential,
            order,
            spot_check,
            redaction,
            interrupt,
            deadline,
        } = purpose;
        let limits = policy.limits.network;
        let meter: Arc<Meter> = Arc::default();
        let mut transport = policy.network.connect(&limits, deadline);
        let (mut session, mut counting) = (None, None);
        if let (Some(allowed), Some(vsphere), Some(direct), Some(credential)) = (
            &policy.network.allowed,
            &policy.vsphere,
            &transport,
            credential,
        ) {
            let account = Account {
                url: format!("{allowed}{}", vsphere.path()),
                credential,
                redaction: Arc::clone(&redaction),
                limits,
                session_of: policy.session_of.clone(),
                session_to: policy.session_to.clone(),
            };
            let made = VsphereSession::new(direct.clone(), Arc::clone(&meter), account);
            counting = order.map(|order| CountingSession::new(made.clone(), order, spot_check));
            let through: Arc<dyn Transport> = match &counting {
                Some(counting) => Arc::new(counting.clone()),
                None => Arc::new(made.clone()),
            };
            transport = Some(through);
            session = Some(made);
        }
        let protocol = policy.vsphere.as_ref().map(|vsphere| {
            let rules = vsphere::Rules {
                methods: policy.methods.clone(),
                readable: policy.readable.clone(),
                logs_in: policy.credentials_to_guest,
            };
            let admission: Box<dyn gateway::protocol::Protocol> =
                Box::new(Admission::new(vsphere.clone(), rules));
            admission
        });
        let gateway = Gateway::new(gateway::Rules {
            allowed: policy.network.allowed.clone(),
            transport,
            protocol,
            limits,
            meter,
            redaction,
            interrupt,
        });
        Connection {
            gateway,
            session,
            counting,
        }
    }

    pub(crate) fn gateway(&self) -> &Gateway {
        &self.gateway
    }

    /// Ends the session that the host made, if there is one. The run is over then.
    ///
    /// Answers what there was of sessions; `None` when they are the collector's own.
    pub(crate) async fn close(&self) -> Option<Sessions> {
        match &self.session {
            Some(session) => Some(session.close().await),
            None => None,
        }
    }

    /// Why the session that the host made could not be ended, when it could not.
    pub(crate) fn unended(&self) -> Option<Problem> {
        self.session.as_ref()?.unended()
    }

    /// Compares what was received with what the host lists for itself; `None` when it does not count.
    ///
    /// # Errors
    ///
    /// Why the host could not count.
    pub(crate) async fn count(&self, received: &Identities) -> Option<Result<Count, Problem>> {
        Some(self.counting.as_ref()?.count(received).await)
    }
}

#[cfg(test)]
mod tests;
