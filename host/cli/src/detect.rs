//! `stocktake detect`: which vCenter answers, and which version to configure.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Args;
use serde_json::Map;
use stocktake_contract::request::Mode;
use stocktake_runtime::{Extras, Outcome, Response, Writer as _};

use crate::connection::Connection;
use crate::engine::executor;
use crate::failure::Failure;
use crate::output::{AnswerFormat, clean, tell_problems};
use crate::request::Order;
use crate::resilience::ResilienceArguments;
use crate::signal;

#[derive(Debug, Args)]
pub(crate) struct DetectArguments {
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    resilience: ResilienceArguments,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t = AnswerFormat::Json)]
    format: AnswerFormat,
}

/// Runs the command.
pub(crate) fn run(arguments: DetectArguments) -> Result<ExitCode, Failure> {
    let DetectArguments {
        connection,
        resilience,
        format,
    } = arguments;
    let outcome = ask(&connection, &resilience, Mode::Detect)?;
    answer(&outcome, format, |out| {
        let Some(detection) = &outcome.detection else {
            return Ok(());
        };
        writeln!(out, "version      {}", detection.target_version)?;
        writeln!(out, "driver       {}", detection.driver)?;
        writeln!(
            out,
            "recommended  --preferred-version {}",
            detection.recommended_preferred_version
        )?;
        for (name, value) in &detection.capabilities {
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            writeln!(out, "{}: {}", clean(name), clean(&value))?;
        }
        Ok(())
    })
}

/// Runs a mode whose answer has no assets.
pub(crate) fn ask(
    connection: &Connection,
    resilience: &ResilienceArguments,
    mode: Mode,
) -> Result<Outcome, Failure> {
    let password = connection.password()?;
    let executor = executor()?;
    executor.block_on(async {
        let cancel = signal::cancellation();
        let engine = match connection.engine(resilience) {
            Ok(engine) => engine,
            Err(problem) => return Ok(Outcome::failed(problem)),
        };
        let order = Order {
            endpoint: &connection.endpoint,
            username: &connection.username,
            password: &password,
            mode,
            config: Map::new(),
        };
        Ok(engine.ask(&order.text()?, &cancel).await)
    })
}

/// Writes the answer to stdout, for people by `table`.
pub(crate) fn answer(
    outcome: &Outcome,
    format: AnswerFormat,
    table: impl FnOnce(&mut std::io::StdoutLock<'_>) -> std::io::Result<()>,
) -> Result<ExitCode, Failure> {
    let mut out = std::io::stdout().lock();
    let written = match format {
        AnswerFormat::Json => Response::new(&mut out, Extras::default()).finish(outcome),
        AnswerFormat::Table => table(&mut out).and_then(|()| out.flush()),
    };
    written.map_err(|error| Failure::other("cannot write to stdout", error))?;
    if format == AnswerFormat::Table {
        tell_problems(outcome);
    }
    Ok(match outcome.succeeded() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}
