//! Retries, and a circuit breaker that processes share.

use std::path::PathBuf;

use clap::Args;
use stocktake_contract::{ErrorCode, Problem};

use stocktake_runtime::Settings;

/// The variables of the plugin, which has no options.
const ATTEMPTS: &str = "STOCKTAKE_ATTEMPTS";
const BREAKER_STATE: &str = "STOCKTAKE_BREAKER_STATE";
/// Retries bridge seconds; longer failures are what the breaker is for.
const MOST_ATTEMPTS: u32 = 10;

/// Options of every command that retries.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Resilience")]
pub(crate) struct ResilienceArguments {
    /// Send a read-only call up to N times until it is answered [default: 3]
    #[arg(long, value_name = "N", env = ATTEMPTS,
        value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_ATTEMPTS)))]
    attempts: Option<u32>,
    /// Skip a vCenter after 5 failed runs in a row of all processes that share DIR; see the breaker command
    #[arg(long, value_name = "DIR", env = BREAKER_STATE)]
    breaker_state: Option<PathBuf>,
}

impl ResilienceArguments {
    /// The settings of the environment.
    pub(crate) fn from_environment() -> Result<Self, Problem> {
        let setting = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let attempts = setting(ATTEMPTS).map(|text| {
            let number = text.to_str().and_then(|text| text.parse().ok());
            number
                .filter(|attempts| (1..=MOST_ATTEMPTS).contains(attempts))
                .ok_or_else(|| {
                    let message =
                        format!("{ATTEMPTS} must be a number from 1 to {MOST_ATTEMPTS}, or unset");
                    Problem::new(ErrorCode::VcenterConfigInvalid, message)
                })
        });
        Ok(ResilienceArguments {
            attempts: attempts.transpose()?,
            breaker_state: setting(BREAKER_STATE).map(PathBuf::from),
        })
    }

    /// The settings with those given here.
    pub(crate) fn amend(&self, settings: &mut Settings) {
        if let Some(attempts) = self.attempts {
            settings.retry.attempts = attempts;
        }
        let state = self.breaker_state.as_ref();
        if let Some(directory) = state.filter(|directory| !directory.as_os_str().is_empty()) {
            settings.breaker.state = Some(directory.clone());
        }
    }
}
