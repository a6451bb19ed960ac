//! A run from the request to the outcome: pages are verified, then written.

use std::io;

use stocktake_contract::{ErrorCode, Problem};
use tokio_util::sync::CancellationToken;

use crate::component::Collector;
use crate::gateway::Policy;
use crate::outcome::{Counts, Outcome, WARNINGS_KEPT, explain};
use crate::page::{Page, Progress};
use crate::redaction::Redaction;
use crate::session::{RunReport, Sink};
use crate::validation::{Asset, Item, Limits, Note, Relation, Scope, Verifier};

/// Where verified items go, in the order in which the collector emitted them.
///
/// Items come before it is known whether the inventory is whole: whoever keeps
/// them must not call them an inventory before [`Writer::finish`] says
/// [`Outcome::complete`].
pub trait Writer {
    /// Takes an asset.
    ///
    /// # Errors
    ///
    /// An error ends the run.
    fn asset(&mut self, asset: &Asset<'_>) -> io::Result<()>;

    /// Takes a relation; passes it over unless implemented.
    ///
    /// # Errors
    ///
    /// An error ends the run.
    fn relation(&mut self, relation: &Relation<'_>) -> io::Result<()> {
        let _ = relation;
        Ok(())
    }

    /// Takes a warning, whose JSON as it stands in a response is `text`; passes it
    /// over unless implemented.
    ///
    /// # Errors
    ///
    /// An error ends the run.
    fn warning(&mut self, warning: &Note, text: &str) -> io::Result<()> {
        let _ = (warning, text);
        Ok(())
    }

    /// Takes the outcome. Called once, last, whatever became of the run.
    ///
    /// # Errors
    ///
    /// What was written cannot be relied on.
    fn finish(&mut self, outcome: &Outcome) -> io::Result<()>;
}

/// Told of the progress after each page.
pub type OnProgress<'a> = &'a mut (dyn FnMut(Progress) + Send);

/// Runs a collector, verifies what it says and writes what holds.
///
/// `request` is the text of a `collector-request-v1` document; it reaches the
/// collector without the credential of a vCenter, unless the policy gives it away. The first broken page ends the run and none of it is
/// written. Cancelling lets the collector clean up and answers an outcome that
/// says so.
pub async fn run(
    collector: &Collector,
    request: &str,
    policy: &Policy,
    writer: &mut (dyn Writer + Send),
    progress: OnProgress<'_>,
    cancel: &CancellationToken,
) -> Outcome {
    let scope = Scope::of_request(request);
    let collects = scope.mode.is_some_and(|mode| mode.collects());
    let mut desk = Desk {
        verifier: Verifier::new(scope, Limits::default()),
        writer,
        progress,
        counts: Counts::default(),
        warnings: Vec::new(),
        further: Vec::new(),
        redaction: Redaction::of_request(request),
    };
    let report = collector
        .run_until(request, policy, &mut desk, cancel)
        .await;
    let Desk {
        verifier,
        writer,
        counts,
        warnings,
        further,
        ..
    } = desk;
    let mut outcome = conclude(report, verifier, further, collects);
    outcome.counts = counts;
    outcome.warnings = warnings;
    finish(writer, &mut outcome);
    outcome
}

/// Hands the outcome to the writer; a writer that fails becomes part of the outcome.
pub fn finish(writer: &mut (dyn Writer + Send), outcome: &mut Outcome) {
    if let Err(error) = writer.finish(outcome) {
        outcome.errors.push(unwritten(&error));
        outcome.complete = false;
    }
}

/// Weighs what the guest said against what the host found.
fn conclude(
    report: RunReport,
    verifier: Verifier,
    further: Vec<Problem>,
    collects: bool,
) -> Outcome {
    let RunReport {
        summary,
        problems,
        diagnoses,
        usage,
        sessions,
        refused,
        cancelled,
        stderr,
        ..
    } = report;
    let mut errors = problems;
    errors.extend(further);
    let ended_by_host = cancelled || !errors.is_empty();
    if cancelled {
        errors.insert(0, interrupted(collects));
    }
    let Some(mut summary) = summary else {
        if errors.is_empty() {
            let message = "the collector ended without a summary";
            errors.push(Problem::new(ErrorCode::PluginExitNonzero, message));
        }
        return Outcome {
            errors,
            usage,
            stderr,
            ..Outcome::default()
        };
    };
    if let Some(sessions) = sessions {
        // Of the host's own sessions the guest knows nothing.
        summary.evidence.logins = sessions.logins;
        summary.evidence.logouts = sessions.logouts;
        summary.evidence.sessions_lost = sessions.lost;
    }
    if refused {
        summary.errors.clear();
    }
    let claimed = summary.stats.inventory_complete;
    // Counts that contradict what was received prove nothing to whoever reads them.
    let evidence = Some(summary.evidence.clone()).filter(|evidence| verifier.bears_out(evidence));
    // Whom the host interrupted cannot be held to the pages he did not deliver.
    if !ended_by_host && let Err(contradictions) = verifier.finish(&summary) {
        errors.extend(contradictions);
    }
    explain(&mut summary.errors, &diagnoses);
    errors.append(&mut summary.errors);
    Outcome {
        complete: claimed && errors.is_empty(),
        claimed,
        stderr,
        evidence,
        detection: summary.detection,
        errors,
        usage,
        ..Outcome::default()
    }
}

fn interrupted(collects: bool) -> Problem {
    if collects {
        let message = "the run was cancelled before the list was whole";
        Problem::new(ErrorCode::InventoryIncomplete, message)
    } else {
        let message = "the run was cancelled";
        Problem::new(ErrorCode::PluginExitNonzero, message)
    }
}

fn unwritten(error: &io::Error) -> Problem {
    let message = format!("the output cannot be written: {error}");
    Problem::new(ErrorCode::InternalError, message)
}

/// Between collector and writer: verifies, counts, passes on.
struct Desk<'a> {
    verifier: Verifier,
    writer: &'a mut (dyn Writer + Send),
    progress: OnProgress<'a>,
    counts: Counts,
    warnings: Vec<Note>,
    /// Problems of the page that ended the run, after its first.
    further: Vec<Problem>,
    redaction: Redaction,
}

impl Sink for Desk<'_> {
    fn page(&mut self, page: Page) -> Result<(), Problem> {
        let items = match self.verifier.page(&page) {
            Ok(items) => items,
            Err(mut problems) => {
                // They quote the page.
                for problem in &mut problems {
                    self.redaction.clean_problem(problem);
                }
                let mut problems = problems.into_iter();
                let first = problems.next();
                self.further.extend(problems);
                return Err(first.unwrap_or_else(|| {
                    let message = "a page was refused without a reason";
                    Problem::new(ErrorCode::InternalError, message)
                }));
            }
        };
        if self.redaction.is_in_items(&page.batch) {
            self.refuse_leaks(&items, page.sequence)?;
        }
        for item in items {
            self.write(item).map_err(|error| unwritten(&error))?;
        }
        (self.progress)(page.progress);
        Ok(())
    }
}

impl Desk<'_> {
    /// A warning's text can be cleaned; an asset that lacks something is not the asset.
    fn refuse_leaks(&self, items: &[Item<'_>], page: u32) -> Result<(), Problem> {
        let leaks = |item: &Item<'_>| match item {
            Item::Asset(asset) => self.redaction.is_in_items(asset.text),
            Item::Relation(relation) => self.redaction.is_in_items(relation.text),
            Item::Warning(..) => false,
        };
        match items.iter().position(leaks) {
            None => Ok(()),
            Some(position) => {
                let message = format!(
                    "page {page}: item {position} holds the password of this run; do not use this collector, or change the password if it is part of a name"
                );
                Err(Problem::new(ErrorCode::PluginResponseInvalid, message))
            }
        }
    }

    fn write(&mut self, item: Item<'_>) -> io::Result<()> {
        match item {
            Item::Asset(asset) => {
                self.writer.asset(&asset)?;
                match self.counts.assets.get_mut(&*asset.kind) {
                    Some(count) => *count += 1,
                    None => drop(self.counts.assets.insert(asset.kind.into_owned(), 1)),
                }
            }
            Item::Relation(relation) => {
                self.writer.relation(&relation)?;
                self.counts.relations += 1;
            }
            Item::Warning(mut note, text) => {
                if self.redaction.clean_note(&mut note) {
                    let text = serde_json::to_string(&note)?;
                    self.writer.warning(&note, &text)?;
                } else {
                    self.writer.warning(&note, text)?;
                }
                self.counts.warnings += 1;
                if self.warnings.len() < WARNINGS_KEPT {
                    self.warnings.push(note);
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
