//! `stocktake component inspect`: the manifest and configuration of a published component.

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Args;
use serde_json::json;
use stocktake_contract::ascii;
use stocktake_registry::{Description, Reference};

use super::access::AccessArguments;
use crate::failure::Failure;
use crate::output::AnswerFormat;
use crate::output::clean;

#[derive(Debug, Args)]
#[command(
    after_help = "The output is what the publisher wrote; `stocktake component pull` compares it with the component, \
        and `stocktake inspect FILE` reads the component itself."
)]
pub(crate) struct InspectArguments {
    #[arg(
        value_name = "REFERENCE",
        help = "The artifact: oci:PATH or HOST[:PORT]/NAME, with :TAG or @sha256:HEX"
    )]
    reference: Reference,
    #[command(flatten)]
    access: AccessArguments,
    /// The output format
    #[arg(long, value_enum, default_value_t = AnswerFormat::Table)]
    format: AnswerFormat,
}

/// Runs the command.
pub(super) fn run(arguments: &InspectArguments) -> Result<ExitCode, Failure> {
    let reference = &arguments.reference;
    let target = reference.target().ok_or_else(|| {
        Failure::Usage(format!("reference {reference}: append a tag or a digest"))
    })?;
    let description = arguments.access.open(reference)?.describe(&target)?;
    let pinned = reference.pinned(&description.digest);
    let written = match arguments.format {
        AnswerFormat::Json => {
            let text = json(&pinned, &description);
            writeln!(io::stdout(), "{}", ascii::escape(&text))
        }
        AnswerFormat::Table => report(&pinned, &description),
    };
    written.map_err(|error| Failure::other("cannot write to stdout", error))?;
    Ok(ExitCode::SUCCESS)
}

fn json(pinned: &Reference, description: &Description) -> String {
    let component = description.manifest.component();
    json!({
        "reference": pinned.to_string(),
        "digest": description.digest,
        "component": component.digest,
        "size": component.size,
        "annotations": description.manifest.annotations,
        "config": description.config,
    })
    .to_string()
}

fn report(pinned: &Reference, description: &Description) -> io::Result<()> {
    let Description {
        manifest, config, ..
    } = description;
    let mut out = io::stdout().lock();
    writeln!(out, "artifact   {pinned}")?;
    writeln!(out, "component  {}", manifest.component().digest)?;
    writeln!(out, "size       {} bytes", manifest.component().size)?;
    writeln!(out, "created    {}", clean(&config.created))?;
    let interfaces = config.interfaces();
    if let Some(world) = &interfaces.target {
        writeln!(out, "world      {}", clean(world))?;
    }
    for import in &interfaces.imports {
        writeln!(out, "imports    {}", clean(import))?;
    }
    for export in &interfaces.exports {
        writeln!(out, "exports    {}", clean(export))?;
    }
    for (key, text) in &manifest.annotations {
        writeln!(out, "annotated  {} = {}", clean(key), clean(text))?;
    }
    Ok(())
}
