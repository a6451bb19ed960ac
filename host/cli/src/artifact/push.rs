//! `stocktake component push`: uploads a component file to a layout or a registry.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde_json::json;
use stocktake_registry::artifact::Contents;
use stocktake_registry::config::Interfaces;
use stocktake_registry::manifest::Annotations;
use stocktake_registry::{Artifact, Reference};
use stocktake_runtime::Inspection;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::access::AccessArguments;
use super::world::World;
use crate::engine::{executor, runtime};
use crate::failure::Failure;
use crate::output::AnswerFormat;

/// Prefix of the annotation keys of the image specification.
const KEY: &str = "org.opencontainers.image.";

#[derive(Debug, Args)]
#[command(
    after_help = "The same component with the same annotations always has the same digest: the artifact is dated 1970 unless SOURCE_DATE_EPOCH\n\
        (seconds since 1970) is set.\n\n\
        Examples:\n  \
        stocktake component push collector.wasm oci:collectors:1.0.0\n  \
        stocktake component push collector.wasm registry.example/collectors/mine:1.0.0 --licenses Apache-2.0"
)]
pub(crate) struct PushArguments {
    /// The component, of any world of the contract
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[arg(
        value_name = "REFERENCE",
        help = "The destination: oci:PATH[:TAG] or HOST[:PORT]/NAME[:TAG]"
    )]
    reference: Reference,
    #[command(flatten)]
    texts: Texts,
    #[command(flatten)]
    access: AccessArguments,
    /// The output format
    #[arg(long, value_enum, default_value_t = AnswerFormat::Table)]
    format: AnswerFormat,
}

/// The description of the component.
#[derive(Debug, Args)]
#[command(next_help_heading = "Annotations")]
struct Texts {
    /// Its name; by default that of the collector, else the file name
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Its version; by default that of the collector
    #[arg(long, value_name = "TEXT")]
    version: Option<String>,
    /// A description; by default the sources it collects from
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Its licences, as an SPDX expression
    #[arg(long, value_name = "SPDX")]
    licenses: Option<String>,
    /// The digest of the source that it was built from, such as a commit
    #[arg(long, value_name = "DIGEST")]
    revision: Option<String>,
    /// Another annotation; may be repeated
    #[arg(long = "annotation", value_name = "KEY=TEXT", value_parser = pair)]
    others: Vec<(String, String)>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("expected KEY=TEXT".to_owned()),
    }
}

/// Runs the command.
pub(super) fn run(arguments: &PushArguments) -> Result<ExitCode, Failure> {
    let PushArguments {
        file, reference, ..
    } = arguments;
    if reference.digest.is_some() {
        let reason = "push prints the digest; give a tag, or neither";
        return Err(Failure::Usage(format!("reference {reference}: {reason}")));
    }
    let bytes = std::fs::read(file)
        .map_err(|error| Failure::other(format!("cannot read {}", file.display()), error))?;
    let named = |reason: &dyn std::fmt::Display| {
        Failure::Other(format!("component {}: {reason}", file.display()))
    };
    let runtime = runtime()?;
    let inspection = executor()?
        .block_on(runtime.inspect(&bytes))
        .map_err(|problem| named(&problem))?;
    let world = World::of(&inspection).ok_or_else(|| named(&of_no_world(&inspection)))?;
    let contents = Contents {
        interfaces: Interfaces {
            exports: inspection.exports.clone(),
            imports: inspection.imports.clone(),
            target: Some(world.name().to_owned()),
        },
        annotations: arguments.texts.annotations(file, &inspection),
        created: created(std::env::var("SOURCE_DATE_EPOCH").ok().as_deref())?,
    };
    let artifact = Artifact::new(bytes, contents);
    let store = arguments.access.open(reference)?;
    let digest = store.push(&artifact, reference.tag.as_deref())?;

    let pinned = reference.pinned(&digest);
    let component = &artifact.description().manifest.component().digest;
    let mut out = io::stdout().lock();
    match arguments.format {
        AnswerFormat::Json => {
            let reference = pinned.to_string();
            let answer =
                json!({ "reference": reference, "digest": digest, "component": component });
            writeln!(out, "{answer}")
        }
        AnswerFormat::Table => writeln!(out, "pushed     {pinned}")
            .and_then(|()| writeln!(out, "component  {component}")),
    }
    .map_err(|error| Failure::other("cannot write to stdout", error))?;
    Ok(ExitCode::SUCCESS)
}

/// Why a component implements no world: for a collector, the result of its check.
pub(super) fn of_no_world(inspection: &Inspection) -> String {
    match &inspection.description {
        Err(problem) => format!("it implements no world of the contract: {problem}"),
        Ok(_) => "it implements no world of the contract".to_owned(),
    }
}

impl Texts {
    fn annotations(&self, file: &Path, inspection: &Inspection) -> Annotations {
        let said = inspection.description.as_ref().ok();
        let stem = file
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned());
        let texts = [
            (
                "title",
                self.title
                    .clone()
                    .or_else(|| said.map(|said| said.name.clone()))
                    .or(stem),
            ),
            (
                "version",
                self.version
                    .clone()
                    .or_else(|| said.map(|said| said.version.clone())),
            ),
            (
                "description",
                self.description.clone().or_else(|| {
                    said.map(|said| format!("collects from {}", said.source_types.join(", ")))
                }),
            ),
            ("licenses", self.licenses.clone()),
            ("revision", self.revision.clone()),
        ];
        let known = texts
            .into_iter()
            .filter_map(|(key, text)| Some((format!("{KEY}{key}"), text?)));
        known.chain(self.others.iter().cloned()).collect()
    }
}

/// The time of `SOURCE_DATE_EPOCH` as RFC 3339.
fn created(epoch: Option<&str>) -> Result<Option<String>, Failure> {
    let Some(text) = epoch.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let time = text
        .parse()
        .ok()
        .and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
        .and_then(|time| time.format(&Rfc3339).ok());
    let refused = || {
        Failure::Usage(format!(
            "SOURCE_DATE_EPOCH is {text:?}; expected seconds since 1970"
        ))
    };
    Ok(Some(time.ok_or_else(refused)?))
}

#[cfg(test)]
mod tests {
    use super::{created, pair};

    #[test]
    fn an_artifact_is_dated_only_by_the_environment() {
        let date = |text| created(text).expect("a date");
        assert_eq!(date(None), None);
        assert_eq!(date(Some("")), None);
        assert_eq!(date(Some("0")).as_deref(), Some("1970-01-01T00:00:00Z"));
        assert_eq!(
            date(Some("1767225600")).as_deref(),
            Some("2026-01-01T00:00:00Z")
        );
        for wrong in ["now", "1e9", "99999999999999999"] {
            let refused = created(Some(wrong)).expect_err(wrong).to_string();
            assert!(refused.contains("SOURCE_DATE_EPOCH"), "{refused}");
        }
    }

    #[test]
    fn an_annotation_has_a_key() {
        assert_eq!(pair("a=b=c"), Ok(("a".to_owned(), "b=c".to_owned())));
        for wrong in ["", "a", "=b"] {
            pair(wrong).expect_err(wrong);
        }
    }
}
