//! The exchanges of a run through the real component, and what they leave on
//! the server.

use serde_json::Value;
use stocktake_runtime::gateway::Trust;
use stocktake_runtime::{Policy, Runtime};
use tokio_util::sync::CancellationToken;

use crate::request::parsed;
use crate::server::Server;

pub use stocktake_fixture::Recording;

/// What a run began on the server and ended there, as the server confirmed it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    /// Logins that were answered.
    pub logins: usize,
    /// Logouts that were answered.
    pub logouts: usize,
    /// Views that were made.
    pub views_created: usize,
    /// Views that were destroyed.
    pub views_destroyed: usize,
    /// Tokens that were given out.
    pub tokens: usize,
    /// Tokens that were continued or cancelled.
    pub tokens_spent: usize,
}

/// Runs the built-in component against `server` and records it.
///
/// # Panics
/// When the component cannot be loaded.
#[must_use]
pub fn record(server: &Server, request: &Value) -> Recording {
    record_under(server, request, Policy::for_request(&parsed(request)))
}

/// Like [`record`], under a policy of the caller's.
///
/// # Panics
/// When the component cannot be loaded.
#[must_use]
pub fn record_under(server: &Server, request: &Value, policy: Policy) -> Recording {
    let request = parsed(request);
    let trust = match &server.ca_file {
        Some(file) => Trust::ca_file(file).expect("the CA file"),
        None => Trust::System,
    };
    let policy = policy.trusting(trust);
    let executor = tokio::runtime::Runtime::new().expect("threads");
    let runtime = Runtime::new().expect("an engine");
    let collector = runtime
        .load(stocktake_vcenter_artifact::COMPONENT)
        .expect("the built-in component");
    let cancel = CancellationToken::new();
    executor.block_on(Recording::of(&collector, &request, policy, |_| {}, &cancel))
}

impl Balance {
    /// Counts what the server confirmed in a run.
    #[must_use]
    pub fn of(recording: &Recording) -> Self {
        let mut balance = Balance::default();
        for exchange in recording
            .exchanges
            .iter()
            .filter(|exchange| exchange.status.is_success())
        {
            let request = String::from_utf8_lossy(&exchange.request_body);
            let calls = |method: &str| usize::from(request.contains(&format!("<{method} ")));
            balance.logins += calls("Login");
            balance.logouts += calls("Logout");
            balance.views_created += calls("CreateContainerView");
            balance.views_destroyed += calls("DestroyView");
            balance.tokens_spent +=
                calls("ContinueRetrievePropertiesEx") + calls("CancelRetrievePropertiesEx");
            let reply = String::from_utf8_lossy(&exchange.response_body);
            balance.tokens += usize::from(reply.contains("<token>"));
        }
        balance
    }

    /// Asserts that everything that was begun was ended.
    ///
    /// # Panics
    /// When something is left on the server.
    pub fn assert_even(self) {
        assert_eq!(self.logins, self.logouts, "{self:?}");
        assert_eq!(self.views_created, self.views_destroyed, "{self:?}");
        assert_eq!(self.tokens, self.tokens_spent, "{self:?}");
    }
}
