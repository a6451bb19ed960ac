//! Recordings, as they are and corrupted.

use serde_json::Value;
use stocktake_contract::{ErrorCode, WarningCode};
use stocktake_fixture::{Fixture, replay};
use stocktake_runtime::Outcome;

use super::{Job, Shown, difference, must_fail};
use crate::finding::{Deviation, Wrong};
use crate::runner::{self, Ran, Runner, TestRun};
use crate::transport::{Change, Chunking, Corruption, Script};

/// Codes that are allowed for an incomplete list, whatever the cause.
const UNPROVED: ErrorCode = ErrorCode::InventoryIncomplete;

/// The request of a case, with what the author adds to it.
pub(super) fn request(runner: &Runner, fixture: &Fixture) -> String {
    let mut case = fixture.case.clone();
    case.config.extend(runner.config.clone());
    replay::request(&case)
}

/// A run of a case from `script`. The exchanges are the component's own, logins and all.
pub(super) fn test_run(
    runner: &Runner,
    fixture: &Fixture,
    script: std::sync::Arc<Script>,
) -> TestRun {
    let request = request(runner, fixture);
    let policy = runner::policy(&request)
        .with_credentials_to_guest(true)
        .through(script);
    TestRun {
        request,
        policy,
        cancel_after: None,
    }
}

impl Job<'_> {
    pub(super) async fn expected_bytes(&mut self) {
        let runner = self.runner;
        let fixtures: Vec<&Fixture> = self.fixtures.iter().collect();
        self.each(fixtures, |fixture| as_expected(runner, fixture))
            .await;
    }

    pub(super) async fn chunks(&mut self) {
        let runner = self.runner;
        let mut cases = Vec::new();
        for fixture in self.fixtures {
            cases
                .extend([Chunking::Bytes, Chunking::Arbitrary].map(|chunking| (fixture, chunking)));
        }
        self.each(cases, |(fixture, chunking)| async move {
            let script = Script::of(fixture, chunking, Change::None);
            let ran = runner.run(test_run(runner, fixture, script)).await;
            let place = match chunking {
                Chunking::Whole => fixture.name(),
                Chunking::Bytes => format!("{}, byte by byte", fixture.name()),
                Chunking::Arbitrary => format!("{}, cut arbitrarily", fixture.name()),
            };
            let differs = difference(fixture.expected.as_bytes(), &ran.response);
            (place, ran.deviations.into_iter().chain(differs).collect())
        })
        .await;
    }

    pub(super) async fn cut_replies(&mut self) {
        let mut cases = Vec::new();
        for fixture in self.fixtures {
            for (number, recorded) in fixture.exchanges.iter().enumerate() {
                let length = recorded.body.len();
                let mut places = vec![0, 1, length / 3, length / 2, length.saturating_sub(1)];
                places.retain(|&kept| kept < length);
                places.dedup();
                let cuts = places.into_iter().map(|kept| Change::Cut(number, kept));
                cases.extend(cuts.map(|change| (fixture, change)));
            }
        }
        self.corrupted(cases, &[]).await;
    }

    pub(super) async fn corrupted_replies(&mut self, corruption: Corruption) {
        let mut cases = Vec::new();
        for fixture in self.fixtures {
            let numbers = 0..fixture.exchanges.len();
            cases.extend(numbers.map(|number| (fixture, Change::Instead(number, corruption))));
        }
        // Later requests may contain the corrupted text, and are not recorded.
        let unrecorded =
            (corruption == Corruption::NotUtf8).then_some(&ErrorCode::VcenterNetworkError);
        let codes = corruption
            .codes()
            .iter()
            .chain([&UNPROVED])
            .chain(unrecorded);
        let codes: Vec<&str> = codes.map(|code| code.as_str()).collect();
        self.corrupted(cases, &codes).await;
    }

    /// Never a list, in any of these cases; by one of `codes` where the case is a success as it
    /// was recorded.
    async fn corrupted(&mut self, cases: Vec<(&Fixture, Change)>, codes: &[&str]) {
        let runner = self.runner;
        self.each(cases, |(fixture, change)| async move {
            let script = Script::of(fixture, Chunking::Whole, change);
            let ran = runner.run(test_run(runner, fixture, script.clone())).await;
            let (number, what) = match change {
                Change::None => (0, String::new()),
                Change::Instead(number, corruption) => (number, corruption.about().to_owned()),
                Change::Cut(number, kept) => (number, format!("ends after {kept} bytes")),
            };
            let place = format!("{}, reply {number:02}: {what}", fixture.name());
            let succeeds = fixture.expected.contains(r#""errors":[]"#);
            let codes = if succeeds { codes } else { &[] };
            let Ran {
                outcome,
                response,
                mut deviations,
            } = ran;
            // The reply to a call that only ends something has no part in the response.
            let is_idle = response == fixture.expected.as_bytes()
                || is_but_for_a_session(&fixture.expected, &response);
            let is_got_over = is_idle || is_text(change) && has_all(fixture, &outcome);
            if script.has_played(number) && !is_got_over {
                deviations.extend(must_fail(&outcome, codes));
            }
            (place, deviations)
        })
        .await;
    }
}

/// Whether the response is the expected one except for the warning that a session may be left, which is right where
/// the reply to the Logout is lost.
fn is_but_for_a_session(expected: &str, response: &[u8]) -> bool {
    let listed = |document: Option<Value>| {
        let mut document = document?;
        let stats = document["stats"].as_object_mut()?;
        // It counts sessions.
        stats.remove("evidence");
        stats["warnings"]
            .as_array_mut()?
            .retain(|warning| warning["code"] != WarningCode::SessionLeft.as_str());
        Some(document)
    };
    let came = listed(serde_json::from_slice(response).ok());
    came.is_some() && came == listed(serde_json::from_str(expected).ok())
}

/// A byte that is not UTF-8 may stand in a name, which is then read with U+FFFD in its place.
fn is_text(change: Change) -> bool {
    matches!(change, Change::Instead(_, Corruption::NotUtf8))
}

/// As many assets as there are without the change.
fn has_all(fixture: &Fixture, outcome: &Outcome) -> bool {
    let expected: Value = serde_json::from_str(&fixture.expected).unwrap_or_default();
    expected["stats"]["assets"] == outcome.counts.all_assets()
}

/// Twice, to detect nondeterminism.
async fn as_expected(runner: &Runner, fixture: &Fixture) -> Shown {
    let script = Script::of(fixture, Chunking::Whole, Change::None);
    let Ran {
        response,
        mut deviations,
        outcome,
    } = runner.run(test_run(runner, fixture, script.clone())).await;
    deviations.extend(difference(fixture.expected.as_bytes(), &response));
    let numbers = 0..fixture.exchanges.len();
    let left: Vec<String> = numbers
        .filter(|&number| !script.has_played(number))
        .map(|number| format!("{number:02}"))
        .collect();
    if !left.is_empty() {
        let expected = format!("all {} recorded requests", fixture.exchanges.len());
        let message = outcome
            .errors
            .first()
            .map(|error| format!("; it says {error}"));
        let came = format!(
            "{} were not sent{}",
            left.join(", "),
            message.unwrap_or_default()
        );
        deviations.push(Deviation::new(Wrong::AsksOtherwise, expected, came));
    }
    let mut case = fixture.case.clone();
    case.config.extend(runner.config.clone());
    let strict = replay::replay(&runner.collector, &case, &fixture.exchanges).await;
    if strict.response != response {
        let came = match strict.outcome.errors.first() {
            Some(error) => error.to_string(),
            None => "another response".to_owned(),
        };
        let expected = "the same requests in the same order, and the same bytes";
        deviations.push(Deviation::new(Wrong::AsksOtherwise, expected, came));
    }
    (fixture.name(), deviations)
}
