//! The command line.

use clap::{Parser, Subcommand};

use crate::artifact::ArtifactCommand;
use crate::breaker::BreakerArguments;
use crate::collect::CollectArguments;
use crate::detect::DetectArguments;
use crate::exit::EXIT_CODES;
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
    about = "Collects vCenter inventories through a sandbox and proves them whole",
    long_about = "Collects vCenter inventories through a sandbox and proves them whole.\n\n\
        The collector is a WebAssembly component. It sees no file, no environment and no socket; it may speak to the one \
        endpoint that it was given and to nothing else. What it answers is checked before it is believed: an inventory is \
        called complete only when every object that the server announced is accounted for.",
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
        `stocktake plugin` keeps to its contract: 0 exactly when the response has no errors, else 1.\n\n\
        Logs go to stderr; set STOCKTAKE_LOG (error, warn, info, debug) to choose how much.\n\
        Compiled code is kept in STOCKTAKE_CACHE_DIR (empty: nowhere), by default in stocktake/compiled of the user's caches.\n\n\
        Try it without a vCenter: stocktake-dev demo"
    )
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Collect an inventory
    Collect(CollectArguments),
    /// Print the processed inventory: seven kinds, names looked up, in one document
    Sync(SyncArguments),
    /// Tell which vCenter answers, and which version to configure
    Detect(DetectArguments),
    /// Prove that a session can be made
    Healthcheck(HealthcheckArguments),
    /// Be a ledger's collector: a request on stdin, a response on stdout
    Plugin(PluginArguments),
    /// Check a response document of any collector
    Validate(ValidateArguments),
    /// Tell what a component imports, exports and says of itself
    Inspect(InspectArguments),
    /// Publish components and get them, as OCI artifacts
    Component(ArtifactCommand),
    /// Tell which vCenters are left alone because their runs failed, or end that
    Breaker(BreakerArguments),
    /// Tell what a run may do
    Policy(PolicyCommand),
    /// Print what makes a shell complete the command line
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
