//! `stocktake sync`: the processed inventory of seven kinds, as one document.
//!
//! | module | holds |
//! | --- | --- |
//! | [`document`] | both stages, written when the run is over |
//! | [`raw`] | the raw stage: objects and their properties as received |
//! | [`processed`], [`row`] | the processed stage |
//! | [`lookups`], [`properties`] | its parts |
//! | [`errors`] | what went wrong, per object |

mod document;
mod errors;
mod lookups;
mod processed;
mod properties;
mod raw;
mod row;
#[cfg(test)]
mod tests;

use std::process::ExitCode;

use clap::Args;
use serde_json::{Map, Value};
use stocktake_contract::request::{Mode, Profile};

use crate::collection::Collection;
use crate::connection::Connection;
use crate::count::CountArguments;
use crate::engine::executor;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{OUTPUT, OutputArguments, report_end};
use crate::resilience::ResilienceArguments;
use crate::selection::Selection;
use crate::signal::Interruption;
use document::{Document, Stage};

#[derive(Debug, Args)]
#[command(
    long_about = "Prints the processed inventory as one line of JSON: clusters, hosts, vms, datastores, networks, dvpgs and dvswitches, \
        each object with its id and with names instead of references; fetch_time_ms, process_time_ms, total_objects and errors.\n\n\
        An unknown value is absent, never null. A problem with one object is an entry of errors with the severity warning \
        and does not end the run; an entry with the severity error says why the inventory is not complete. The object of an entry is empty when it \
        concerns the whole run. A run that fails still \
        prints what it has, or writes it to --output-failed.",
    after_help = "Exit codes: see `stocktake --help`.\n\n\
        Examples:\n  \
        stocktake sync --endpoint https://vc.lan --username reader@vsphere.local --ca-file vc-ca.pem | jq .total_objects\n  \
        stocktake sync --endpoint https://vc.lan --username reader@vsphere.local --password-file /run/secrets/vc \\\n      \
        --pin sha256:… --scope-datacenter Berlin --raw --output raw.json"
)]
pub(crate) struct SyncArguments {
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    resilience: ResilienceArguments,
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    count: CountArguments,
    /// Print the raw stage: an [id, {property: value}] pair per object
    #[arg(long, help_heading = OUTPUT)]
    raw: bool,
    #[command(flatten)]
    output: OutputArguments,
}

/// Runs the command.
pub(crate) fn run(arguments: &SyncArguments) -> Result<ExitCode, Failure> {
    let password = arguments.connection.password()?;
    let files = arguments.output.open()?;
    let document = Document::new(files.writer(), arguments.stage());
    let executor = executor()?;
    let (outcome, document, signal) = executor.block_on(async {
        let interruption = Interruption::listen();
        let collection = Collection {
            connection: &arguments.connection,
            resilience: &arguments.resilience,
            password: &password,
            mode: Mode::Collect,
            preferred_version: arguments.selection.preferred_version,
            count: arguments.count,
            config: arguments.config(),
        };
        let token = interruption.token();
        let (outcome, document) = collection.run(document, token).await?;
        Ok::<_, Failure>((outcome, document, interruption.signal()))
    })?;
    let is_whole = document.is_some_and(|document| document.is_whole());
    let exit = match Exit::from_collection(&outcome, signal) {
        Exit::Done if !is_whole => Exit::Failed,
        exit => exit,
    };
    report_end(&outcome, exit, true);
    if is_whole {
        files.publish(exit, &outcome)?;
    }
    Ok(exit.into())
}

impl SyncArguments {
    fn stage(&self) -> Stage {
        if self.raw {
            Stage::Raw
        } else {
            Stage::Processed
        }
    }

    fn config(&self) -> Map<String, Value> {
        let mut config = Map::new();
        config.insert("profile".to_owned(), Profile::Sync.as_str().into());
        self.selection.write(&mut config);
        config
    }
}
