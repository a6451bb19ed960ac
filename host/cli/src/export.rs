//! `stocktake export`: writes a response in a format that other tools load.

use std::io::{self, IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use stocktake_export::{Error, Format, Options, Report, Response, export, export_to};

use crate::failure::Failure;
use crate::output::{OUTPUT, clean, stdout};

#[derive(Debug, Args)]
#[command(
    long_about = "Writes a response of `stocktake collect` in a format that other tools load. Most of its columns are filled \
        from an inventory of the profile full. An inventory that is not complete is refused. Output appears under its name when \
        it is complete.",
    after_help = "Examples:\n  \
        stocktake collect --endpoint https://vc.lan … --profile full --output inventory.json\n  \
        stocktake export inventory.json --format xlsx --output inventory.xlsx\n  \
        stocktake export inventory.json --format parquet --output inventory/"
)]
pub(crate) struct ExportArguments {
    /// The response, a file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The format
    #[arg(long, help_heading = OUTPUT, value_parser = format_parser())]
    format: Format,
    /// Write to this file or, for csv, parquet and netbox, to this directory [default: stdout]
    #[arg(long, value_name = "PATH", help_heading = OUTPUT)]
    output: Option<PathBuf>,
    /// Export an inventory that is not complete
    #[arg(long)]
    allow_incomplete: bool,
    /// Days after which the sheet vHealth lists a snapshot as old
    #[arg(long, value_name = "DAYS", default_value_t = Options::default().snapshot_days)]
    snapshot_days: u32,
    /// Percentage of use at which the sheet vHealth lists a datastore as full
    #[arg(long, value_name = "PERCENT", default_value_t = Options::default().datastore_percent,
          value_parser = clap::value_parser!(u8).range(1..=100))]
    datastore_percent: u8,
}

/// Names the formats in the help and in errors.
fn format_parser() -> impl clap::builder::TypedValueParser<Value = Format> {
    use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser as _};

    let names = Format::ALL.iter();
    let names = names.map(|format| PossibleValue::new(format.as_str()).help(format.about()));
    PossibleValuesParser::new(names.collect::<Vec<_>>())
        .try_map(|name: String| name.parse::<Format>())
}

/// Runs the command.
pub(crate) fn run(arguments: &ExportArguments) -> Result<ExitCode, Failure> {
    let options = Options {
        allow_incomplete: arguments.allow_incomplete,
        snapshot_days: arguments.snapshot_days,
        datastore_percent: arguments.datastore_percent,
        ..Options::default()
    };
    let format = arguments.format;
    let mut response = Response::open(&arguments.file).map_err(failure)?;
    let report = match &arguments.output {
        Some(path) => export(&mut response, format, path, &options),
        None if format.is_directory() => {
            return Err(Failure::Usage(format!(
                "--format {format} writes a directory; add --output PATH"
            )));
        }
        None if format == Format::Xlsx && io::stdout().is_terminal() => {
            return Err(Failure::Usage(
                "--format xlsx writes a binary file; add --output FILE".to_owned(),
            ));
        }
        None => {
            let mut out = stdout().map_err(|error| Failure::file("stdout", &error))?;
            export_to(&mut response, format, "stdout", &mut out, &options).and_then(|report| {
                let flushed = out.flush();
                flushed.map(|()| report).map_err(|error| Error::Write {
                    path: "stdout".into(),
                    reason: error.to_string(),
                })
            })
        }
    };
    for note in notes(&report.map_err(failure)?) {
        eprintln!("note: {}", clean(&note));
    }
    Ok(ExitCode::SUCCESS)
}

/// What differs from the inventory in what was written.
fn notes(report: &Report) -> Vec<String> {
    let counted = [
        (report.cut_cells, "cells cut at 32,767 characters"),
        (
            report.cleaned_cells,
            "cells whose control characters were replaced",
        ),
        (
            report.disarmed_cells,
            "cells that begin with ' so that no spreadsheet runs them as a formula",
        ),
        (
            report.omitted_columns,
            "columns omitted beyond the 16,384th of a sheet",
        ),
        (
            report.omitted_numbers,
            "numbers omitted because the format cannot hold them",
        ),
    ];
    let mut notes = Vec::new();
    if !report.complete {
        notes.push("the inventory is not complete: objects that exist can be missing".to_owned());
    }
    let counted = counted.into_iter().filter(|(count, _)| *count > 0);
    notes.extend(counted.map(|(count, what)| format!("{what}: {count}")));
    let split = report.split_sheets.iter();
    notes
        .extend(split.map(|sheet| format!("{sheet} has further sheets: one holds 1,048,576 rows")));
    notes.extend(report.notes.iter().cloned());
    notes
}

/// A failed export or comparison, by the options that cure it.
pub(crate) fn failure(error: Error) -> Failure {
    match &error {
        Error::Read { name, source } => Failure::file(format!("cannot read {name}"), source),
        Error::Incomplete { name, reason } => Failure::Other(format!(
            "{name} is not a complete inventory ({reason}), so that objects that exist can be missing in it; \
             collect again, or add --allow-incomplete"
        )),
        Error::Malformed { .. } => Failure::Other(error.to_string()),
        Error::Occupied(_) => Failure::Usage(format!("--output: {error}")),
        _ => Failure::Other(error.to_string()),
    }
}
