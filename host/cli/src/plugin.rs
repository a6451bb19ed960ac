//! `stocktake plugin`: the drop-in for a ledger. In any case it writes one line of
//! `collector-response-v1`.

use std::env;
use std::io::{self, BufWriter, Read as _, Write};
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::process::ExitCode;

use clap::Args;
use stocktake_contract::{ErrorCode, Problem, request};
use stocktake_runtime::gateway::Trust;
use stocktake_runtime::{Outcome, Request, Response, Writer as _};
use zeroize::Zeroizing;

use crate::component::ComponentChoice;
use crate::connection::TimeLimit;
use crate::engine::{Engine, executor};
use crate::output::{BLOCK, report_errors, stdout};
use crate::policy::PolicyArguments;
use crate::proxy::ProxyArguments;
use crate::resilience::ResilienceArguments;
use crate::shared::Shared;
use crate::signal::Interruption;

#[derive(Debug, Default, Args)]
#[command(
    long_about = "Reads one collector-request-v1 document from stdin and writes one line of collector-response-v1 to stdout, in ASCII. \
        Logs go to stderr. The exit code is 0 exactly when the response has no errors.\n\n\
        There is always a response: malformed requests and refused components are reported in its errors.",
    after_help = "At most one of these variables sets which certificates are trusted; the default is the system's authorities:\n  \
        STOCKTAKE_CA_FILE=FILE      only the authorities of this PEM file\n  \
        STOCKTAKE_PIN=sha256:HEX    only this certificate or public key\n  \
        STOCKTAKE_INSECURE=1        any certificate; for tests\n\n\
        The host logs in, and the component sees neither user name nor password. To let the component log in itself, set\n  \
        STOCKTAKE_CREDENTIALS_TO_GUEST=1\n\n\
        When the vCenter does not respond:\n  \
        STOCKTAKE_ATTEMPTS=N         send a read-only call up to N times [default: 3]\n  \
        STOCKTAKE_BREAKER_STATE=DIR  skip a vCenter after 5 failed runs in a row of all processes that share DIR\n\n\
        Limits and allowed calls are set by a file, see `stocktake policy show`:\n  \
        STOCKTAKE_POLICY=FILE\n\n\
        The proxy is that of HTTPS_PROXY, ALL_PROXY and NO_PROXY, which are read as by curl, or of\n  \
        STOCKTAKE_PROXY=http://[USER:PASSWORD@]HOST:PORT\n\n\
        A ledger that passes no arguments can start the program under the name stocktake-plugin."
)]
pub(crate) struct PluginArguments {
    #[command(flatten)]
    component: ComponentChoice,
    #[command(flatten)]
    time: TimeLimit,
    #[command(flatten)]
    policy: PolicyArguments,
    /// Let the component log in itself: it receives user name and password, which otherwise stay with the host
    #[arg(long)]
    credentials_to_guest: bool,
}

/// Runs the command.
pub(crate) fn run(arguments: &PluginArguments) -> ExitCode {
    let answered = match prepare(arguments) {
        Ok((request, engine)) => collect(&request, &engine),
        Err(problem) => answer_failure(problem),
    };
    match answered {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: the response cannot be written: {error}");
            ExitCode::FAILURE
        }
    }
}

fn answer_failure(problem: Problem) -> io::Result<bool> {
    report_errors(std::slice::from_ref(&problem));
    Response::failure(io::stdout().lock(), problem).map(|()| false)
}

fn prepare(arguments: &PluginArguments) -> Result<(Request, Engine), Problem> {
    let request = read_request()?;
    let trust = trust_of_environment()?;
    let to_guest = arguments.credentials_to_guest || switch("STOCKTAKE_CREDENTIALS_TO_GUEST")?;
    let mut settings = arguments.policy.settings()?;
    arguments.component.amend(&mut settings);
    arguments.time.amend(&mut settings);
    ProxyArguments::default().amend(&mut settings)?;
    ResilienceArguments::from_environment()?.amend(&mut settings);
    settings.session.credentials_to_guest |= to_guest;
    let engine = Engine::load(&arguments.component, settings, trust)?;
    Ok((request, engine))
}

fn read_request() -> Result<Request, Problem> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(64 * 1024));
    io::stdin()
        .lock()
        .take(request::LARGEST as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| {
            let message = format!("the request on stdin cannot be read ({error})");
            Problem::new(ErrorCode::VcenterParseError, message)
        })?;
    Request::parse(request::text(&bytes)?)
}

/// Which certificates the environment says to trust; at most one of the variables may be set.
fn trust_of_environment() -> Result<Trust, Problem> {
    let ca_file = setting("STOCKTAKE_CA_FILE");
    let pin = setting("STOCKTAKE_PIN");
    let insecure = switch("STOCKTAKE_INSECURE")?;
    match (ca_file, pin, insecure) {
        (None, None, false) => Ok(Trust::System),
        (Some(file), None, false) => Trust::ca_file(Path::new(&file)),
        (None, Some(pin), false) => Trust::pin(&pin),
        (None, None, true) => Ok(Trust::Insecure),
        _ => Err(misconfigured(
            "more than one of STOCKTAKE_CA_FILE, STOCKTAKE_PIN and STOCKTAKE_INSECURE is set; set one",
        )),
    }
}

fn setting(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

fn switch(name: &str) -> Result<bool, Problem> {
    match setting(name).as_deref() {
        None | Some("0") => Ok(false),
        Some("1") => Ok(true),
        Some(_) => Err(misconfigured(&format!("{name} must be 1 or unset"))),
    }
}

fn misconfigured(message: &str) -> Problem {
    Problem::new(ErrorCode::VcenterConfigInvalid, message)
}

/// Returns whether the run succeeded.
fn collect(request: &Request, engine: &Engine) -> io::Result<bool> {
    let executor = match executor() {
        Ok(executor) => executor,
        Err(failure) => {
            return answer_failure(Problem::new(ErrorCode::InternalError, failure.to_string()));
        }
    };
    let out = BufWriter::with_capacity(BLOCK, stdout()?);
    let response = Shared::new(Response::new(out, request.extras()));
    whole(&response, |response| {
        executor.block_on(async {
            let interruption = Interruption::listen();
            let token = interruption.token();
            let (outcome, _) = engine.run(request, response, token).await;
            report_errors(&outcome.errors);
            outcome.succeeded()
        })
    })
}

/// Ends the document even when `work` panics, so that it is well-formed.
fn whole<W: Write>(
    response: &Shared<Response<W>>,
    work: impl FnOnce(Shared<Response<W>>) -> bool,
) -> io::Result<bool> {
    let done = panic::catch_unwind(AssertUnwindSafe(|| work(response.clone())));
    done.or_else(|_| {
        let message = "stocktake panicked; its stderr names the location; report this as a defect";
        let outcome = Outcome::failed(Problem::new(ErrorCode::InternalError, message));
        let finished = response.try_with(|response| response.finish(&outcome));
        finished.unwrap_or(Ok(())).map(|()| false)
    })
}

#[cfg(test)]
mod tests {
    use super::{Response, Shared, whole};
    use stocktake_runtime::validation::Asset;
    use stocktake_runtime::{Extras, Writer as _};

    #[test]
    fn a_panic_in_the_middle_of_a_run_is_answered_by_a_whole_document() {
        let response = Shared::new(Response::new(Vec::new(), Extras::default()));
        let succeeded = whole(&response, |mut response| {
            let asset = Asset {
                kind: "vm".into(),
                id: "vm-1".into(),
                text: r#"{"external_id":"vm-1"}"#,
            };
            response.asset(&asset).expect("written");
            panic!("a defect");
        });
        assert!(!succeeded.expect("written"));
        let bytes = response.into_inner().expect("the only one").into_inner();
        let document: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
        assert_eq!(document["errors"][0]["code"], "INTERNAL_ERROR");
        assert_eq!(document["stats"]["inventory_complete"], false);
        assert_eq!(document["stats"]["assets"], 1);
    }
}
