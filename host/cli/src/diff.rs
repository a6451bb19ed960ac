//! `stocktake diff`: what changed between two responses.

use std::io::{self, BufWriter, IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use stocktake_export::{DiffOptions, Response, diff};

use crate::export::failure;
use crate::failure::Failure;
use crate::output::{Destination, OUTPUT};

#[derive(Debug, Args)]
#[command(
    long_about = "Compares two responses of `stocktake collect`: which objects were added and removed, which fields changed, which \
        objects moved to another host, cluster, folder or datastore. Inventories that are not complete are refused: what is \
        missing in one would look added or removed.",
    after_help = "Exit codes: 0 the inventories were compared, whatever differs.\n\n\
        Examples:\n  \
        stocktake diff monday.json tuesday.json\n  \
        stocktake diff monday.json tuesday.json --ignore details.storage --format csv --output changes.csv"
)]
pub(crate) struct DiffArguments {
    /// The earlier response, a file
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The later response, a file
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// Compare inventories that are not complete
    #[arg(long)]
    allow_incomplete: bool,
    /// Leave out these fields and those inside of them, as in details.storage
    #[arg(long, value_name = "FIELD", value_delimiter = ',')]
    ignore: Vec<String>,
    /// The output format [default: table on a terminal, else json]
    #[arg(long, help_heading = OUTPUT, value_enum)]
    format: Option<DiffFormat>,
    /// Write to this file [default: stdout]
    #[arg(long, value_name = "FILE", help_heading = OUTPUT)]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum DiffFormat {
    /// For people
    Table,
    /// One JSON object
    Json,
    /// A row per change
    Csv,
}

/// Runs the command.
pub(crate) fn run(arguments: &DiffArguments) -> Result<ExitCode, Failure> {
    let options = DiffOptions {
        allow_incomplete: arguments.allow_incomplete,
        ignore: arguments.ignore.clone(),
    };
    let mut old = Response::open(&arguments.old).map_err(failure)?;
    let mut new = Response::open(&arguments.new).map_err(failure)?;
    let difference = diff(&mut old, &mut new, &options).map_err(failure)?;
    let is_for_people = arguments.output.is_none() && io::stdout().is_terminal();
    let usual = if is_for_people {
        DiffFormat::Table
    } else {
        DiffFormat::Json
    };
    let mut out = BufWriter::new(Destination::open("--output", arguments.output.as_deref())?);
    let written = match arguments.format.unwrap_or(usual) {
        DiffFormat::Table => difference.write_table(&mut out),
        DiffFormat::Json => difference.write_json(&mut out),
        DiffFormat::Csv => difference.write_csv(&mut out),
    };
    let out = written.and_then(|()| {
        out.flush()?;
        out.into_inner().map_err(io::IntoInnerError::into_error)
    });
    let out = out.map_err(|error| Failure::other("cannot write the comparison", error))?;
    out.publish()?;
    Ok(ExitCode::SUCCESS)
}
