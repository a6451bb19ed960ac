//! The checks.
//!
//! | module | holds |
//! | --- | --- |
//! | `component` | the file and its description |
//! | `requests` | requests, valid and malformed |
//! | `fixtures` | recordings, as they are and corrupted |
//! | `endings` | runs that are ended early, or called after their end |
//! | `server` | a simulated vCenter |

pub(crate) mod component;
mod endings;
mod fixtures;
mod requests;
mod server;

use std::future::Future;

use futures_util::{StreamExt as _, stream};
use stocktake_fixture::Fixture;
use stocktake_runtime::Outcome;

use crate::check::Check;
use crate::finding::{Deviation, Finding, Wrong};
use crate::runner::Runner;

/// A running check.
pub(crate) struct Job<'j> {
    pub(crate) runner: &'j Runner,
    pub(crate) fixtures: &'j [Fixture],
    pub(crate) findings: Vec<Finding>,
    pub(crate) tick: &'j mut (dyn FnMut(u64) + Send),
}

/// A place, and the deviations there.
type Shown = (String, Vec<Deviation>);

impl Job<'_> {
    pub(crate) async fn run(&mut self, check: Check) {
        match check {
            // Nothing of them runs.
            Check::Loads | Check::DescribesItself => {}
            Check::MalformedRequests => self.malformed_requests().await,
            Check::UnknownKeys => self.unknown_keys().await,
            Check::ExpectedBytes => self.expected_bytes().await,
            Check::Chunks => self.chunks().await,
            Check::CutReplies => self.cut_replies().await,
            Check::Reply(corruption) => self.corrupted_replies(corruption).await,
            Check::Cancelled => self.cancelled().await,
            Check::AskedAgain => self.asked_again().await,
            Check::SoundServer => self.sound_server().await,
            Check::PageSizes => self.page_sizes().await,
            Check::OwnSession => self.own_session().await,
            Check::WrongPassword => self.wrong_password().await,
            Check::Fault(fault) => self.fault(fault).await,
        }
    }

    fn find(&mut self, (place, deviations): Shown) {
        let found = deviations.into_iter().map(|deviation| deviation.at(&place));
        self.findings.extend(found);
    }

    /// Does `work` for each of `cases`, several at a time, until too many runs do not end.
    async fn each<C, F>(&mut self, cases: Vec<C>, work: impl Fn(C) -> F)
    where
        F: Future<Output = Shown>,
    {
        let runner = self.runner;
        let parallel = runner.parallel;
        let mut done = stream::iter(cases).map(work).buffered(parallel);
        while let Some((place, deviations)) = done.next().await {
            let found = deviations.into_iter().map(|deviation| deviation.at(&place));
            self.findings.extend(found);
            (self.tick)(runner.runs());
            if runner.is_endless() {
                break;
            }
        }
    }
}

/// A run that cannot be complete must not be reported as complete, and must have an error with one of `codes`; any
/// code of the contract when there are none.
fn must_fail(outcome: &Outcome, codes: &[&str]) -> Option<Deviation> {
    if outcome.proof().is_some() {
        let expected = "the inventory is not reported as complete";
        let came = "inventory_complete: true";
        return Some(Deviation::new(Wrong::ClaimsComplete, expected, came));
    }
    match outcome.errors.first() {
        None => Some(Deviation::new(
            Wrong::WrongCode,
            "an error with the reason",
            "no error",
        )),
        Some(error) if codes.is_empty() || codes.contains(&error.code.as_str()) => None,
        Some(error) => Some(Deviation::new(
            Wrong::WrongCode,
            codes.join(" or "),
            error.to_string(),
        )),
    }
}

/// A run that can be complete must be.
fn must_succeed(outcome: &Outcome) -> Option<Deviation> {
    let expected = "inventory_complete: true, without errors";
    let came = match outcome.errors.first() {
        Some(error) => error.to_string(),
        None if outcome.proof().is_some() => return None,
        None => "inventory_complete: false, without errors".to_owned(),
    };
    Some(Deviation::new(Wrong::GivesUp, expected, came))
}

/// Where two documents first differ.
fn difference(expected: &[u8], came: &[u8]) -> Option<Deviation> {
    if expected == came {
        return None;
    }
    let pairs = expected.iter().zip(came);
    let common = pairs.take_while(|(left, right)| left == right).count();
    let around = |text: &[u8]| {
        let begin = common.saturating_sub(60);
        let end = text.len().min(common + 120);
        String::from_utf8_lossy(text.get(begin..end).unwrap_or_default()).into_owned()
    };
    let of = |text: &[u8]| {
        format!(
            "{} bytes, around byte {common}: {}",
            text.len(),
            around(text)
        )
    };
    Some(Deviation::new(Wrong::Differs, of(expected), of(came)))
}
