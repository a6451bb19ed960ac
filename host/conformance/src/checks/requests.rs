//! Requests, valid and malformed.

use std::sync::Arc;

use serde_json::{Value, json};
use stocktake_contract::ErrorCode;
use stocktake_runtime::RawRun;
use stocktake_runtime::raw_run::Ending;

use super::{Job, Shown};
use crate::finding::{Deviation, Wrong};
use crate::request::{Mistake, Request};
use crate::runner::{self, Runner, TestRun};
use crate::transport::Refusing;

/// An address where connections are refused.
const NOWHERE: &str = "https://collector.invalid";
/// A password to search for.
const PASSWORD: &str = "never-t0-be-s33n";

/// A valid request to an address where connections are refused.
fn sound(runner: &Runner) -> Value {
    Request {
        source_type: &runner.source_type,
        mode: runner.collecting(),
        endpoint: NOWHERE,
        username: "user",
        password: PASSWORD,
        config: &runner.config,
    }
    .document()
}

/// The response of the component when connections are refused, and how often it connected.
async fn ask(runner: &Runner, request: &str) -> (Result<RawRun, Vec<Deviation>>, usize) {
    let refusing = Arc::new(Refusing::default());
    let allowed = sound(runner).to_string();
    let policy = runner::policy(&allowed)
        .with_credentials_to_guest(true)
        .through(refusing.clone());
    let raw_answer = runner.raw_run(request, &policy, Ending::Pulled).await;
    (raw_answer, refusing.asked())
}

impl Job<'_> {
    pub(super) async fn malformed_requests(&mut self) {
        let runner = self.runner;
        let sound = sound(runner);
        let refusal = accepts(runner, &sound).await;
        let is_refused = !refusal.1.is_empty();
        self.find(refusal);
        if is_refused {
            return;
        }
        let texts = ["", "{", "not json", "{\"a\":1}{", "[]]"];
        let parse = (ErrorCode::VcenterParseError, "JSON");
        for text in texts {
            self.find(refuses(runner, text, parse, &format!("{text:?}")).await);
        }
        let mistakes = Mistake::all(&runner.source_type);
        for mistake in &mistakes {
            let request = mistake.made_in(sound.clone()).to_string();
            let refusal = (ErrorCode::VcenterConfigInvalid, mistake.field);
            self.find(refuses(runner, &request, refusal, &mistake.label()).await);
            self.find(answers_validly(runner, request, &mistake.label()).await);
        }
        // The first of two mistakes is reported.
        for (nth, first) in mistakes.iter().enumerate() {
            for second in &mistakes[nth + 1..] {
                if first.field == second.field {
                    continue;
                }
                let request = first.made_in(second.made_in(sound.clone())).to_string();
                let refusal = (ErrorCode::VcenterConfigInvalid, first.field);
                let place = format!("{} and {}", first.label(), second.label());
                self.find(refuses(runner, &request, refusal, &place).await);
            }
        }
        (self.tick)(runner.runs());
    }

    pub(super) async fn unknown_keys(&mut self) {
        let runner = self.runner;
        let mut request = sound(runner);
        let (plain, _) = ask(runner, &request.to_string()).await;
        let place = "source.config.kit_unknown_key";
        request["source"]["config"]["kit_unknown_key"] = json!({"nested": [1, null, "text"]});
        let (with_key, _) = ask(runner, &request.to_string()).await;
        match (plain, with_key) {
            (Ok(plain), Ok(with_key)) => {
                let summary = |answer: &RawRun| format!("{:?}", answer.summary);
                if summary(&plain) != summary(&with_key) {
                    let deviation =
                        Deviation::new(Wrong::Differs, summary(&plain), summary(&with_key));
                    self.find((place.to_owned(), vec![deviation]));
                }
            }
            (Err(deviations), _) | (_, Err(deviations)) => {
                self.find((place.to_owned(), deviations));
            }
        }
    }
}

/// A valid request is not refused.
async fn accepts(runner: &Runner, request: &Value) -> Shown {
    let place = "a valid request".to_owned();
    let (raw_answer, _) = ask(runner, &request.to_string()).await;
    let errors = match raw_answer {
        Ok(raw_run) => raw_run.summary.errors,
        Err(deviations) => return (place, deviations),
    };
    let refusal = errors
        .iter()
        .find(|error| error.code == ErrorCode::VcenterConfigInvalid);
    let deviations = refusal.map(|refusal| {
        let expected =
            "a run that fails because the connection is refused; settings that it needs are given by --config";
        Deviation::new(Wrong::WrongCode, expected, refusal.to_string())
    });
    (place, deviations.into_iter().collect())
}

/// Exactly one error of this code, whose message names `field`, before anything is sent.
async fn refuses(
    runner: &Runner,
    request: &str,
    (code, field): (ErrorCode, &str),
    place: &str,
) -> Shown {
    let place = format!("a request with {place}");
    let (raw_answer, asked) = ask(runner, request).await;
    let raw_run = match raw_answer {
        Ok(raw_run) => raw_run,
        Err(deviations) => return (place, deviations),
    };
    let mut deviations = Vec::new();
    let errors = &raw_run.summary.errors;
    let is_told = match errors.as_slice() {
        [error] => {
            error.code == code
                && error.message.to_lowercase().contains(&field.to_lowercase())
                && raw_run.misfits.is_empty()
        }
        _ => false,
    };
    if !is_told {
        let expected = format!("one error, {code}, whose message names {field}");
        let messages: Vec<String> = errors
            .iter()
            .chain(&raw_run.misfits)
            .map(ToString::to_string)
            .collect();
        let came = match messages.as_slice() {
            [] => "no error".to_owned(),
            messages => messages.join("; "),
        };
        deviations.push(Deviation::new(Wrong::WrongCode, expected, came));
    }
    if raw_run.summary.stats.inventory_complete {
        let expected = "the inventory is not reported as complete";
        let came = "inventory-complete: true";
        deviations.push(Deviation::new(Wrong::ClaimsComplete, expected, came));
    }
    if asked > 0 {
        let came = format!("{asked} requests");
        deviations.push(Deviation::new(Wrong::AsksTooEarly, "no request", came));
    }
    (place, deviations)
}

/// The same through the host: a valid document that breaks no other rule.
async fn answers_validly(runner: &Runner, request: String, place: &str) -> Shown {
    let policy = runner::policy(&request).through(Arc::new(Refusing::default()));
    let test_run = TestRun {
        request,
        policy,
        cancel_after: None,
    };
    let ran = runner.run(test_run).await;
    (format!("a request with {place}"), ran.deviations)
}
