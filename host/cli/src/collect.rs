//! `stocktake collect`: an inventory, and whether it is the whole one.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::{Map, Value};
use stocktake_contract::Problem;
use stocktake_contract::request::Mode;
use stocktake_runtime::Outcome;
use tokio_util::sync::CancellationToken;

use crate::connection::Connection;
use crate::engine::{Engine, executor};
use crate::failure::Failure;
use crate::output::{Destination, Format, tell_problems};
use crate::request::Order;
use crate::signal;

#[derive(Debug, Args)]
#[command(
    long_about = "Collects the inventory of a vCenter and says whether it is the whole inventory.\n\n\
        The answer goes to stdout or to --output, which appears whole or not at all. A run that fails still answers what it \
        has, marked as not complete and with its errors, and ends with exit code 1.",
    after_help = "Examples:\n  \
        stocktake collect --endpoint https://vc.lan --username reader@vsphere.local --ca-file vc-ca.pem --format table\n  \
        stocktake collect --endpoint https://vc.lan --username reader@vsphere.local --password-file /run/secrets/vc \\\n      \
        --pin sha256:… --output inventory.json"
)]
pub(crate) struct CollectArguments {
    #[command(flatten)]
    pub(crate) connection: Connection,
    /// What to collect
    #[arg(long, value_enum, default_value_t = CollectMode::Collect)]
    mode: CollectMode,
    /// The versions to be prepared for; auto asks the server first
    #[arg(long, value_enum, default_value_t = PreferredVersion::Auto)]
    preferred_version: PreferredVersion,
    /// Objects per page [default: 1000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    page_size: Option<u32>,
    /// Take VM templates for VMs
    #[arg(long)]
    include_templates: bool,
    /// Take an inventory with nothing in it for a good one
    #[arg(long)]
    allow_empty: bool,
    /// The form of the answer
    #[arg(long, value_enum, default_value_t = Format::Json)]
    format: Format,
    /// Put the counts behind the verdict into the JSON document
    #[arg(long)]
    evidence: bool,
    /// Write to FILE in place of stdout; a failed run leaves FILE alone, unless the format (json, ndjson) tells its errors
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
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
enum PreferredVersion {
    Auto,
    #[value(name = "6.5-6.7")]
    V6,
    #[value(name = "7.0-8.x")]
    V7To8,
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

impl PreferredVersion {
    fn as_str(self) -> Option<&'static str> {
        match self {
            PreferredVersion::Auto => None,
            PreferredVersion::V6 => Some("6.5-6.7"),
            PreferredVersion::V7To8 => Some("7.0-8.x"),
        }
    }
}

/// Runs the command.
pub(crate) fn run(arguments: CollectArguments) -> Result<ExitCode, Failure> {
    let password = arguments.connection.password()?;
    let mut destination = Destination::open(arguments.output.as_deref())?;
    let executor = executor()?;
    let outcome = executor.block_on(async {
        let cancel = signal::cancellation();
        collect(&arguments, &password, &mut destination, &cancel).await
    })?;
    // A format that cannot tell its errors must not pass for an inventory.
    if outcome.succeeded() || arguments.format.tells_problems() || arguments.output.is_none() {
        destination.publish()?;
    }
    if !arguments.format.tells_problems() {
        tell_problems(&outcome);
    }
    Ok(match outcome.succeeded() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

async fn collect(
    arguments: &CollectArguments,
    password: &str,
    destination: &mut Destination,
    cancel: &CancellationToken,
) -> Result<Outcome, Failure> {
    let mut writer = arguments.format.writer(destination, arguments.evidence);
    let mut fail = |problem: Problem| {
        let mut outcome = Outcome::failed(problem);
        stocktake_runtime::run::finish(&mut *writer, &mut outcome);
        outcome
    };
    let connection = &arguments.connection;
    let engine =
        match connection.trust.trust().and_then(|trust| {
            Engine::load(connection.component.as_deref(), connection.limits(), trust)
        }) {
            Ok(engine) => engine,
            Err(problem) => return Ok(fail(problem)),
        };
    let preferred = match arguments.preferred_version.as_str() {
        Some(preferred) => preferred.to_owned(),
        None => match recommended_version(&engine, connection, password, cancel).await? {
            Ok(preferred) => preferred,
            Err(mut outcome) => {
                stocktake_runtime::run::finish(&mut *writer, &mut outcome);
                return Ok(*outcome);
            }
        },
    };
    let order = Order {
        endpoint: &connection.endpoint,
        username: &connection.username,
        password,
        mode: arguments.mode.into(),
        config: arguments.config(&preferred),
    };
    let request = order.text()?;
    Ok(engine.run(&request, &mut *writer, cancel).await)
}

impl CollectArguments {
    fn config(&self, preferred: &str) -> Map<String, Value> {
        let mut config = Map::new();
        config.insert("preferred_vcenter_version".to_owned(), preferred.into());
        if let Some(size) = self.page_size {
            config.insert("page_size".to_owned(), size.into());
        }
        for (key, flag) in [
            ("include_templates", self.include_templates),
            ("allow_empty", self.allow_empty),
            ("evidence", self.evidence),
        ] {
            if flag {
                config.insert(key.to_owned(), true.into());
            }
        }
        config
    }
}

/// Asks the server for its version, and answers the range to configure for it.
async fn recommended_version(
    engine: &Engine,
    connection: &Connection,
    password: &str,
    cancel: &CancellationToken,
) -> Result<Result<String, Box<Outcome>>, Failure> {
    let order = Order {
        endpoint: &connection.endpoint,
        username: &connection.username,
        password,
        mode: Mode::Detect,
        config: Map::new(),
    };
    let outcome = engine.ask(&order.text()?, cancel).await;
    Ok(match &outcome.detection {
        Some(detection) if outcome.succeeded() => {
            Ok(detection.recommended_preferred_version.clone())
        }
        _ => Err(Box::new(outcome)),
    })
}
