//! Admits runs and takes their verdicts.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::circuit::{Admission, Change, Circuit, CircuitSettings, PermitId};
use super::circuit_open::CircuitOpen;
use super::store::Store;
use super::verdict::Verdict;
use crate::gateway::Authority;

/// The clock.
type Clock = dyn Fn() -> SystemTime + Send + Sync;

/// A circuit breaker for all endpoints of a store. Clones share it.
///
/// A store that cannot be read or written stops no run: a warning is logged, and the run
/// goes on unguarded.
///
/// ```
/// use stocktake_runtime::gateway::Authority;
/// use stocktake_runtime::resilience::{Breaker, MemoryStore, Verdict};
/// use std::sync::Arc;
/// use std::time::Duration;
///
/// let breaker = Breaker::new(Arc::new(MemoryStore::default()));
/// let endpoint = Authority::from_url("https://vc.lan").expect("a URL");
/// let run = Duration::from_secs(300);
/// for _ in 0..5 {
///     let permit = breaker.admit(&endpoint, run).expect("closed");
///     permit.report(&Verdict::Failed { reason: "it is down".to_owned() });
/// }
/// let refusal = breaker.admit(&endpoint, run).expect_err("open");
/// assert_eq!(refusal.retry_after, Duration::from_secs(30));
/// ```
#[derive(Clone)]
pub struct Breaker {
    store: Arc<dyn Store>,
    settings: CircuitSettings,
    clock: Arc<Clock>,
}

impl fmt::Debug for Breaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Breaker")
            .field("store", &self.store)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl Breaker {
    /// A breaker with the usual settings and the system's clock.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Breaker {
            store,
            settings: CircuitSettings::default(),
            clock: Arc::new(SystemTime::now),
        }
    }

    /// Replaces the settings. All who share a store should have the same.
    #[must_use]
    pub fn with_settings(mut self, settings: CircuitSettings) -> Self {
        self.settings = settings;
        self
    }

    /// Replaces the clock.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Asks whether a run against `endpoint` may begin. A probe that has not reported
    /// within `lease`, nor renewed its lease by its [`Heartbeat`], is given up.
    ///
    /// # Errors
    ///
    /// When to ask again, while the circuit is open.
    pub fn admit(&self, endpoint: &Authority, lease: Duration) -> Result<Permit, CircuitOpen> {
        let now = (self.clock)();
        let asked = self.update(endpoint, |circuit| circuit.admit(now, lease));
        let (permit_id, is_probe) = match asked {
            None => (None, false),
            Some(Admission::Admitted(permit_id)) => (Some(permit_id), false),
            Some(Admission::Probe(permit_id)) => {
                tracing::info!(%endpoint, "breaker half-open: this run is the probe");
                (Some(permit_id), true)
            }
            Some(Admission::Refused {
                until,
                reason,
                half_open,
            }) => {
                let refusal = CircuitOpen::new(endpoint.clone(), now, until, reason, half_open);
                tracing::info!(
                    %endpoint,
                    half_open,
                    retry_after_seconds = refusal.retry_after.as_secs(),
                    reason = refusal.reason,
                    "breaker refused a run"
                );
                return Err(refusal);
            }
        };
        Ok(Permit {
            breaker: self.clone(),
            endpoint: endpoint.clone(),
            permit_id,
            is_probe,
        })
    }

    fn update<T>(&self, endpoint: &Authority, change: impl FnOnce(&mut Circuit) -> T) -> Option<T> {
        let mut change = Some(change);
        let mut answer = None;
        let updated: io::Result<()> = self.store.update(endpoint, &mut |circuit| {
            answer = change.take().map(|change| change(circuit));
        });
        match updated {
            Ok(()) => answer,
            Err(error) => {
                tracing::warn!(%endpoint, %error, "the breaker's state cannot be used; this run is not guarded");
                None
            }
        }
    }
}

/// Leave to run. Dropping it says that the run found out nothing.
#[derive(Debug)]
pub struct Permit {
    breaker: Breaker,
    endpoint: Authority,
    /// `None` when the store failed or the run has reported.
    permit_id: Option<PermitId>,
    is_probe: bool,
}

impl Permit {
    /// What keeps a probe from being given up while its run lasts; `None` when others do not
    /// wait for this run.
    #[must_use]
    pub fn heartbeat(&self) -> Option<Heartbeat> {
        let permit_id = self.permit_id.as_ref().filter(|_| self.is_probe)?;
        Some(Heartbeat {
            breaker: self.breaker.clone(),
            endpoint: self.endpoint.clone(),
            permit_id: permit_id.clone(),
        })
    }

    /// Says what became of the run.
    pub fn report(mut self, verdict: &Verdict) {
        self.record(verdict);
    }

    fn record(&mut self, verdict: &Verdict) {
        let Some(permit_id) = self.permit_id.take() else {
            return;
        };
        let Breaker {
            settings, clock, ..
        } = &self.breaker;
        let now = clock();
        let change = self.breaker.update(&self.endpoint, |circuit| {
            circuit.report(&permit_id, verdict, now, settings)
        });
        let endpoint = &self.endpoint;
        let reason = match verdict {
            Verdict::Failed { reason } => reason,
            Verdict::Answered | Verdict::Unknown => "",
        };
        match change.flatten() {
            Some(Change::Opened { cooldown }) => {
                let cooldown_seconds = cooldown.as_secs();
                tracing::warn!(%endpoint, cooldown_seconds, reason, "breaker opened");
            }
            Some(Change::Reopened { cooldown }) => {
                let cooldown_seconds = cooldown.as_secs();
                tracing::warn!(%endpoint, cooldown_seconds, reason, "breaker reopened");
            }
            Some(Change::Closed) => tracing::info!(%endpoint, "breaker closed"),
            None => {}
        }
    }
}

/// Renews the lease of a probe.
#[derive(Clone, Debug)]
pub struct Heartbeat {
    breaker: Breaker,
    endpoint: Authority,
    permit_id: PermitId,
}

impl Heartbeat {
    /// Says that the run is still under way, so that it is not given up for another `lease`.
    /// Once it has reported, this changes nothing.
    pub fn beat(&self, lease: Duration) {
        let now = (self.breaker.clock)();
        self.breaker.update(&self.endpoint, |circuit| {
            circuit.renew(&self.permit_id, now, lease);
        });
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.record(&Verdict::Unknown);
    }
}

#[cfg(test)]
mod tests;
