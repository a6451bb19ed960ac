//! What a run does in bad weather: attempts, and a circuit breaker between processes.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use stocktake_contract::{ErrorCode, Problem};
use stocktake_runtime::gateway::Policy;
use stocktake_runtime::resilience::{Breaker, DirectoryStore, Retries};

/// The variables, which the plugin has in place of options.
const ATTEMPTS: &str = "STOCKTAKE_ATTEMPTS";
const BREAKER_STATE: &str = "STOCKTAKE_BREAKER_STATE";
/// Attempts are for seconds of bad weather; for minutes there is the breaker.
const MOST_ATTEMPTS: u32 = 10;

/// Options of every command that asks a vCenter for something that it may not give at once.
#[derive(Debug, Args)]
#[command(next_help_heading = "Resilience")]
pub(crate) struct ResilienceArguments {
    /// Send a call that only reads up to N times, when it is not answered; 1 is once
    #[arg(long, value_name = "N", env = ATTEMPTS, default_value_t = Retries::default().attempts,
        value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_ATTEMPTS)))]
    attempts: u32,
    /// Leave a vCenter alone after 5 failed runs in a row, of all processes that share DIR; see the breaker command
    #[arg(long, value_name = "DIR", env = BREAKER_STATE)]
    breaker_state: Option<PathBuf>,
}

/// How a run deals with bad weather.
#[derive(Clone, Debug, Default)]
pub(crate) struct Resilience {
    retries: Retries,
    breaker: Option<Breaker>,
}

impl ResilienceArguments {
    /// What the options describe.
    pub(crate) fn resilience(&self) -> Result<Resilience, Problem> {
        Resilience::new(self.attempts, self.breaker_state.as_deref())
    }
}

impl Resilience {
    /// What the environment describes.
    pub(crate) fn of_environment() -> Result<Self, Problem> {
        let setting = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let attempts = match setting(ATTEMPTS) {
            None => Retries::default().attempts,
            Some(text) => text
                .to_str()
                .and_then(|text| text.parse().ok())
                .filter(|attempts| (1..=MOST_ATTEMPTS).contains(attempts))
                .ok_or_else(|| {
                    let message =
                        format!("{ATTEMPTS} must be a number from 1 to {MOST_ATTEMPTS}, or unset");
                    Problem::new(ErrorCode::VcenterConfigInvalid, message)
                })?,
        };
        let directory = setting(BREAKER_STATE).map(PathBuf::from);
        Resilience::new(attempts, directory.as_deref())
    }

    fn new(attempts: u32, breaker_state: Option<&Path>) -> Result<Self, Problem> {
        let store = breaker_state
            .filter(|directory| !directory.as_os_str().is_empty())
            .map(DirectoryStore::open)
            .transpose()?;
        Ok(Resilience {
            retries: Retries {
                attempts,
                ..Retries::default()
            },
            breaker: store.map(|store| Breaker::new(Arc::new(store))),
        })
    }

    /// `policy` with it.
    pub(crate) fn apply(&self, policy: Policy) -> Policy {
        let policy = policy.retrying(self.retries);
        match &self.breaker {
            Some(breaker) => policy.guarded(breaker.clone()),
            None => policy,
        }
    }
}
