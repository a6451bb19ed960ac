//! `stocktake component pull`: a component out of a store, once it is proved to be the one that was
//! meant.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use stocktake_contract::Problem;
use stocktake_registry::{Artifact, Reference, Target};
use stocktake_runtime::Inspection;
use stocktake_runtime::component::Digest;

use super::access::AccessArguments;
use super::push::of_no_world;
use super::world::World;
use crate::engine::{executor, runtime};
use crate::failure::Failure;
use crate::output::Destination;
use crate::policy::PolicyArguments;
use stocktake_runtime::Settings;

#[derive(Debug, Args)]
#[command(
    long_about = "Gets a component from a layout or a registry.\n\n\
        The manifest is named by its digest, and every byte is held against it. The component is checked as if it were to be run: it is \
        on the list of allowed ones, if there is a list, and of one of the contract's worlds. Only then is the file written.",
    after_help = "Examples:\n  \
        stocktake component pull oci:collectors@sha256:… --output collector.wasm\n  \
        stocktake component pull registry.example/collectors/mine:1.0.0 --allow-tag --output collector.wasm"
)]
pub(crate) struct PullArguments {
    #[arg(
        value_name = "REFERENCE",
        help = "Which one: oci:PATH@sha256:HEX or HOST[:PORT]/NAME@sha256:HEX"
    )]
    reference: Reference,
    /// Where to; the file appears whole or not at all
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
    /// Take whichever component has the tag now, and tell its digest
    #[arg(long)]
    allow_tag: bool,
    /// Refuse the component unless it is this one, as `stocktake inspect` tells it; repeat for several
    #[arg(long = "allow-component", value_name = "sha256:HEX")]
    allowed: Vec<Digest>,
    #[command(flatten)]
    policy: PolicyArguments,
    #[command(flatten)]
    access: AccessArguments,
}

/// Runs the command.
pub(super) fn run(arguments: &PullArguments) -> Result<ExitCode, Failure> {
    let reference = &arguments.reference;
    let target = target(reference, arguments.allow_tag)?;
    let mut settings = arguments.policy.settings()?;
    if !arguments.allowed.is_empty() {
        settings.component.allow = arguments.allowed.clone();
    }
    let artifact = arguments.access.open(reference)?.pull(&target)?;
    admit(&artifact, &settings).map_err(|reason| Failure::other(reference, reason))?;

    let output = &arguments.output;
    let mut destination = Destination::open("--output", Some(output))?;
    destination
        .write_all(artifact.component())
        .map_err(|error| Failure::other(format!("cannot write {}", output.display()), error))?;
    destination.publish()?;
    let description = artifact.description();
    println!("pulled     {}", reference.pinned(&description.digest));
    println!("component  {}", description.manifest.component().digest);
    Ok(ExitCode::SUCCESS)
}

fn target(reference: &Reference, allow_tag: bool) -> Result<Target, Failure> {
    let refused = |reason: &str| Err(Failure::Usage(format!("reference {reference}: {reason}")));
    match reference.target() {
        Some(Target::Tag(_)) if !allow_tag => refused(
            "a tag may name another component tomorrow; name the digest, as @sha256:HEX, or take what the tag names now by --allow-tag",
        ),
        Some(target) => Ok(target),
        None => refused("name the component's digest, as @sha256:HEX"),
    }
}

/// The component may be run, or handed to those who run it, and is what its configuration says.
fn admit(artifact: &Artifact, settings: &Settings) -> Result<(), String> {
    let told = |problem: Problem| problem.to_string();
    let runtime = runtime().map_err(told)?;
    let runtime = runtime.allowing(settings.component.allow.iter().copied());
    let executor = executor().map_err(|failure| failure.to_string())?;
    let inspection = executor
        .block_on(runtime.inspect(artifact.component()))
        .map_err(told)?;
    match World::of(&inspection) {
        None => Err(of_no_world(&inspection)),
        Some(World::Collector) => {
            inspection
                .description
                .as_ref()
                .map_err(|problem| problem.to_string())?;
            compare(artifact, &inspection)
        }
        Some(_) => compare(artifact, &inspection),
    }
}

fn compare(artifact: &Artifact, inspection: &Inspection) -> Result<(), String> {
    let told = artifact.description().config.interfaces();
    for (what, told, found) in [
        ("imports", &told.imports, &inspection.imports),
        ("exports", &told.exports, &inspection.exports),
    ] {
        let sorted = |names: &[String]| names.iter().cloned().collect::<BTreeSet<_>>();
        let (told, found) = (sorted(told), sorted(found));
        if let Some(name) = told.symmetric_difference(&found).next() {
            return Err(format!(
                "the configuration does not tell what the component {what}: they differ by {name}; push the component again"
            ));
        }
    }
    Ok(())
}
