//! Closed, open, half-open: the circuit of one endpoint.
//!
//! A pure state machine: every call is handed the time, and nothing here waits.
//!
//! | state | a run asks | a run reports |
//! | --- | --- | --- |
//! | closed | it is let through | a failure is counted, the last one allowed opens the circuit; an answer ends the count |
//! | open | refused until the cooldown is over; then it is the probe | |
//! | half-open | refused while the probe is under way; a probe that was given up is replaced | an answer closes the circuit; a failure opens it for twice as long |
//!
//! A run reports to the state that let it through: whatever comes from a run that
//! began before the last change is ignored. So runs that were under way together
//! when the vCenter went down lengthen no cooldown, and a probe that was given up
//! neither closes nor opens anything when it comes back after all.

use std::time::{Duration, SystemTime};

use super::timestamp::after;
use super::verdict::Verdict;

/// When a circuit opens, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CircuitSettings {
    /// Failures in a row that open it.
    pub failures: u32,
    /// How long it stays open the first time.
    pub cooldown: Duration,
    /// What the cooldown doubles up to.
    pub longest_cooldown: Duration,
}

impl Default for CircuitSettings {
    fn default() -> Self {
        CircuitSettings {
            failures: 5,
            cooldown: Duration::from_secs(30),
            longest_cooldown: Duration::from_secs(300),
        }
    }
}

/// The circuit of one endpoint. The default is closed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Circuit {
    /// How often the state changed.
    pub generation: u64,
    /// The state.
    pub state: State,
}

/// The state of a circuit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Runs are let through.
    Closed {
        /// Failures since the last answer.
        failures: u32,
    },
    /// Runs are refused.
    Open {
        /// When the next run is let through as a probe.
        until: SystemTime,
        /// How long runs are refused.
        cooldown: Duration,
        /// What the last failure was.
        reason: String,
    },
    /// Runs are refused, but for the one that finds out.
    HalfOpen {
        /// When the probe is given up.
        until: SystemTime,
        /// How long runs were refused before.
        cooldown: Duration,
        /// What the last failure was.
        reason: String,
    },
}

impl Default for State {
    fn default() -> Self {
        State::Closed { failures: 0 }
    }
}

/// What a run was let through by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PermitId {
    generation: u64,
}

/// What a circuit says to a run.
#[derive(Debug, PartialEq, Eq)]
pub enum Admission {
    /// It may go on.
    Admitted(PermitId),
    /// It may go on, and alone.
    Probe(PermitId),
    /// It must not.
    Refused {
        /// When asking again is worth it.
        until: SystemTime,
        /// What the last failure was.
        reason: String,
        /// A probe is under way.
        half_open: bool,
    },
}

/// What a report changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// One failure too many.
    Opened {
        /// How long runs are refused.
        cooldown: Duration,
    },
    /// The probe failed.
    Reopened {
        /// How long runs are refused.
        cooldown: Duration,
    },
    /// The probe was answered.
    Closed,
}

impl Circuit {
    /// Asks whether a run may begin. A probe that does not report within `lease`
    /// is given up.
    pub fn admit(&mut self, now: SystemTime, lease: Duration) -> Admission {
        let (until, cooldown, reason, bound, half_open) = match &mut self.state {
            State::Closed { .. } => {
                let generation = self.generation;
                return Admission::Admitted(PermitId { generation });
            }
            State::Open {
                until,
                cooldown,
                reason,
            } => (until, *cooldown, reason, *cooldown, false),
            State::HalfOpen {
                until,
                cooldown,
                reason,
            } => (until, *cooldown, reason, lease, true),
        };
        // A clock that was set back must not prolong the wait.
        *until = (*until).min(after(now, bound));
        if now < *until {
            return Admission::Refused {
                until: *until,
                reason: reason.clone(),
                half_open,
            };
        }
        let state = State::HalfOpen {
            until: after(now, lease),
            cooldown,
            reason: std::mem::take(reason),
        };
        Admission::Probe(self.change(state))
    }

    /// Renews the lease of a probe: it is given up `lease` from now. What comes from a
    /// run that is not the current probe changes nothing.
    pub fn renew(&mut self, permit_id: &PermitId, now: SystemTime, lease: Duration) {
        if let State::HalfOpen { until, .. } = &mut self.state
            && permit_id.generation == self.generation
        {
            *until = after(now, lease);
        }
    }

    /// Takes the verdict of a run.
    pub fn report(
        &mut self,
        permit_id: &PermitId,
        verdict: &Verdict,
        now: SystemTime,
        settings: &CircuitSettings,
    ) -> Option<Change> {
        if permit_id.generation != self.generation {
            return None;
        }
        match (&mut self.state, verdict) {
            (State::Closed { failures }, Verdict::Answered) => {
                *failures = 0;
                None
            }
            (State::Closed { failures }, Verdict::Failed { reason }) => {
                *failures = failures.saturating_add(1);
                if *failures < settings.failures {
                    return None;
                }
                let cooldown = settings.cooldown;
                self.open(now, cooldown, reason);
                Some(Change::Opened { cooldown })
            }
            (State::HalfOpen { .. }, Verdict::Answered) => {
                self.reset();
                Some(Change::Closed)
            }
            (State::HalfOpen { cooldown, .. }, Verdict::Failed { reason }) => {
                let longest = settings.longest_cooldown.max(settings.cooldown);
                let cooldown = cooldown.saturating_mul(2).min(longest);
                self.open(now, cooldown, reason);
                Some(Change::Reopened { cooldown })
            }
            // The probe found out nothing: the next run is one.
            (
                State::HalfOpen {
                    cooldown, reason, ..
                },
                Verdict::Unknown,
            ) => {
                let state = State::Open {
                    until: now,
                    cooldown: *cooldown,
                    reason: std::mem::take(reason),
                };
                self.change(state);
                None
            }
            (State::Closed { .. }, Verdict::Unknown) | (State::Open { .. }, _) => None,
        }
    }

    /// Closes it; runs under way are no longer heard.
    pub fn reset(&mut self) {
        self.change(State::default());
    }

    fn open(&mut self, now: SystemTime, cooldown: Duration, reason: &str) {
        self.change(State::Open {
            until: after(now, cooldown),
            cooldown,
            reason: reason.to_owned(),
        });
    }

    fn change(&mut self, state: State) -> PermitId {
        self.state = state;
        self.generation = self.generation.wrapping_add(1);
        let generation = self.generation;
        PermitId { generation }
    }
}

#[cfg(test)]
mod tests;
