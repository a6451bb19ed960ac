//! `stocktake collect`: an inventory, and whether it is complete.

use std::io::{self, IsTerminal as _};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::{Map, Value};
use stocktake_contract::request::{Mode, Profile};
use stocktake_runtime::{Extras, Outcome};
use tokio_util::sync::CancellationToken;

use crate::collection::Collection;
use crate::connection::Connection;
use crate::count::CountArguments;
use crate::engine::executor;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::kinds::ExtendedKinds;
use crate::output::{Destination, Format, OUTPUT, OutputArguments, report_end};
use crate::query::Query;
use crate::resilience::ResilienceArguments;
use crate::selection::{SELECTION, Selection, set};
use crate::shared::Shared;
use crate::signal::Interruption;

#[derive(Debug, Args)]
#[command(
    long_about = "Collects the inventory of a vCenter and reports whether it is complete.\n\n\
        The output goes to stdout; a complete inventory can be written to a file by --output, atomically. A run that fails still writes \
        what it has to stdout or to --output-failed, marked as not complete, and reports its errors on stderr.",
    after_help = "Exit codes: see `stocktake --help`.\n\n\
        Examples:\n  \
        stocktake collect --endpoint https://vc.lan --username reader@vsphere.local --ca-file vc-ca.pem\n  \
        stocktake collect --endpoint https://vc.lan --username reader@vsphere.local --password-file /run/secrets/vc \\\n      \
        --pin sha256:… --output inventory.json\n  \
        stocktake collect --endpoint https://vc.lan --username reader@vsphere.local --ca-file vc-ca.pem \\\n      \
        --scope-datacenter Berlin --kinds datastore,network\n  \
        stocktake collect --endpoint https://vc.lan --username reader@vsphere.local --ca-file vc-ca.pem \\\n      \
        --mode collect_vms --scope-folder /Berlin/vm/web\n  \
        stocktake collect --endpoint https://vc.lan --username reader@vsphere.local --ca-file vc-ca.pem \\\n      \
        --profile full --where 'kind=vm and has snapshots' --columns name,folder_path,snapshots.created_at"
)]
pub(crate) struct CollectArguments {
    #[command(flatten)]
    pub(crate) connection: Connection,
    #[command(flatten)]
    resilience: ResilienceArguments,
    /// What to collect
    #[arg(long, help_heading = SELECTION, value_enum, default_value_t = CollectMode::Collect)]
    mode: CollectMode,
    /// Which properties are read
    #[arg(long, help_heading = SELECTION, value_enum, default_value_t = ProfileName::Ledger)]
    profile: ProfileName,
    /// Read the tags of VMs, over the Automation API of the vCenter; with --profile full
    #[arg(long, help_heading = SELECTION)]
    tags: bool,
    #[command(flatten)]
    kinds: ExtendedKinds,
    /// Collect VM templates as VMs
    #[arg(long, help_heading = SELECTION)]
    include_templates: bool,
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    count: CountArguments,
    /// The output format [default: table on a terminal, else json]
    #[arg(long, help_heading = OUTPUT, value_enum)]
    format: Option<Format>,
    /// Add the counts behind the verdict to the JSON document
    #[arg(long, help_heading = OUTPUT)]
    evidence: bool,
    /// Add the use of each budget to the output (json, ndjson)
    #[arg(long, help_heading = OUTPUT)]
    usage: bool,
    #[command(flatten)]
    query: Query,
    #[command(flatten)]
    output: OutputArguments,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum CollectMode {
    /// VMs, hosts and clusters
    Collect,
    /// Hosts and clusters
    CollectHosts,
    /// VMs
    CollectVms,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ProfileName {
    /// The properties that a ledger stores of an asset
    Ledger,
    /// The short lists of the sync command, of all seven kinds
    Sync,
    /// Everything that is known of every kind, folders and resource pools included, as `details`
    Full,
}

impl From<CollectMode> for Mode {
    fn from(mode: CollectMode) -> Self {
        match mode {
            CollectMode::Collect => Mode::Collect,
            CollectMode::CollectHosts => Mode::CollectHosts,
            CollectMode::CollectVms => Mode::CollectVms,
        }
    }
}

impl From<ProfileName> for Profile {
    fn from(profile: ProfileName) -> Self {
        match profile {
            ProfileName::Ledger => Profile::Ledger,
            ProfileName::Sync => Profile::Sync,
            ProfileName::Full => Profile::Full,
        }
    }
}

/// Runs the command.
pub(crate) fn run(arguments: &CollectArguments) -> Result<ExitCode, Failure> {
    let password = arguments.connection.password()?;
    let files = arguments.output.open()?;
    let format = arguments.format()?;
    let executor = executor()?;
    let (outcome, signal) = executor.block_on(async {
        let interruption = Interruption::listen();
        let cancel = interruption.token();
        let outcome = collect(arguments, format, &password, files.writer(), cancel).await?;
        Ok::<_, Failure>((outcome, interruption.signal()))
    })?;
    let exit = Exit::from_collection(&outcome, signal);
    report_end(&outcome, exit, format.holds_warnings());
    files.publish(exit, &outcome)?;
    Ok(exit.into())
}

async fn collect(
    arguments: &CollectArguments,
    format: Format,
    password: &str,
    destination: Shared<Destination>,
    cancel: &CancellationToken,
) -> Result<Outcome, Failure> {
    let extras = Extras {
        evidence: arguments.evidence,
        usage: arguments.usage,
    };
    let writer = format.writer(destination, extras, arguments.query.clone());
    let collection = Collection {
        connection: &arguments.connection,
        resilience: &arguments.resilience,
        password,
        mode: arguments.mode.into(),
        preferred_version: arguments.selection.preferred_version,
        count: arguments.count,
        config: arguments.config(),
    };
    let (outcome, _) = collection.run(writer, cancel).await?;
    Ok(outcome)
}

impl CollectArguments {
    fn format(&self) -> Result<Format, Failure> {
        let is_for_people = !self.output.is_file() && io::stdout().is_terminal();
        let is_part = !self.query.is_everything();
        match self.format {
            None if is_part && !is_for_people => Ok(Format::Csv),
            None => Ok(Format::usual(is_for_people)),
            Some(format) if is_part && format.is_whole() => Err(Failure::Usage(
                "--where and --columns show a part of the inventory, which a program must not take for all of it; \
                 add --format table or --format csv, or leave them out"
                    .to_owned(),
            )),
            Some(format) => Ok(format),
        }
    }

    fn config(&self) -> Map<String, Value> {
        let mut config = Map::new();
        self.selection.write(&mut config);
        let profile = Profile::from(self.profile);
        if profile != Profile::default() {
            config.insert("profile".to_owned(), profile.as_str().into());
        }
        let kinds = self.kinds.names();
        if !kinds.is_empty() {
            config.insert("kinds".to_owned(), kinds.into());
        }
        set(&mut config, "tags", self.tags);
        set(&mut config, "include_templates", self.include_templates);
        set(&mut config, "evidence", self.evidence);
        set(&mut config, "usage", self.usage);
        config
    }
}
