//! The sandbox of a test, and one run in it.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Map, Value};
use stocktake_contract::ErrorCode;
use stocktake_runtime::limits::SandboxLimits;
use stocktake_runtime::raw_run::{Ending, RawRun};
use stocktake_runtime::run::finish;
use stocktake_runtime::validation::{self, Asset, RawWarning, Relation, Scope, validate};
use stocktake_runtime::{Collector, Extras, Outcome, Policy, REDACTED, Request, Response, Writer};
use tokio_util::sync::CancellationToken;

use crate::finding::{Deviation, Wrong};

/// Runs that may exceed their time limit before a test is given up.
const MOST_ENDLESS: u64 = 2;
/// Characters after which the host truncates a message.
const LONGEST: usize = 4096;

/// A component in the sandbox of a test.
pub(crate) struct Runner {
    pub(crate) collector: Collector,
    /// What a run may use of the host.
    limits: SandboxLimits,
    pub(crate) source_type: String,
    /// The modes of its description.
    pub(crate) modes: Vec<String>,
    /// What the author adds to `source.config` of every request.
    pub(crate) config: Map<String, Value>,
    /// Runs at the same time.
    pub(crate) parallel: usize,
    runs: AtomicU64,
    endless: AtomicU64,
}

/// A run to be made.
pub(crate) struct TestRun {
    pub(crate) request: String,
    pub(crate) policy: Policy,
    /// Cancelled after so many pages.
    pub(crate) cancel_after: Option<u64>,
}

/// The result of a run.
pub(crate) struct Ran {
    pub(crate) outcome: Outcome,
    /// The response document.
    pub(crate) response: Vec<u8>,
    /// Deviations that every check reports.
    pub(crate) deviations: Vec<Deviation>,
}

impl Runner {
    pub(crate) fn new(
        collector: Collector,
        limits: SandboxLimits,
        source_type: String,
        modes: Vec<String>,
        config: Map<String, Value>,
    ) -> Self {
        Runner {
            collector,
            limits,
            source_type,
            modes,
            config,
            parallel: std::thread::available_parallelism().map_or(1, usize::from),
            runs: AtomicU64::new(0),
            endless: AtomicU64::new(0),
        }
    }

    /// Runs so far.
    pub(crate) fn runs(&self) -> u64 {
        self.runs.load(Ordering::Relaxed)
    }

    /// Whether too many runs exceeded their time limit.
    pub(crate) fn is_endless(&self) -> bool {
        self.endless.load(Ordering::Relaxed) >= MOST_ENDLESS
    }

    /// The mode of requests for an inventory.
    pub(crate) fn collecting(&self) -> &str {
        let collects = |mode: &&String| mode.starts_with("collect");
        let known = self.modes.iter().find(|mode| *mode == "collect");
        let known = known.or_else(|| self.modes.iter().find(collects));
        known.map_or("collect", String::as_str)
    }

    /// Runs the component once.
    pub(crate) async fn run(&self, test_run: TestRun) -> Ran {
        self.runs.fetch_add(1, Ordering::Relaxed);
        let cancel = CancellationToken::new();
        let mut pages = 0;
        if test_run.cancel_after == Some(0) {
            cancel.cancel();
        }
        let token = cancel.clone();
        let progress = move |_| {
            pages += 1;
            if Some(pages) == test_run.cancel_after {
                token.cancel();
            }
        };
        let reader = Reader {
            response: Response::new(Vec::new(), Extras::default()),
            unprintable: None,
        };
        let mut policy = test_run.policy;
        policy.limits.sandbox = self.limits;
        let (outcome, reader) = match Request::parse(&test_run.request) {
            Ok(request) => {
                let collector = &self.collector;
                stocktake_runtime::run(collector, &request, &policy, reader, progress, &cancel)
                    .await
            }
            Err(problem) => finish(reader, Outcome::failed(problem), &cancel).await,
        };
        let (response, unprintable) = match reader {
            Some(reader) => (reader.response.into_inner(), reader.unprintable),
            None => (Vec::new(), None),
        };
        let is_cancelled = test_run.cancel_after.is_some();
        let mut deviations = of_codes(&outcome, is_cancelled);
        deviations.extend(of_claim(&outcome, is_cancelled));
        deviations.extend(of_texts(&outcome, &response, &test_run.request));
        deviations.extend(unprintable.map(|message| {
            Deviation::new(
                Wrong::Unprintable,
                "messages without control characters",
                format!("the warning {message:?}"),
            )
        }));
        deviations.extend(of_document(&response, &test_run.request));
        let is_endless = |deviation: &Deviation| deviation.wrong == Wrong::NeverEnds;
        if deviations.iter().any(is_endless) {
            self.endless.fetch_add(1, Ordering::Relaxed);
        }
        Ran {
            outcome,
            response,
            deviations,
        }
    }

    /// Runs the component once on a request as it is, and calls it again after its end.
    pub(crate) async fn raw_run(
        &self,
        request: &str,
        policy: &Policy,
        ending: Ending,
    ) -> Result<RawRun, Vec<Deviation>> {
        self.runs.fetch_add(1, Ordering::Relaxed);
        let mut policy = policy.clone();
        policy.limits.sandbox = self.limits;
        let raw_answer = self.collector.raw_run(request, &policy, ending).await;
        raw_answer.map_err(|problem| {
            let wrong = of_code(problem.code).unwrap_or(Wrong::Traps);
            if wrong == Wrong::NeverEnds {
                self.endless.fetch_add(1, Ordering::Relaxed);
            }
            vec![Deviation::new(wrong, "a summary", problem.to_string())]
        })
    }
}

/// The response, and what the document does not contain.
struct Reader {
    response: Response<Vec<u8>>,
    /// The first message of a warning with a control character in it.
    unprintable: Option<String>,
}

impl Writer for Reader {
    fn asset(&mut self, asset: &Asset<'_>) -> io::Result<()> {
        self.response.asset(asset)
    }

    fn relation(&mut self, relation: &Relation<'_>) -> io::Result<()> {
        self.response.relation(relation)
    }

    fn warning(&mut self, warning: &RawWarning, text: &str) -> io::Result<()> {
        if self.unprintable.is_none() && warning.message.chars().any(char::is_control) {
            self.unprintable = Some(warning.message.clone());
        }
        self.response.warning(warning, text)
    }

    fn finish(&mut self, outcome: &Outcome) -> io::Result<()> {
        self.response.finish(outcome)
    }
}

/// The finding behind an error code of the host.
pub(crate) fn of_code(code: ErrorCode) -> Option<Wrong> {
    Some(match code {
        ErrorCode::PluginExecFailed => Wrong::Refused,
        ErrorCode::PluginTrapped => Wrong::Traps,
        ErrorCode::PluginTimeout => Wrong::NeverEnds,
        ErrorCode::PluginBudgetExceeded => Wrong::OverBudget,
        ErrorCode::EgressDenied => Wrong::Trespasses,
        ErrorCode::PluginExitNonzero
        | ErrorCode::PluginOutputInvalidJson
        | ErrorCode::PluginSchemaVersionUnsupported
        | ErrorCode::PluginResponseInvalid
        | ErrorCode::SchemaValidationFailed
        | ErrorCode::InternalError => Wrong::BreaksTheContract,
        _ => return None,
    })
}

fn of_codes(outcome: &Outcome, is_cancelled: bool) -> Vec<Deviation> {
    let mut deviations: Vec<Deviation> = Vec::new();
    for error in &outcome.errors {
        // A cancelled run without an inventory has no other error.
        if is_cancelled && error.code == ErrorCode::PluginExitNonzero {
            continue;
        }
        let wrong = match of_code(error.code) {
            Some(_) if error.message.contains("holds the password") => Wrong::TellsASecret,
            Some(wrong) => wrong,
            None => continue,
        };
        if !deviations.iter().any(|known| known.wrong == wrong) {
            let expected = "a result that the host accepts";
            deviations.push(Deviation::new(wrong, expected, error.to_string()));
        }
    }
    deviations
}

/// A run that is interrupted may have been just finished.
fn of_claim(outcome: &Outcome, is_cancelled: bool) -> Option<Deviation> {
    let is_refuted = outcome.claimed && outcome.proof().is_none() && !is_cancelled;
    let message = outcome.errors.first().map(ToString::to_string);
    is_refuted.then(|| {
        Deviation::new(
            Wrong::ClaimsComplete,
            "inventory-complete only if it is proved",
            format!("it is set, and {}", message.unwrap_or_default()),
        )
    })
}

fn of_texts(outcome: &Outcome, response: &[u8], request: &str) -> Vec<Deviation> {
    let mut deviations = Vec::new();
    let request: Value = serde_json::from_str(request).unwrap_or_default();
    let password = request.pointer("/source/credential/password");
    let password = password.and_then(Value::as_str).unwrap_or_default();
    let reported = format!("{outcome:?}");
    let response = String::from_utf8_lossy(response);
    let secrets = [REDACTED, password];
    let secrets = secrets.iter().filter(|secret| !secret.is_empty());
    let leaks = secrets.filter(|secret| reported.contains(**secret) || response.contains(**secret));
    if leaks.count() > 0 {
        let place = outcome.errors.iter().map(ToString::to_string);
        let notes = outcome.warnings.iter().map(|note| note.message.clone());
        let texts = [outcome.stderr.clone()];
        let mut places = place.chain(notes).chain(texts);
        let place = places.find(|text| text.contains(REDACTED));
        deviations.push(Deviation::new(
            Wrong::TellsASecret,
            "texts without any part of the credential",
            match place {
                Some(text) => format!("what the host redacted in {text:?}"),
                None => "the password in the response".to_owned(),
            },
        ));
    }
    let mut messages = outcome.errors.iter().map(|error| &error.message);
    if messages.any(|message| message.chars().count() > LONGEST) {
        deviations.push(Deviation::new(
            Wrong::RunsOn,
            format!("messages of at most {LONGEST} characters"),
            "an error whose message the host truncated",
        ));
    }
    deviations
}

fn of_document(response: &[u8], request: &str) -> Option<Deviation> {
    let asked = Request::parse(request).map(|request| Scope::from_request(&request));
    let asked = asked.unwrap_or_default();
    let scope = Scope {
        has_details: asked.has_details,
        ..Scope::from_document(asked.mode, asked.kinds)
    };
    let report = validate(response, scope, validation::ItemLimits::default());
    let issue = report.issues.first()?;
    let reported = format!("{}: {}: {}", issue.code, issue.json_path(), issue.message);
    let expected = "a valid collector-response-v1";
    Some(Deviation::new(Wrong::BreaksTheContract, expected, reported))
}

/// What a request may ask of the network; nothing when it is not JSON.
pub(crate) fn policy(request: &str) -> Policy {
    let request = Request::parse(request);
    request.map_or_else(
        |_| Policy::default(),
        |request| Policy::for_request(&request),
    )
}
