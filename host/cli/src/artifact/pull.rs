//! `stocktake component pull`: downloads a component from a store and verifies that it is the requested one.

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
    long_about = "Pulls a component from a layout or a registry.\n\n\
        The manifest is named by its digest, and every byte is verified against it. The component is checked as before a run: it must be \
        on the list of allowed components, if there is one, and implement a world of the contract. Only then is the file written.",
    after_help = "Examples:\n  \
        stocktake component pull oci:collectors@sha256:… --output collector.wasm\n  \
        stocktake component pull registry.example/collectors/mine:1.0.0 --allow-tag --output collector.wasm"
)]
pub(crate) struct PullArguments {
    #[arg(
        value_name = "REFERENCE",
        help = "The artifact: oci:PATH@sha256:HEX or HOST[:PORT]/NAME@sha256:HEX"
    )]
    reference: Reference,
    /// The file to write, atomically
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
    /// Pull the component that the tag names now, and print its digest
    #[arg(long)]
    allow_tag: bool,
    /// Refuse any component but the one with this digest (see `stocktake inspect`); may be repeated
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
            "a tag can be moved to another component; give the digest, as @sha256:HEX, or accept the tag with --allow-tag",
        ),
        Some(target) => Ok(target),
        None => refused("give the digest of the component, as @sha256:HEX"),
    }
}

/// The component is allowed, implements a world, and matches its configuration.
fn admit(artifact: &Artifact, settings: &Settings) -> Result<(), String> {
    let error_text = |problem: Problem| problem.to_string();
    let runtime = runtime().map_err(error_text)?;
    let runtime = runtime.allowing(settings.component.allow.iter().copied());
    let executor = executor().map_err(|failure| failure.to_string())?;
    let inspection = executor
        .block_on(runtime.inspect(artifact.component()))
        .map_err(error_text)?;
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
    let described = artifact.description().config.interfaces();
    for (what, described, found) in [
        ("imports", &described.imports, &inspection.imports),
        ("exports", &described.exports, &inspection.exports),
    ] {
        let sorted = |names: &[String]| names.iter().cloned().collect::<BTreeSet<_>>();
        let (described, found) = (sorted(described), sorted(found));
        if let Some(name) = described.symmetric_difference(&found).next() {
            return Err(format!(
                "the configuration does not match what the component {what}: they differ in {name}; push the component again"
            ));
        }
    }
    Ok(())
}
