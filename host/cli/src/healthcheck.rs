//! `stocktake healthcheck`: verifies that a session can be created.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Args;
use stocktake_contract::request::Mode;

use crate::connection::Connection;
use crate::detect::{answer, ask};
use crate::failure::Failure;
use crate::output::AnswerFormat;
use crate::resilience::ResilienceArguments;

#[derive(Debug, Args)]
#[command(after_help = "Exit codes: see `stocktake --help`.")]
pub(crate) struct HealthcheckArguments {
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    resilience: ResilienceArguments,
    /// The output format [default: table on a terminal, else json]
    #[arg(long, value_enum)]
    format: Option<AnswerFormat>,
}

/// Runs the command.
pub(crate) fn run(arguments: HealthcheckArguments) -> Result<ExitCode, Failure> {
    let HealthcheckArguments {
        connection,
        resilience,
        format,
    } = arguments;
    let asked = ask(&connection, &resilience, Mode::Healthcheck)?;
    let outcome = &asked.outcome;
    answer(&asked, format, |out| {
        if outcome.succeeded() {
            writeln!(
                out,
                "{} answers: {} logged in and out in {:.2} s",
                connection.endpoint,
                connection.username,
                outcome.usage.wall.used.as_secs_f64()
            )?;
        }
        Ok(())
    })
}
