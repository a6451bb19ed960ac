//! A plugin for a ledger: reads a `collector-request-v1` document from
//! stdin and writes the `collector-response-v1` document to stdout, as `stocktake plugin` does.
//!
//! ```text
//! cargo run --bin embed -- --ca-file vcenter-ca.pem < request.json
//! ```
//!
//! The exit code is 0 exactly when the response holds no errors. Progress goes to stderr.
//! `STOCKTAKE_CACHE_DIR` names a directory for compiled code.

use std::io::{self, BufWriter, Stdout};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use stocktake_runtime::contract::{ErrorCode, Problem};
use stocktake_runtime::gateway::Trust;
use stocktake_runtime::page::Progress;
use stocktake_runtime::validation::{Asset, RawWarning, Relation};
use stocktake_runtime::{
    Cache, CancellationToken, Collector, Conclusion, Limits, Outcome, Policy, Request, Response,
    Runtime, Writer,
};

/// Writes the document while the pages come, and counts what it holds so far.
struct Ledger {
    response: Response<BufWriter<Stdout>>,
    assets: u64,
}

impl Writer for Ledger {
    fn asset(&mut self, asset: &Asset<'_>) -> io::Result<()> {
        self.assets += 1;
        self.response.asset(asset)
    }

    fn relation(&mut self, relation: &Relation<'_>) -> io::Result<()> {
        self.response.relation(relation)
    }

    fn warning(&mut self, warning: &RawWarning, text: &str) -> io::Result<()> {
        self.response.warning(warning, text)
    }

    // Only here is it known whether what was written is an inventory.
    fn finish(&mut self, outcome: &Outcome) -> io::Result<()> {
        match &outcome.conclusion {
            Conclusion::Complete(proof) => {
                eprintln!("run {}: {} assets: complete", proof.run_id(), self.assets);
            }
            Conclusion::Answered => {}
            Conclusion::Partial | Conclusion::Failed => {
                eprintln!("{} assets: not an inventory", self.assets);
            }
        }
        self.response.finish(outcome)
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let succeeded = match prepare() {
        Ok((collector, request, policy)) => run(&collector, &request, &policy).await,
        Err(problem) => refuse(problem),
    };
    if succeeded {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// The component, the request, and what the run may do.
fn prepare() -> Result<(Collector, Request, Policy), Problem> {
    let misused = |message: &str| Problem::new(ErrorCode::VcenterConfigInvalid, message);
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (login, trust) = match arguments.split_first() {
        Some((option, rest)) if option == "--credentials-to-guest" => (true, rest),
        _ => (false, arguments.as_slice()),
    };
    let trust = match trust {
        [] => Trust::System,
        [option, file] if option == "--ca-file" => Trust::ca_file(Path::new(file))?,
        _ => {
            return Err(misused(
                "usage: embed [--credentials-to-guest] [--ca-file FILE] < request.json",
            ));
        }
    };
    let request = io::read_to_string(io::stdin()).map_err(|error| {
        let message = format!("the request on stdin cannot be read: {error}");
        Problem::new(ErrorCode::VcenterParseError, message)
    })?;
    let request = Request::parse(&request)?;

    let mut runtime = Runtime::new()?;
    // Without it the component is compiled by every process.
    if let Some(directory) = std::env::var_os("STOCKTAKE_CACHE_DIR") {
        runtime = runtime.with_cache(Cache::new(directory));
    }
    let collector = runtime.load(stocktake_vcenter_artifact::COMPONENT)?;

    // The endpoint of the request may be spoken to, by calls that only read, and nothing else.
    let mut limits = Limits::default();
    limits.sandbox.memory_bytes = 128 << 20;
    limits.sandbox.wall = Duration::from_secs(240);
    limits.network.requests = 10_000;
    limits.network.run_bytes = 4 << 30;
    let policy = Policy::for_request(&request)
        // Otherwise the host logs in, and the component sees neither user nor password.
        .with_credentials_to_guest(login)
        .trusting(trust)
        .within(limits);
    Ok((collector, request, policy))
}

/// A ledger expects a document whatever went wrong.
fn refuse(problem: Problem) -> bool {
    if let Err(error) = Response::failure(io::stdout().lock(), problem) {
        eprintln!("error: the response cannot be written: {error}");
    }
    false
}

/// Answers whether the run did what its mode asks for.
async fn run(collector: &Collector, request: &Request, policy: &Policy) -> bool {
    let out = BufWriter::new(io::stdout());
    let ledger = Ledger {
        response: Response::new(out, request.extras()),
        assets: 0,
    };
    let progress = |Progress { done, total, .. }| match total {
        Some(total) => eprintln!("{done} of {total} objects"),
        None => eprintln!("{done} objects"),
    };
    let (outcome, _) = stocktake_runtime::run(
        collector,
        request,
        policy,
        ledger,
        progress,
        &cancelled_by_ctrl_c(),
    )
    .await;
    if outcome.is_unwritten() {
        for error in &outcome.errors {
            eprintln!("error: {error}");
        }
    }
    outcome.succeeded()
}

/// The collector then cleans up, and the response says that it is not complete.
fn cancelled_by_ctrl_c() -> CancellationToken {
    let token = CancellationToken::new();
    let cancel = token.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            cancel.cancel();
        }
    });
    token
}
