//! `stocktake detect`: product and version of the vCenter, and which version to configure.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Args;
use serde_json::Map;
use stocktake_contract::request::Mode;
use stocktake_runtime::{Extras, Outcome, Response, Writer};

use crate::connection::Connection;
use crate::engine::executor;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{AnswerFormat, clean, report_end};
use crate::request::Order;
use crate::resilience::ResilienceArguments;
use crate::signal::Interruption;

#[derive(Debug, Args)]
#[command(after_help = "Exit codes: see `stocktake --help`.")]
pub(crate) struct DetectArguments {
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    resilience: ResilienceArguments,
    /// The output format [default: table on a terminal, else json]
    #[arg(long, value_enum)]
    format: Option<AnswerFormat>,
}

/// Runs the command.
pub(crate) fn run(arguments: DetectArguments) -> Result<ExitCode, Failure> {
    let DetectArguments {
        connection,
        resilience,
        format,
    } = arguments;
    let asked = ask(&connection, &resilience, Mode::Detect)?;
    answer(&asked, format, |out| {
        let Some(detection) = &asked.outcome.detection else {
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

/// The result of a run whose response has no assets.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) outcome: Outcome,
    exit: Exit,
}

/// Runs a mode whose response has no assets.
pub(crate) fn ask(
    connection: &Connection,
    resilience: &ResilienceArguments,
    mode: Mode,
) -> Result<Asked, Failure> {
    let password = connection.password()?;
    let executor = executor()?;
    executor.block_on(async {
        let interruption = Interruption::listen();
        let engine = connection.engine(resilience)?;
        let order = Order {
            endpoint: &connection.endpoint,
            username: &connection.username,
            password: &password,
            mode,
            config: Map::new(),
        };
        let outcome = engine.ask(&order.request()?, interruption.token()).await;
        Ok(Asked {
            exit: Exit::from_outcome(&outcome, interruption.signal()),
            outcome,
        })
    })
}

/// Writes the result to stdout; `table` writes it for people.
pub(crate) fn answer(
    asked: &Asked,
    format: Option<AnswerFormat>,
    table: impl FnOnce(&mut std::io::StdoutLock<'_>) -> std::io::Result<()>,
) -> Result<ExitCode, Failure> {
    let Asked { outcome, exit } = asked;
    let format = format.unwrap_or_else(AnswerFormat::usual);
    let mut out = std::io::stdout().lock();
    let written = match format {
        AnswerFormat::Json => {
            let mut response = Response::new(&mut out, Extras::default());
            report_warnings(outcome, &mut response).and_then(|()| response.finish(outcome))
        }
        AnswerFormat::Table => table(&mut out).and_then(|()| out.flush()),
    };
    written.map_err(|error| Failure::other("cannot write to stdout", error))?;
    report_end(outcome, *exit, format == AnswerFormat::Json);
    Ok((*exit).into())
}

/// Returns the warnings of a run whose writer took none.
pub(crate) fn report_warnings(outcome: &Outcome, writer: &mut dyn Writer) -> std::io::Result<()> {
    outcome.warnings.iter().try_for_each(|warning| {
        let text = serde_json::to_string(warning)?;
        writer.warning(warning, &text)
    })
}
