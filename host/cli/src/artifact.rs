//! `stocktake component`: components as OCI artifacts, in layouts and registries.
//!
//! | module | holds |
//! | --- | --- |
//! | [`push`] | a component file into a store |
//! | [`pull`] | a component out of a store, once it is proved to be the one that was meant |
//! | [`inspect`] | what is told of one |
//! | [`access`] | which store, who asks, whom to believe |
//! | [`world`] | which of the contract's worlds a component is of |

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
    long_about = "Pushes components as OCI artifacts, pulls them and tells what is said of them.\n\n\
        An artifact is named as skopeo and oras name it: oci:PATH[:TAG] is an image layout in a directory, \
        HOST[:PORT]/NAME[:TAG] a repository of a registry; @sha256:HEX behind it names one manifest for good."
)]
pub(crate) struct ArtifactCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Put a component into a layout or a registry, and tell its digest
    Push(push::PushArguments),
    /// Get a component by its digest, with every byte checked
    Pull(pull::PullArguments),
    /// Tell what manifest and configuration say of a component, without getting it
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
