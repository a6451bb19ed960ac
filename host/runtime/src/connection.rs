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
use crate::vsphere::{
    self, Account, Admission, AutomationAccount, AutomationSession, CountingSession, Sessions,
    VsphereSession,
};

/// What connects one guest with its server. Clones are of the same connection.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    gateway: Gateway,
    /// The session of a vCenter, when it is the host's.
    session: Option<VsphereSession>,
    /// The same, when the host counts in it.
    counting: Option<CountingSession>,
    /// That of the Automation API, when the run reads tags.
    automation: Option<AutomationSession>,
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
    /// The run reads tags, if the session is the host's.
    pub(crate) tags: bool,
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
            tags,
            redaction,
            interrupt,
            deadline,
        } = purpose;
        let limits = policy.limits.network;
        let meter: Arc<Meter> = Arc::default();
        let mut transport = policy.network.connect(&limits, deadline);
        let (mut session, mut counting, mut automation) = (None, None, None);
        if let (Some(allowed), Some(vsphere), Some(direct), Some(credential)) = (
            &policy.network.allowed,
            &policy.vsphere,
            &transport,
            credential,
        ) {
            let of_automation = tags.then(|| AutomationAccount {
                url: format!("{allowed}{}", vsphere.base()),
                credential: credential.clone(),
                limits,
            });
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
            automation = of_automation.map(|account| {
                let meter = Arc::clone(&meter);
                AutomationSession::new(direct.clone(), Arc::clone(&through), meter, account)
            });
            transport = Some(match &automation {
                Some(automation) => Arc::new(automation.clone()),
                None => through,
            });
            session = Some(made);
        }
        let protocol = policy.vsphere.as_ref().map(|vsphere| {
            let rules = vsphere::Rules {
                methods: policy.methods.clone(),
                readable: policy.readable.clone(),
                logs_in: policy.credentials_to_guest,
                tags: automation.is_some(),
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
            automation,
        }
    }

    pub(crate) fn gateway(&self) -> &Gateway {
        &self.gateway
    }

    /// Ends the sessions that the host made, if there are any. The run is over then.
    ///
    /// Answers what there was of sessions; `None` when they are the collector's own.
    pub(crate) async fn close(&self) -> Option<Sessions> {
        let automation = async {
            if let Some(automation) = &self.automation {
                automation.close().await;
            }
        };
        let session = async {
            match &self.session {
                Some(session) => Some(session.close().await),
                None => None,
            }
        };
        tokio::join!(session, automation).0
    }

    /// Why a session that the host made could not be ended, when it could not.
    pub(crate) fn unended(&self) -> Option<Problem> {
        let session = self.session.as_ref()?.unended();
        session.or_else(|| self.automation.as_ref()?.unended())
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
