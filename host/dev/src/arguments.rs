//! The command line.

use clap::{Parser, Subcommand};
use stocktake_cli::exit::EXIT_CODES;
use stocktake_cli::manual::{CompletionsArguments, ManArguments};

use crate::demo::DemoArguments;
use crate::record::RecordArguments;
use crate::simulate::SimulateArguments;
use crate::test_component::TestComponentArguments;

#[derive(Debug, Parser)]
#[command(
    name = "stocktake-dev",
    version,
    about = "Simulates vCenters, records exchanges and tests collectors",
    after_help = format!("{EXIT_CODES}\nLogs go to stderr; STOCKTAKE_LOG (error, warn, info, debug) sets the level."),
    subcommand_required = true,
    arg_required_else_help = true
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Collect from a simulated vCenter and show the verdict
    Demo(DemoArguments),
    /// Simulate a vCenter: SOAP over TLS, of any size, with faults on request
    Simulate(SimulateArguments),
    /// Record a live exchange as an anonymised fixture
    Record(Box<RecordArguments>),
    /// Test any collector component, and report what it does wrong
    TestComponent(TestComponentArguments),
    /// Print the completion script for a shell
    #[command(
        after_help = "Example:\n  stocktake-dev completions bash > /etc/bash_completion.d/stocktake-dev"
    )]
    Completions(CompletionsArguments),
    /// Write the manual pages into a directory
    #[command(after_help = "Example:\n  stocktake-dev man /usr/local/share/man/man1")]
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
    fn a_recording_takes_no_password_as_an_argument() {
        let command = Arguments::command();
        let record = command.find_subcommand("record").expect("a subcommand");
        let mut options = record.get_arguments();
        assert!(!options.any(|argument| argument.get_long() == Some("password")));
    }
}
