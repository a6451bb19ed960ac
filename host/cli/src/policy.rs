//! `--policy FILE` and `stocktake policy`: the limits of a run, and their file.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use stocktake_contract::{ErrorCode, Problem};
use stocktake_runtime::Settings;

use crate::failure::Failure;

#[cfg(test)]
mod tests;

/// Variable that names the file, for callers that pass no options.
const POLICY: &str = "STOCKTAKE_POLICY";

/// The policy file.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct PolicyArguments {
    /// The policy of the run: a TOML file of limits, calls and retries; `stocktake policy show` prints one. Other options override it [env: STOCKTAKE_POLICY]
    #[arg(id = "policy", long = "policy", value_name = "FILE")]
    file: Option<PathBuf>,
}

impl PolicyArguments {
    /// The settings of the file, or of the one that the environment names, or the default ones.
    pub(crate) fn settings(&self) -> Result<Settings, Problem> {
        if let Some(file) = &self.file {
            return read("--policy", file);
        }
        match std::env::var_os(POLICY).filter(|name| !name.is_empty()) {
            Some(file) => read(POLICY, Path::new(&file)),
            None => Ok(Settings::default()),
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct PolicyCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Print the policy in effect, as a policy file
    #[command(
        long_about = "Prints the policy in effect: the file, with defaults for what it leaves out.\n\n\
        [calls.read] lists the properties that a collector of a vCenter may read, by managed object type; a file adds to it.\n\n\
        The output is a policy file itself. Unknown keys are refused, so that a misspelled limit is not ignored.",
        after_help = "Examples:\n  \
        stocktake policy show > policy.toml\n  \
        stocktake policy show --policy policy.toml\n  \
        STOCKTAKE_POLICY=policy.toml stocktake-plugin < request.json"
    )]
    Show(PolicyArguments),
}

/// Runs the command.
pub(crate) fn run(command: &PolicyCommand) -> Result<ExitCode, Failure> {
    let Action::Show(arguments) = &command.action;
    let text = toml::to_string(&arguments.settings()?)
        .map_err(|error| Failure::other("the policy cannot be written", error))?;
    print!("{text}");
    Ok(ExitCode::SUCCESS)
}

/// Reads the file that `source` names.
fn read(source: &str, file: &Path) -> Result<Settings, Problem> {
    let text =
        std::fs::read_to_string(file).map_err(|error| refused(source, file, &error.to_string()))?;
    parse(&text).map_err(|reason| refused(source, file, &reason))
}

fn parse(text: &str) -> Result<Settings, String> {
    let settings: Settings = toml::from_str(text).map_err(|error| error.to_string())?;
    if let Some(key) = settings.first_zero() {
        return Err(format!("{key} is 0, with which no run can succeed"));
    }
    Ok(settings)
}

fn refused(source: &str, file: &Path, reason: &str) -> Problem {
    let reason = reason.trim_end().replace('\n', "; ");
    let message = format!(
        "{source} {}: the policy cannot be used: {reason}",
        file.display()
    );
    Problem::new(ErrorCode::VcenterConfigInvalid, message)
}
