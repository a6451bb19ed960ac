//! `stocktake validate`: checks a response document of any collector.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use stocktake_contract::request::Mode;
use stocktake_runtime::validation::{DocumentReport, ItemLimits, Scope, validate};

use crate::failure::Failure;
use crate::kinds::ExtendedKinds;

#[derive(Debug, Args)]
#[command(
    long_about = "Checks a collector-response-v1 document against every rule of the contract: shape, schemas, unique ids, \
        relations with both ends, counts, completeness. Problems are reported with path and code: the first of each asset and relation, and of each other member of the document.\n\n\
        Assets of an extended kind are errors unless they are listed by --kinds, as for a document of the profile sync; \
        a document of the profile full needs --full.",
    after_help = "Exit codes: 0 the document is valid, 1 it is not."
)]
pub(crate) struct ValidateArguments {
    /// The document; - is stdin
    #[arg(value_name = "FILE|-")]
    file: PathBuf,
    /// The requested mode; guessed by default
    #[arg(long, value_parser = mode)]
    mode: Option<Mode>,
    #[command(flatten)]
    kinds: ExtendedKinds,
    /// The document is of the profile full: every kind, with details
    #[arg(long)]
    full: bool,
}

fn mode(text: &str) -> Result<Mode, String> {
    let known = Mode::ALL.into_iter().find(|mode| mode.as_str() == text);
    known.ok_or_else(|| format!("expected one of {}", Mode::ALL.map(Mode::as_str).join(", ")))
}

/// Runs the command.
pub(crate) fn run(arguments: &ValidateArguments) -> Result<ExitCode, Failure> {
    let document = read(arguments)?;
    let kinds = arguments.kinds.names().into_iter().map(str::to_owned);
    let mut scope = Scope::from_document(arguments.mode, kinds.collect());
    if arguments.full {
        scope = scope.with_details();
    }
    let report = validate(&document, scope, ItemLimits::default());
    print_report(&report).map_err(|error| Failure::other("cannot write to stdout", error))?;
    Ok(if report.issues.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn read(arguments: &ValidateArguments) -> Result<Vec<u8>, Failure> {
    if arguments.file.as_os_str() == "-" {
        let mut document = Vec::new();
        io::stdin()
            .lock()
            .read_to_end(&mut document)
            .map_err(|error| Failure::other("cannot read stdin", error))?;
        return Ok(document);
    }
    fs::read(&arguments.file)
        .map_err(|error| Failure::file(format!("cannot read {}", arguments.file.display()), &error))
}

fn print_report(report: &DocumentReport) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for issue in &report.issues {
        writeln!(
            out,
            "{}: {}: {}",
            issue.code,
            issue.json_path(),
            issue.message
        )?;
    }
    if !report.issues.is_empty() {
        return writeln!(out, "invalid: {} problems", report.issues.len());
    }
    let kinds: Vec<String> = report
        .assets
        .iter()
        .map(|(kind, count)| format!("{count} {kind}"))
        .collect();
    let kinds = if kinds.is_empty() {
        String::new()
    } else {
        format!(" ({})", kinds.join(", "))
    };
    writeln!(
        out,
        "valid: {} assets{kinds}, {} relations, {} warnings, {} errors, inventory_complete {}",
        report.assets.values().sum::<u64>(),
        report.relations,
        report.warnings,
        report.errors,
        report.complete
    )
}
