//! The command line.

use clap::{Parser, Subcommand};

use crate::artifact::ArtifactCommand;
use crate::breaker::BreakerArguments;
use crate::collect::CollectArguments;
use crate::detect::DetectArguments;
use crate::diff::DiffArguments;
use crate::exit::EXIT_CODES;
use crate::export::ExportArguments;
use crate::healthcheck::HealthcheckArguments;
use crate::inspect::InspectArguments;
use crate::manual::{CompletionsArguments, ManArguments};
use crate::plugin::PluginArguments;
use crate::policy::PolicyCommand;
use crate::sync::SyncArguments;
use crate::validate::ValidateArguments;

#[derive(Debug, Parser)]
#[command(
    name = "stocktake",
    version,
    about = "Collects vCenter inventories in a sandbox and verifies that they are complete",
    long_about = "Collects vCenter inventories in a sandbox and verifies that they are complete.\n\n\
        The collector is a WebAssembly component without access to files, environment or sockets. It can send requests to the \
        configured endpoint only. Everything it returns is validated: an inventory is \
        reported as complete only when every object that the server announced is accounted for.",
    after_help = after_help(),
    subcommand_required = true,
    arg_required_else_help = true
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

fn after_help() -> String {
    format!(
        "{EXIT_CODES}\n\
        `stocktake plugin` follows its contract: 0 when the response has no errors, otherwise 1.\n\n\
        Logs go to stderr; STOCKTAKE_LOG (error, warn, info, debug) sets the level.\n\
        Compiled code is cached in STOCKTAKE_CACHE_DIR (empty: no cache), by default in stocktake/compiled of the user's cache directory.\n\n\
        Try it without a vCenter: stocktake-dev demo"
    )
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Collect an inventory
    Collect(CollectArguments),
    /// Print the processed inventory: seven kinds, references resolved to names, in one document
    Sync(SyncArguments),
    /// Report the product and version of the vCenter, and which version to configure
    Detect(DetectArguments),
    /// Verify that a session can be created
    Healthcheck(HealthcheckArguments),
    /// Run as a ledger's collector: a request on stdin, a response on stdout
    Plugin(PluginArguments),
    /// Validate a response document of any collector
    Validate(ValidateArguments),
    /// Write a response as a workbook, CSV, Parquet, JSON or for NetBox
    Export(ExportArguments),
    /// Compare two responses
    Diff(DiffArguments),
    /// Show what a component imports and exports, and its description
    Inspect(InspectArguments),
    /// Push, pull and inspect components as OCI artifacts
    Component(ArtifactCommand),
    /// Show or reset the circuit breaker of each vCenter
    Breaker(BreakerArguments),
    /// Show the policy of a run
    Policy(PolicyCommand),
    /// Print the completion script for a shell
    #[command(after_help = "Examples:\n  \
        stocktake completions bash > /etc/bash_completion.d/stocktake\n  \
        stocktake completions zsh > /usr/local/share/zsh/site-functions/_stocktake\n  \
        stocktake completions fish > ~/.config/fish/completions/stocktake.fish\n  \
        stocktake completions powershell >> $PROFILE")]
    Completions(CompletionsArguments),
    /// Write the manual pages into a directory
    #[command(after_help = "Example:\n  stocktake man /usr/local/share/man/man1")]
    Man(ManArguments),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::Arguments;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn no_option_of_a_real_connection_takes_a_password() {
        let command = Arguments::command();
        for name in ["collect", "sync", "detect", "healthcheck"] {
            let sub = command.find_subcommand(name).expect("a subcommand");
            let takes = sub
                .get_arguments()
                .any(|argument| argument.get_long() == Some("password"));
            assert!(!takes, "{name}");
        }
    }
}
