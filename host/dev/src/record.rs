//! `stocktake-dev record`: a live exchange as an anonymised fixture.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::{Map, Value};
use stocktake_cli::connection::Connection;
use stocktake_cli::engine::executor;
use stocktake_cli::failure::Failure;
use stocktake_cli::kinds::ExtendedKinds;
use stocktake_cli::output::{OUTPUT, report_problems};
use stocktake_cli::progress::Progress;
use stocktake_cli::request::Order;
use stocktake_cli::selection::{SELECTION, Selection};
use stocktake_cli::signal::Interruption;
use stocktake_contract::request::Mode;
use stocktake_fixture::anonymise::Source;
use stocktake_fixture::{Fixture, Order as FixtureOrder, Recording, case, format};
use stocktake_runtime::Collector;

/// The range that is recorded when a server does not report its version.
const USUAL_VERSION: &str = "7.0-8.x";

#[derive(Debug, Args)]
#[command(
    long_about = "Runs the collector against a vCenter and records the exchange as a fixture: a folder that can be replayed \
        without the vCenter, attached to an issue, or put among the fixtures of a test.\n\n\
        Everything that identifies something is replaced before a file is written, always by the same substitute: names, DNS names, \
        IP and Ethernet addresses, UUIDs, serial numbers, ids of objects and disks, accounts. Passwords, sessions and cookies are \
        removed. An allow list says what is kept: numbers, times, versions, states, guest systems, hardware models, generic labels \
        such as \"Hard disk 1\". Marks stay where they are, so a name with %2f is still one.\n\n\
        Then the fixture is verified: its replay must give the result of the live run, object by object, and no \
        original may be left in any file. If either fails nothing is written. Still, read it before you give it away.",
    after_help = "Exit codes: 0 the fixture was written, also when the recorded run failed;\n\
        1 it was not; 2 wrong usage.\n\n\
        Examples:\n  \
        stocktake-dev record --endpoint https://vc.lan --username reader@vsphere.local --ca-file vc-ca.pem --output duplicate-uuids \\\n      \
        --shows \"two VMs that share a BIOS UUID\"\n  \
        stocktake-dev record --endpoint https://vc.lan --username reader@vsphere.local --password-file /run/secrets/vc --pin sha256:… \\\n      \
        --mode collect_vms --scope-folder /Berlin/vm/web --page-size 50 --output web-folder"
)]
pub(crate) struct RecordArguments {
    #[command(flatten)]
    connection: Connection,
    /// The mode to record
    #[arg(long, help_heading = SELECTION, value_enum, default_value_t = RecordMode::Collect)]
    mode: RecordMode,
    #[command(flatten)]
    kinds: ExtendedKinds,
    #[command(flatten)]
    selection: Selection,
    /// The folder to write, atomically; it must be new or empty
    #[arg(long, help_heading = OUTPUT, value_name = "FOLDER")]
    output: PathBuf,
    /// What the case shows, in one sentence without names
    #[arg(long, help_heading = OUTPUT, value_name = "TEXT", default_value = "a vCenter, anonymised")]
    shows: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum RecordMode {
    /// VMs, hosts and clusters
    Collect,
    /// Hosts and clusters
    CollectHosts,
    /// VMs
    CollectVms,
    /// The version
    Detect,
    /// A session
    Healthcheck,
}

impl From<RecordMode> for Mode {
    fn from(mode: RecordMode) -> Self {
        match mode {
            RecordMode::Collect => Mode::Collect,
            RecordMode::CollectHosts => Mode::CollectHosts,
            RecordMode::CollectVms => Mode::CollectVms,
            RecordMode::Detect => Mode::Detect,
            RecordMode::Healthcheck => Mode::Healthcheck,
        }
    }
}

/// Runs the command.
pub(crate) fn run(arguments: &RecordArguments) -> Result<ExitCode, Failure> {
    let folder = &arguments.output;
    format::refuse_occupied(folder).map_err(failure)?;
    let password = arguments.connection.password()?;
    let collector = arguments.connection.collector()?;
    executor()?.block_on(async {
        let recorder = Recorder {
            arguments,
            password: &password,
            collector: &collector,
            interruption: Interruption::listen(),
        };
        let config = arguments.config(&recorder.version().await?);
        let mode = arguments.mode.into();
        let recording = recorder.record(mode, config.clone()).await?;
        if let Some(signal) = recorder.interruption.signal() {
            return Err(Failure::Signalled(signal));
        }
        report_problems(&recording.outcome);
        let fixture = recorder.keep(&recording, &config).await?;
        let replies = fixture.exchanges.len();
        let assets = recording.outcome.counts.all_assets();
        if recording.outcome.succeeded() {
            eprintln!("{}: {replies} exchanges, {assets} assets", folder.display())
        } else {
            eprintln!(
                "{}: {replies} exchanges of a run that failed; the fixture shows the failure",
                folder.display()
            )
        }
        Ok(ExitCode::SUCCESS)
    })
}

struct Recorder<'r> {
    arguments: &'r RecordArguments,
    password: &'r str,
    collector: &'r Collector,
    interruption: Interruption,
}

impl Recorder<'_> {
    /// The version range. The server is asked before the recording begins.
    async fn version(&self) -> Result<String, Failure> {
        if let Some(version) = self.arguments.selection.preferred_version.as_str() {
            return Ok(version.to_owned());
        }
        let detected = self.record(Mode::Detect, Map::new()).await?;
        let detection = detected.outcome.detection;
        let version = detection.map(|detection| detection.recommended_preferred_version);
        Ok(version.unwrap_or_else(|| USUAL_VERSION.to_owned()))
    }

    async fn record(&self, mode: Mode, config: Map<String, Value>) -> Result<Recording, Failure> {
        let connection = &self.arguments.connection;
        let order = Order {
            endpoint: &connection.endpoint,
            username: &connection.username,
            password: self.password,
            mode,
            config,
        };
        let request = order.request()?;
        let policy = connection.policy(&request)?;
        let progress = Progress::on_stderr();
        let advance = progress.advancing();
        let token = self.interruption.token();
        Ok(Recording::of(self.collector, &request, policy, advance, token).await)
    }

    async fn keep(
        &self,
        recording: &Recording,
        config: &Map<String, Value>,
    ) -> Result<Fixture, Failure> {
        let connection = &self.arguments.connection;
        let order = FixtureOrder {
            source: Source {
                endpoint: &connection.endpoint,
                username: &connection.username,
                password: self.password,
                config,
            },
            mode: Mode::from(self.arguments.mode).as_str(),
            shows: &self.arguments.shows,
            provenance: format!(
                "recorded from a vCenter by `stocktake-dev record` {}; everything that identifies something is replaced",
                env!("CARGO_PKG_VERSION")
            ),
        };
        case::keep(self.collector, recording, &order, &self.arguments.output)
            .await
            .map_err(failure)
    }
}

impl RecordArguments {
    fn config(&self, version: &str) -> Map<String, Value> {
        let mut config = Map::new();
        config.insert("preferred_vcenter_version".to_owned(), version.into());
        self.selection.write(&mut config);
        let kinds = self.kinds.names();
        if !kinds.is_empty() {
            config.insert("kinds".to_owned(), kinds.into());
        }
        config
    }
}

fn failure(error: stocktake_fixture::Error) -> Failure {
    match error {
        stocktake_fixture::Error::Occupied(_) => Failure::Usage(error.to_string()),
        error => Failure::Other(error.to_string()),
    }
}
