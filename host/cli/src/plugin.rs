//! `stocktake plugin`: the drop-in for a ledger. Whatever happens, one line of
//! `collector-response-v1` is answered.

use std::env;
use std::io::{self, BufWriter, Read as _, Write as _};
use std::path::Path;
use std::process::ExitCode;

use stocktake_contract::{ErrorCode, Problem};
use stocktake_runtime::gateway::Trust;
use stocktake_runtime::{Limits, Response};
use zeroize::Zeroizing;

use crate::engine::{Engine, executor};
use crate::resilience::Resilience;
use crate::signal;

/// No request of the contract comes near this size, in bytes.
const LARGEST_REQUEST: u64 = 1 << 20;

/// Runs the command.
pub(crate) fn run() -> ExitCode {
    let answered = match prepare() {
        Ok((request, trust, resilience)) => collect(&request, trust, resilience),
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
    Response::of_failure(io::stdout().lock(), problem).map(|()| false)
}

fn prepare() -> Result<(Zeroizing<String>, Trust, Resilience), Problem> {
    let request = read_request()?;
    let trust = trust_of_environment()?;
    Ok((request, trust, Resilience::of_environment()?))
}

fn read_request() -> Result<Zeroizing<String>, Problem> {
    let refused = |reason: String| {
        let message =
            format!("the request on stdin {reason}; send one collector-request-v1 document");
        Problem::new(ErrorCode::VcenterParseError, message)
    };
    let mut bytes = Zeroizing::new(Vec::with_capacity(64 * 1024));
    io::stdin()
        .lock()
        .take(LARGEST_REQUEST + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| refused(format!("cannot be read ({error})")))?;
    if bytes.len() as u64 > LARGEST_REQUEST {
        return Err(refused("is larger than 1 MiB".to_owned()));
    }
    let text = String::from_utf8(std::mem::take(&mut *bytes)).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        drop(Zeroizing::new(error.into_bytes()));
        refused(format!("is not UTF-8 at byte {at}"))
    })?;
    Ok(Zeroizing::new(text))
}

/// Whom the environment says to believe; at most one of the variables may be set.
fn trust_of_environment() -> Result<Trust, Problem> {
    let setting = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let ca_file = setting("STOCKTAKE_CA_FILE");
    let pin = setting("STOCKTAKE_PIN");
    let insecure = match setting("STOCKTAKE_INSECURE").as_deref() {
        None | Some("0") => false,
        Some("1") => true,
        Some(_) => return Err(misconfigured("STOCKTAKE_INSECURE must be 1 or unset")),
    };
    match (ca_file, pin, insecure) {
        (None, None, false) => Ok(Trust::System),
        (Some(file), None, false) => Trust::ca_file(Path::new(&file)),
        (None, Some(pin), false) => Trust::pin(&pin),
        (None, None, true) => {
            tracing::warn!(
                "certificates are not checked: whoever is in between can read the password"
            );
            Ok(Trust::Insecure)
        }
        _ => Err(misconfigured(
            "more than one of STOCKTAKE_CA_FILE, STOCKTAKE_PIN and STOCKTAKE_INSECURE is set; set one",
        )),
    }
}

fn misconfigured(message: &str) -> Problem {
    Problem::new(ErrorCode::VcenterConfigInvalid, message)
}

/// Answers whether the run succeeded.
fn collect(request: &str, trust: Trust, resilience: Resilience) -> io::Result<bool> {
    let engine = match Engine::load(None, Limits::default(), trust) {
        Ok(engine) => engine.with_resilience(resilience),
        Err(problem) => return answer_failure(problem),
    };
    let executor = match executor() {
        Ok(executor) => executor,
        Err(failure) => {
            return answer_failure(Problem::new(ErrorCode::InternalError, failure.to_string()));
        }
    };
    let mut out = BufWriter::new(io::stdout());
    let outcome = executor.block_on(async {
        let cancel = signal::cancellation();
        let mut response = Response::new(&mut out, wants_evidence(request));
        engine.run(request, &mut response, &cancel).await
    });
    out.flush()?;
    Ok(outcome.succeeded())
}

fn wants_evidence(request: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(request)
        .is_ok_and(|request| request["source"]["config"]["evidence"] == true)
}
