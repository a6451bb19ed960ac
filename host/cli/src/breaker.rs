//! `stocktake breaker`: shows and resets the circuit breaker of each vCenter.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use clap::{Args, Subcommand};
use stocktake_runtime::gateway::Authority;
use stocktake_runtime::resilience::circuit::State;
use stocktake_runtime::resilience::{Circuit, DirectoryStore, Store as _};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::failure::Failure;

#[derive(Debug, Args)]
pub(crate) struct BreakerArguments {
    #[command(subcommand)]
    command: BreakerCommand,
}

#[derive(Debug, Subcommand)]
enum BreakerCommand {
    /// Show the state of each vCenter that failed
    Show(StateDirectory),
    /// Close the circuit, so that runs are admitted again
    Reset {
        #[command(flatten)]
        directory: StateDirectory,
        /// Only this vCenter, as https://HOST or https://HOST:PORT
        #[arg(long, value_name = "URL")]
        endpoint: Option<String>,
    },
}

#[derive(Debug, Args)]
struct StateDirectory {
    /// The directory given to runs as --breaker-state
    #[arg(value_name = "DIR", env = "STOCKTAKE_BREAKER_STATE")]
    path: PathBuf,
}

/// Runs the command.
pub(crate) fn run(arguments: &BreakerArguments) -> Result<ExitCode, Failure> {
    match &arguments.command {
        BreakerCommand::Show(directory) => show(&directory.path),
        BreakerCommand::Reset {
            directory,
            endpoint,
        } => reset(&directory.path, endpoint.as_deref()),
    }
}

fn show(directory: &Path) -> Result<ExitCode, Failure> {
    let mut out = std::io::stdout().lock();
    for (endpoint, circuit) in circuits(directory)?.1 {
        let state = describe(&circuit, SystemTime::now());
        writeln!(out, "{endpoint}  {state}")
            .map_err(|error| Failure::other("cannot write to stdout", error))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn reset(directory: &Path, endpoint: Option<&str>) -> Result<ExitCode, Failure> {
    let (store, known) = circuits(directory)?;
    let endpoints = match endpoint {
        None => known.into_iter().map(|(endpoint, _)| endpoint).collect(),
        Some(url) => vec![
            Authority::from_url(url)
                .map_err(|error| Failure::Usage(format!("--endpoint {url}: {error}")))?,
        ],
    };
    for endpoint in endpoints {
        store
            .update(&endpoint, &mut Circuit::reset)
            .map_err(|error| Failure::other(&endpoint, error))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn circuits(directory: &Path) -> Result<(DirectoryStore, Vec<(Authority, Circuit)>), Failure> {
    let name = directory.display();
    // The store would create it.
    if !directory.is_dir() {
        return Err(Failure::Usage(format!("{name} is not a directory")));
    }
    let store = DirectoryStore::open(directory)?;
    let circuits = store
        .circuits()
        .map_err(|error| Failure::other(name, error))?;
    Ok((store, circuits))
}

fn describe(circuit: &Circuit, now: SystemTime) -> String {
    match &circuit.state {
        State::Closed { failures } => format!("closed, {failures} failed in a row"),
        State::Open {
            until,
            cooldown,
            reason,
        } => {
            let left = until.duration_since(now).unwrap_or_default();
            let next = match left {
                Duration::ZERO => "the next run is admitted as a probe".to_owned(),
                left => format!(
                    "the next probe at {} (in {} s)",
                    at(*until),
                    left.as_secs() + 1
                ),
            };
            let cooldown = cooldown.as_secs();
            format!("open, {next}, cooldown {cooldown} s: {reason}")
        }
        State::HalfOpen { until, reason, .. } => {
            let until = at(*until);
            format!("half-open, a probe is running, lease until {until}: {reason}")
        }
    }
}

fn at(time: SystemTime) -> String {
    let time = OffsetDateTime::from(time).truncate_to_second();
    time.format(&Rfc3339).unwrap_or_else(|_| time.to_string())
}

#[cfg(test)]
mod tests {
    use super::describe;
    use std::time::{Duration, SystemTime};
    use stocktake_runtime::resilience::Circuit;
    use stocktake_runtime::resilience::circuit::State;

    #[test]
    fn each_state_says_when_the_next_run_goes() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_millis(1_790_000_000_250);
        let until = now + Duration::from_millis(26_500);
        let cooldown = Duration::from_secs(60);
        let reason = "VCENTER_NETWORK_ERROR: down".to_owned();
        let open = State::Open {
            until,
            cooldown,
            reason: reason.clone(),
        };
        let half_open = State::HalfOpen {
            until,
            cooldown,
            reason,
        };
        let described = |state: &State, now| {
            let circuit = Circuit {
                generation: 1,
                state: state.clone(),
            };
            describe(&circuit, now)
        };
        for (state, now, expected) in [
            (
                &State::Closed { failures: 2 },
                now,
                "closed, 2 failed in a row",
            ),
            (
                &open,
                now,
                "open, the next probe at 2026-09-21T14:13:46Z (in 27 s), cooldown 60 s: VCENTER_NETWORK_ERROR: down",
            ),
            (
                &open,
                until,
                "open, the next run is admitted as a probe, cooldown 60 s: VCENTER_NETWORK_ERROR: down",
            ),
            (
                &half_open,
                now,
                "half-open, a probe is running, lease until 2026-09-21T14:13:46Z: VCENTER_NETWORK_ERROR: down",
            ),
        ] {
            assert_eq!(described(state, now), expected);
        }
    }
}
