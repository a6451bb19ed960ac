//! `stocktake-dev demo`: the main job on a simulated vCenter, by the same code that
//! `simulate`, `collect` and `validate` run.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde_json::Map;
use stocktake_contract::request::Mode;
use stocktake_runtime::gateway::Trust;
use stocktake_runtime::validation::{self, Scope, validate};
use stocktake_runtime::{Extras, Outcome, Response};

use crate::simulate::Sizes;
use stocktake_cli::component::ComponentChoice;
use stocktake_cli::engine::{Engine, server_executor};
use stocktake_cli::failure::Failure;
use stocktake_cli::output::{Both, Destination, Table, report_problems};
use stocktake_cli::request::Order;
use stocktake_cli::signal::Interruption;
use stocktake_runtime::Settings;

#[derive(Debug, Args)]
pub(crate) struct DemoArguments {
    #[command(flatten)]
    sizes: Sizes,
    /// Write the response to FILE [default: stocktake-demo.json in ./target or the temporary folder]
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(arguments: &DemoArguments) -> Result<ExitCode, Failure> {
    let path = arguments.output.clone().unwrap_or_else(default_output);
    let destination = Destination::open("--output", Some(&path))?;
    let (outcome, destination) =
        server_executor()?.block_on(collect(arguments.sizes, destination))?;
    report_problems(&outcome);
    let unread = || Failure::Other("cancelled; nothing was written".to_owned());
    destination.ok_or_else(unread)?.publish()?;
    let valid = check(&path)?;
    let mut out = io::stdout().lock();
    writeln!(out, "response    {}", path.display())
        .and_then(|()| {
            writeln!(
                out,
                "validated   {}",
                if valid {
                    "every rule of the contract holds"
                } else {
                    "INVALID"
                }
            )
        })
        .map_err(|error| Failure::other("cannot write to stdout", error))?;
    Ok(if outcome.proof().is_some() && valid {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The destination is not given back when stdout is not read.
async fn collect(
    sizes: Sizes,
    destination: Destination,
) -> Result<(Outcome, Option<Destination>), Failure> {
    let interruption = Interruption::listen();
    let simulator = sizes
        .builder()
        .start()
        .await
        .map_err(|error| Failure::other("the simulator cannot start", error))?;
    eprintln!("simulating a vCenter at {}", simulator.url());
    let authority = simulator.ca_pem().unwrap_or_default().as_bytes();
    let trust = Trust::ca_pem(authority)
        .map_err(|error| Failure::other("the simulator's certificate is unusable", error))?;
    eprintln!("loading the collector into its sandbox");
    let engine = Engine::load(&ComponentChoice::default(), Settings::default(), trust)?;
    let mut config = Map::new();
    config.insert("preferred_vcenter_version".to_owned(), "7.0-8.x".into());
    let order = Order {
        endpoint: &simulator.url(),
        username: simulator.username(),
        password: simulator.password(),
        mode: Mode::Collect,
        config,
    };
    eprintln!("collecting over TLS");
    let both = Both(
        Response::new(destination, Extras::default()),
        Table::new(io::stdout()),
    );
    let (outcome, both) = engine
        .run(&order.request()?, both, interruption.token())
        .await;
    simulator.stop().await;
    Ok((outcome, both.map(|Both(response, _)| response.into_inner())))
}

/// Validates the written response against the contract.
fn check(path: &Path) -> Result<bool, Failure> {
    let document = std::fs::read(path)
        .map_err(|error| Failure::other(format!("cannot read {}", path.display()), error))?;
    let scope = Scope::from_document(Some(Mode::Collect), Vec::new());
    let report = validate(&document, scope, validation::ItemLimits::default());
    for issue in &report.issues {
        eprintln!(
            "error: {}: {}: {}",
            issue.code,
            issue.json_path(),
            issue.message
        );
    }
    Ok(report.issues.is_empty())
}

fn default_output() -> PathBuf {
    let target = Path::new("target");
    let folder = if target.is_dir() {
        target.to_owned()
    } else {
        std::env::temp_dir()
    };
    folder.join("stocktake-demo.json")
}
