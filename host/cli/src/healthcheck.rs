//! `stocktake healthcheck`: proves that a session can be made.

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
pub(crate) struct HealthcheckArguments {
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    resilience: ResilienceArguments,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t = AnswerFormat::Json)]
    format: AnswerFormat,
}

/// Runs the command.
pub(crate) fn run(arguments: HealthcheckArguments) -> Result<ExitCode, Failure> {
    let HealthcheckArguments {
        connection,
        resilience,
        format,
    } = arguments;
    let outcome = ask(&connection, &resilience, Mode::Healthcheck)?;
    answer(&outcome, format, |out| {
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
