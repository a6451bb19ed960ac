//! `stocktake sync`: the processed inventory of seven kinds, as one document.
//!
//! | module | holds |
//! | --- | --- |
//! | [`document`] | both stages, written when the run is over |
//! | [`raw`] | the raw stage: objects and their properties, as they came |
//! | [`processed`], [`row`] | the processed stage |
//! | [`lookups`], [`properties`] | what it is made of |
//! | [`errors`] | what went wrong, per object |
//! | [`spool`] | lines that move to disk when they grow many |

mod document;
mod errors;
mod lookups;
mod processed;
mod properties;
mod raw;
mod row;
mod spool;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::{Map, Value};
use stocktake_contract::request::{Mode, Profile};

use crate::collection::Collection;
use crate::connection::Connection;
use crate::engine::executor;
use crate::failure::Failure;
use crate::output::{Destination, OUTPUT, tell_problems};
use crate::resilience::ResilienceArguments;
use crate::selection::Selection;
use crate::signal;
use document::{Document, Stage};

#[derive(Debug, Args)]
#[command(
    long_about = "Prints the processed inventory as one line of JSON: clusters, hosts, vms, datastores, networks, dvpgs and dvswitches, \
        each object with its id and with names in place of references; fetch_time_ms, process_time_ms, total_objects and errors.\n\n\
        What is not known is absent, never null. What goes wrong with one object is an entry of errors with the severity warning \
        and ends nothing; an entry with the severity error says why the inventory is not whole. An entry's object is empty when it \
        is about the run and not about one object. A run that fails still prints what it has.",
    after_help = "Exit codes: 0 the inventory is whole, 1 it is not, 2 wrong usage.\n\n\
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
    /// Print the raw stage: an [id, {property: value}] pair per object
    #[arg(long, help_heading = OUTPUT)]
    raw: bool,
    /// Write to FILE in place of stdout; FILE appears whole or not at all
    #[arg(long, help_heading = OUTPUT, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(arguments: &SyncArguments) -> Result<ExitCode, Failure> {
    let password = arguments.connection.password()?;
    let mut destination = Destination::open(arguments.output.as_deref())?;
    let mut document = Document::new(&mut destination, arguments.stage());
    let outcome = executor()?.block_on(async {
        let cancel = signal::cancellation();
        let collection = Collection {
            connection: &arguments.connection,
            resilience: &arguments.resilience,
            password: &password,
            mode: Mode::Collect,
            preferred_version: arguments.selection.preferred_version,
            config: arguments.config(),
        };
        collection.run(&mut document, &cancel).await
    })?;
    let is_whole = document.is_whole();
    if !outcome.complete {
        tell_problems(&outcome);
    }
    if is_whole {
        destination.publish()?;
    }
    Ok(match outcome.complete && is_whole {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
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
