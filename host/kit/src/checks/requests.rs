//! Requests, sound and malformed.

use std::sync::Arc;

use serde_json::{Value, json};
use stocktake_contract::ErrorCode;
use stocktake_runtime::Rehearsal;
use stocktake_runtime::gateway::Policy;
use stocktake_runtime::rehearsal::Ending;

use super::{Job, Shown};
use crate::bench::{Bench, Trial};
use crate::finding::{Deviation, Wrong};
use crate::request::{Mistake, Request};
use crate::upstream::Nobody;

/// Where nobody listens.
const NOWHERE: &str = "https://collector.invalid";
/// A password that can be searched for.
const PASSWORD: &str = "never-t0-be-s33n";

/// A sound request to nobody.
fn sound(bench: &Bench) -> Value {
    Request {
        source_type: &bench.source_type,
        mode: bench.collecting(),
        endpoint: NOWHERE,
        username: "user",
        password: PASSWORD,
        config: &bench.config,
    }
    .document()
}

/// What the component answers when nobody does, and how often it asked.
async fn ask(bench: &Bench, request: &str) -> (Result<Rehearsal, Vec<Deviation>>, usize) {
    let nobody = Arc::new(Nobody::default());
    let allowed = sound(bench).to_string();
    let policy = Policy::for_request(&allowed)
        .with_credentials_to_guest(true)
        .through(nobody.clone());
    let rehearsed = bench.rehearse(request, &policy, Ending::Pulled).await;
    (rehearsed, nobody.asked())
}

impl Job<'_> {
    pub(super) async fn malformed_requests(&mut self) {
        let bench = self.bench;
        let sound = sound(bench);
        let refusal = accepts(bench, &sound).await;
        let is_refused = !refusal.1.is_empty();
        self.find(refusal);
        if is_refused {
            return;
        }
        let texts = ["", "{", "not json", "{\"a\":1}{", "[]]"];
        let parse = (ErrorCode::VcenterParseError, "JSON");
        for text in texts {
            self.find(refuses(bench, text, parse, &format!("{text:?}")).await);
        }
        let mistakes = Mistake::all(&bench.source_type);
        for mistake in &mistakes {
            let request = mistake.made_in(sound.clone()).to_string();
            let refusal = (ErrorCode::VcenterConfigInvalid, mistake.field);
            self.find(refuses(bench, &request, refusal, &mistake.told()).await);
            self.find(answers_validly(bench, request, &mistake.told()).await);
        }
        // The first of two is told.
        for (nth, first) in mistakes.iter().enumerate() {
            for second in &mistakes[nth + 1..] {
                if first.field == second.field {
                    continue;
                }
                let request = first.made_in(second.made_in(sound.clone())).to_string();
                let refusal = (ErrorCode::VcenterConfigInvalid, first.field);
                let place = format!("{} and {}", first.told(), second.told());
                self.find(refuses(bench, &request, refusal, &place).await);
            }
        }
        (self.tick)(bench.runs());
    }

    pub(super) async fn unknown_keys(&mut self) {
        let bench = self.bench;
        let mut request = sound(bench);
        let (plain, _) = ask(bench, &request.to_string()).await;
        let place = "source.config.kit_unknown_key";
        request["source"]["config"]["kit_unknown_key"] = json!({"nested": [1, null, "text"]});
        let (with_key, _) = ask(bench, &request.to_string()).await;
        match (plain, with_key) {
            (Ok(plain), Ok(with_key)) => {
                let told = |answer: &Rehearsal| format!("{:?}", answer.summary);
                if told(&plain) != told(&with_key) {
                    let deviation = Deviation::new(Wrong::Differs, told(&plain), told(&with_key));
                    self.find((place.to_owned(), vec![deviation]));
                }
            }
            (Err(deviations), _) | (_, Err(deviations)) => {
                self.find((place.to_owned(), deviations));
            }
        }
    }
}

/// A sound request is none that is refused.
async fn accepts(bench: &Bench, request: &Value) -> Shown {
    let place = "a sound request".to_owned();
    let (rehearsed, _) = ask(bench, &request.to_string()).await;
    let errors = match rehearsed {
        Ok(rehearsal) => rehearsal.summary.errors,
        Err(deviations) => return (place, deviations),
    };
    let refusal = errors
        .iter()
        .find(|error| error.code == ErrorCode::VcenterConfigInvalid);
    let deviations = refusal.map(|refusal| {
        let expected =
            "a run that fails because nobody answers; settings that it needs are given by --config";
        Deviation::new(Wrong::WrongCode, expected, refusal.to_string())
    });
    (place, deviations.into_iter().collect())
}

/// Exactly one error of this code, whose message names `field`, before anything is sent.
async fn refuses(
    bench: &Bench,
    request: &str,
    (code, field): (ErrorCode, &str),
    place: &str,
) -> Shown {
    let place = format!("a request with {place}");
    let (rehearsed, asked) = ask(bench, request).await;
    let rehearsal = match rehearsed {
        Ok(rehearsal) => rehearsal,
        Err(deviations) => return (place, deviations),
    };
    let mut deviations = Vec::new();
    let errors = &rehearsal.summary.errors;
    let is_told = match errors.as_slice() {
        [error] => {
            error.code == code
                && error.message.to_lowercase().contains(&field.to_lowercase())
                && rehearsal.misfits.is_empty()
        }
        _ => false,
    };
    if !is_told {
        let expected = format!("one error, {code}, whose message names {field}");
        let told: Vec<String> = errors
            .iter()
            .chain(&rehearsal.misfits)
            .map(ToString::to_string)
            .collect();
        let came = match told.as_slice() {
            [] => "no error".to_owned(),
            told => told.join("; "),
        };
        deviations.push(Deviation::new(Wrong::WrongCode, expected, came));
    }
    if rehearsal.summary.stats.inventory_complete {
        let expected = "no claim that the inventory is whole";
        let came = "inventory-complete: true";
        deviations.push(Deviation::new(Wrong::ClaimsComplete, expected, came));
    }
    if asked > 0 {
        let came = format!("{asked} requests");
        deviations.push(Deviation::new(Wrong::AsksTooEarly, "no request", came));
    }
    (place, deviations)
}

/// The same through the host: a valid document, and no other rule broken.
async fn answers_validly(bench: &Bench, request: String, place: &str) -> Shown {
    let policy = Policy::for_request(&request).through(Arc::new(Nobody::default()));
    let trial = Trial {
        request,
        policy,
        cancel_after: None,
    };
    let ran = bench.run(trial).await;
    (format!("a request with {place}"), ran.deviations)
}
