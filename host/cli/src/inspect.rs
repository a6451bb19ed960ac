//! `stocktake inspect`: the imports, exports and description of a component.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;
use stocktake_contract::ascii;
use stocktake_runtime::Inspection;

use crate::component::embedded;
use crate::engine::{executor, runtime};
use crate::failure::Failure;
use crate::output::AnswerFormat;

#[derive(Debug, Args)]
#[command(after_help = "Exit codes: 0 the component can be run, 1 it is refused.")]
pub(crate) struct InspectArguments {
    /// The component; by default the built-in one
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// The output format
    #[arg(long, value_enum, default_value_t = AnswerFormat::Table)]
    format: AnswerFormat,
}

/// Runs the command.
pub(crate) fn run(arguments: &InspectArguments) -> Result<ExitCode, Failure> {
    let bytes = match &arguments.file {
        Some(file) => std::fs::read(file)
            .map_err(|error| Failure::file(format!("cannot read {}", file.display()), &error))?,
        None => embedded().to_vec(),
    };
    let runtime = runtime()?;
    let inspection = executor()?.block_on(runtime.inspect(&bytes))?;
    let written = match arguments.format {
        AnswerFormat::Json => writeln!(io::stdout(), "{}", ascii::escape(&json(&inspection))),
        AnswerFormat::Table => report(&inspection),
    };
    written.map_err(|error| Failure::other("cannot write to stdout", error))?;
    Ok(match inspection.description {
        Ok(_) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    })
}

fn json(inspection: &Inspection) -> String {
    let description = inspection.description.as_ref().ok().map(|said| {
        json!({
            "name": said.name,
            "version": said.version,
            "source_types": said.source_types,
            "modes": said.modes,
            "contracts": said.contracts,
            "page_size": {
                "least": said.page_size.least,
                "most": said.page_size.most,
                "default": said.page_size.default,
            },
        })
    });
    json!({
        "sha256": inspection.sha256,
        "size": inspection.size,
        "imports": inspection.imports,
        "exports": inspection.exports,
        "foreign": inspection.foreign,
        "description": description,
        "refused": inspection.description.as_ref().err(),
    })
    .to_string()
}

fn report(inspection: &Inspection) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "sha256   {}", inspection.sha256)?;
    writeln!(out, "size     {} bytes", inspection.size)?;
    for import in &inspection.imports {
        let mark = if inspection.foreign.contains(import) {
            "   <- not available"
        } else {
            ""
        };
        writeln!(out, "imports  {import}{mark}")?;
    }
    for export in &inspection.exports {
        writeln!(out, "exports  {export}")?;
    }
    match &inspection.description {
        Ok(said) => {
            writeln!(out, "name     {} {}", said.name, said.version)?;
            writeln!(out, "sources  {}", said.source_types.join(", "))?;
            writeln!(out, "modes    {}", said.modes.join(", "))?;
            writeln!(out, "speaks   {}", said.contracts.join(", "))?;
            writeln!(out, "verdict  it can be run")
        }
        Err(problem) => writeln!(out, "verdict  refused: {problem}"),
    }
}
