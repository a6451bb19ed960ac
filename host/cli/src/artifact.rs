//! `stocktake component`: components as OCI artifacts, in layouts and registries.
//!
//! | module | holds |
//! | --- | --- |
//! | [`push`] | uploads a component file |
//! | [`pull`] | downloads a component and verifies it |
//! | [`inspect`] | the description of a published component |
//! | [`access`] | store, credentials, trust |
//! | [`world`] | which world of the contract a component implements |

mod access;
mod inspect;
mod pull;
mod push;
mod world;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::failure::Failure;

#[derive(Debug, Args)]
#[command(
    long_about = "Pushes, pulls and inspects components as OCI artifacts.\n\n\
        An artifact is named as skopeo and oras name it: oci:PATH[:TAG] is an image layout in a directory, \
        HOST[:PORT]/NAME[:TAG] is a repository of a registry; a trailing @sha256:HEX pins one manifest."
)]
pub(crate) struct ArtifactCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Push a component to a layout or a registry, and print its digest
    Push(push::PushArguments),
    /// Pull a component by its digest, with every byte verified
    Pull(pull::PullArguments),
    /// Show the manifest and configuration of a component, without downloading it
    Inspect(inspect::InspectArguments),
}

/// Runs the command.
pub(crate) fn run(command: &ArtifactCommand) -> Result<ExitCode, Failure> {
    match &command.action {
        Action::Push(arguments) => push::run(arguments),
        Action::Pull(arguments) => pull::run(arguments),
        Action::Inspect(arguments) => inspect::run(arguments),
    }
}

impl From<stocktake_registry::Error> for Failure {
    fn from(error: stocktake_registry::Error) -> Self {
        match error {
            stocktake_registry::Error::Reference { .. } => Failure::Usage(error.to_string()),
            _ => Failure::Other(error.to_string()),
        }
    }
}
