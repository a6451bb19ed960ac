//! A run from the request to the outcome: pages are verified, then written.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use stocktake_contract::response::CountedBy;
use stocktake_contract::{ErrorCode, Problem, Warning, WarningCode};
use tokio_util::sync::CancellationToken;

use crate::component::Collector;
use crate::count::{Count, SpotCheck};
use crate::deadline::Deadline;
use crate::execution::RunReport;
use crate::failure;
use crate::limits::SandboxLimits;
use crate::outcome::{Conclusion, Counts, Outcome, WARNINGS_KEPT, explain};
use crate::output::{self, OutputThread};
use crate::page::{Page, Progress};
use crate::policy::Policy;
use crate::redaction::Redaction;
use crate::request::Request;
use crate::sink::{CountedSink, Sink};
use crate::validation::{Identities, Item, ItemLimits, RawWarning, Scope, Verifier};
use crate::writer::Writer;

/// Runs a collector, verifies what it says and writes what holds.
///
/// The request reaches the collector without the credential of a vCenter, unless the policy gives it away. The first broken page ends the run and none of it is
/// written. Cancelling lets the collector clean up and answers an outcome that
/// says so.
///
/// `writer` works on a thread of its own and may block; `progress` is called there after each
/// page. The writer comes back with the outcome, unless it was still blocked some time after the
/// run had to end: then it is left behind with its thread.
pub async fn run<W: Writer + Send + 'static>(
    collector: &Collector,
    request: &Request,
    policy: &Policy,
    mut writer: W,
    progress: impl FnMut(Progress) + Send + 'static,
    cancel: &CancellationToken,
) -> (Outcome, Option<W>) {
    let thread = match OutputThread::start() {
        Ok(thread) => thread,
        Err(error) => {
            let outcome = Outcome::failed(output::no_thread(&error));
            let written = writer.finish(&outcome);
            return (with_write_error(outcome, written), Some(writer));
        }
    };
    let scope = Scope::from_request(request);
    let collects = scope.mode.is_some_and(|mode| mode.collects());
    let sink = VerifyingSink {
        verifier: Verifier::new(scope, ItemLimits::default()),
        writer,
        progress,
        counts: Counts::default(),
        warnings: Vec::new(),
        further: Vec::new(),
        writing: Duration::ZERO,
        kept: Kept::within(&policy.limits.sandbox),
        redaction: Redaction::from_request(request.text()),
        spot_check: (policy.spot_check > 0).then(|| Arc::new(SpotCheck::new(policy.spot_check))),
    };
    let mut deadline = Deadline::for_run(cancel, &policy.limits.sandbox);
    let (mut report, mut sink) = collector
        .execute(request, policy, sink, &thread, &mut deadline)
        .await;
    if let Some(problem) = report.unended.take()
        && let Some(mut keeping) = sink.take()
    {
        let warning = session_left(&problem);
        let warned = thread.run(move || {
            keeping.warn_of_session(warning);
            keeping
        });
        sink = deadline.output(warned).await;
    }
    let Some(sink) = sink else {
        let mut outcome = conclude(report, None, Vec::new(), Counts::default(), collects);
        outcome.fail_unwritten(failure::stuck_output());
        return (outcome, None);
    };
    let mut outcome = conclude(
        report,
        Some(sink.verifier),
        sink.further,
        sink.counts,
        collects,
    );
    if policy.host_count_required || policy.spot_check > 0 {
        outcome.require_host_count();
    }
    if let (Some(check), Some(evidence)) = (&sink.spot_check, &mut outcome.evidence) {
        evidence.spot_checked = check.checked();
    }
    outcome.warnings = sink.warnings;
    outcome.usage.writer.used = sink.writing;
    outcome.usage.host_bytes.used = sink.kept.most;
    finish_on(&thread, sink.writer, outcome, &mut deadline).await
}

/// Hands the outcome of a run that did not begin to the writer, on a thread of its own.
///
/// A writer that fails becomes part of the outcome. It does not come back when it is still
/// blocked some time after `cancel`.
pub async fn finish<W: Writer + Send + 'static>(
    mut writer: W,
    outcome: Outcome,
    cancel: &CancellationToken,
) -> (Outcome, Option<W>) {
    match OutputThread::start() {
        Ok(thread) => {
            let grace = SandboxLimits::default().grace;
            let mut deadline = Deadline::for_caller(cancel, grace);
            finish_on(&thread, writer, outcome, &mut deadline).await
        }
        Err(_) => {
            let written = writer.finish(&outcome);
            (with_write_error(outcome, written), Some(writer))
        }
    }
}

async fn finish_on<W: Writer + Send + 'static>(
    thread: &OutputThread,
    mut writer: W,
    outcome: Outcome,
    deadline: &mut Deadline<'_>,
) -> (Outcome, Option<W>) {
    let outcome = Arc::new(outcome);
    let finishing = thread.run({
        let outcome = outcome.clone();
        move || {
            let begun = Instant::now();
            let written = writer.finish(&outcome);
            drop(outcome);
            (writer, written, begun.elapsed())
        }
    });
    let finished = deadline.output(finishing).await;
    let mut outcome = Arc::unwrap_or_clone(outcome);
    match finished {
        Some((writer, written, took)) => {
            outcome.usage.writer.used += took;
            (with_write_error(outcome, written), Some(writer))
        }
        None => {
            outcome.fail_unwritten(failure::stuck_output());
            (outcome, None)
        }
    }
}

/// A writer that failed becomes part of the outcome; it fails at its end for the reason for which
/// it failed before.
fn with_write_error(mut outcome: Outcome, written: io::Result<()>) -> Outcome {
    if let Err(error) = written {
        outcome.fail_unwritten(failure::unwritten(&error));
    }
    outcome
}

/// Combines what the guest reported with what the host found.
fn conclude(
    report: RunReport,
    verifier: Option<Verifier>,
    further: Vec<Problem>,
    counts: Counts,
    collects: bool,
) -> Outcome {
    let RunReport {
        summary,
        problems,
        diagnoses,
        usage,
        sessions,
        count,
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
            conclusion: Conclusion::new(None, &errors, &counts),
            counts,
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
    let is_of_output = |error: &Problem| error.code == ErrorCode::OutputWriteFailed;
    if errors.iter().any(is_of_output) {
        // The host closed it for that; what it could not read any more is the consequence.
        summary.errors.clear();
    }
    if cancelled {
        // As is an exchange that the host ended.
        let is_cause = |error: &Problem| error.code != ErrorCode::VcenterNetworkError;
        summary.errors.retain(is_cause);
    }
    if count == Count::Agrees {
        summary.evidence.counted_by = CountedBy::Host;
    }
    if let Some(verifier) = &verifier {
        summary.evidence.scope = verifier.roots(&summary.evidence);
    }
    let claimed = summary.stats.inventory_complete;
    // Counts that contradict what was received prove nothing to a reader.
    let is_consistent = |verifier: &Verifier| verifier.evidence_is_consistent(&summary.evidence);
    let is_evident = verifier.as_ref().is_some_and(is_consistent);
    let evidence = is_evident.then(|| summary.evidence.clone());
    // A collector that the host interrupted cannot be held to the pages that it did not deliver.
    let verifier = verifier.filter(|_| !ended_by_host);
    let proof = match verifier.map(|verifier| verifier.finish(&summary)) {
        Some(Ok(proof)) => proof,
        Some(Err(contradictions)) => {
            errors.extend(contradictions);
            None
        }
        None => None,
    };
    if let Count::Differs(differences) = count {
        errors.extend(differences);
    }
    explain(&mut summary.errors, &diagnoses);
    errors.append(&mut summary.errors);
    Outcome {
        conclusion: Conclusion::new(proof, &errors, &counts),
        counts,
        claimed,
        stderr,
        evidence,
        detection: summary.detection,
        errors,
        usage,
        ..Outcome::default()
    }
}

/// A session that is left does not make the list less complete.
fn session_left(problem: &Problem) -> Warning {
    let message = format!(
        "the session could not be ended and expires on the server by itself: {}",
        problem.message
    );
    Warning {
        redacted_context: problem.redacted_context.clone(),
        ..Warning::new(WarningCode::SessionLeft, message)
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

/// What the host keeps of a run, in bytes.
#[derive(Debug, Default)]
struct Kept {
    warnings: usize,
    /// The most so far.
    most: u64,
    allowed: u64,
}

impl Kept {
    fn within(limits: &SandboxLimits) -> Self {
        Kept {
            allowed: limits.host_bytes as u64,
            ..Kept::default()
        }
    }

    /// `identities` are the bytes of ids and relations.
    fn charge(&mut self, identities: usize) -> Result<(), Problem> {
        let used = identities.saturating_add(self.warnings) as u64;
        self.most = self.most.max(used);
        if used > self.allowed {
            let cure = "narrow the scope or raise the limit";
            let what = "host memory";
            return Err(failure::over_budget(
                what,
                "bytes of ids, relations and warnings",
                used,
                self.allowed,
                cure,
            ));
        }
        Ok(())
    }
}

/// Between collector and writer: verifies, counts, passes on.
struct VerifyingSink<W, P> {
    verifier: Verifier,
    writer: W,
    progress: P,
    counts: Counts,
    warnings: Vec<RawWarning>,
    /// Problems of the page that ended the run, after its first.
    further: Vec<Problem>,
    /// What the writer took.
    writing: Duration,
    kept: Kept,
    redaction: Redaction,
    spot_check: Option<Arc<SpotCheck>>,
}

impl<W: Writer, P: FnMut(Progress)> Sink for VerifyingSink<W, P> {
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
        let sampled = self.spot_check.as_ref().map_or(0, |check| check.bytes());
        self.kept.charge(self.verifier.bytes() + sampled)?;
        let begun = Instant::now();
        let written = items.into_iter().try_for_each(|item| self.write(item));
        self.writing += begun.elapsed();
        written.map_err(|error| failure::unwritten(&error))?;
        (self.progress)(page.progress);
        Ok(())
    }
}

impl<W: Writer, P: FnMut(Progress)> CountedSink for VerifyingSink<W, P> {
    fn received(&self) -> Option<&Identities> {
        Some(self.verifier.identities())
    }

    fn spot_check(&self) -> Option<Arc<SpotCheck>> {
        self.spot_check.clone()
    }
}

impl<W: Writer, P> VerifyingSink<W, P> {
    /// Hands over a warning of the host's own: the session of the run is still on the server.
    fn warn_of_session(&mut self, warning: Warning) {
        self.verifier.report_session_left();
        if let Err(error) = self.warn(&warning) {
            self.further.push(failure::unwritten(&error));
        }
    }

    fn warn(&mut self, warning: &Warning) -> io::Result<()> {
        let text = serde_json::to_string(warning)?;
        let warning = serde_json::from_str(&text)?;
        self.write(Item::Warning(warning, &text))
    }

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
                if let Some(check) = &self.spot_check {
                    check.take_asset(&asset);
                }
                self.writer.asset(&asset)?;
                match self.counts.assets.get_mut(&*asset.kind) {
                    Some(count) => *count += 1,
                    None => drop(self.counts.assets.insert(asset.kind.into_owned(), 1)),
                }
            }
            Item::Relation(relation) => {
                if let Some(check) = &self.spot_check {
                    check.take_relation(&relation);
                }
                self.writer.relation(&relation)?;
                self.counts.relations += 1;
            }
            Item::Warning(mut warning, text) => {
                if self.redaction.clean_warning(&mut warning) {
                    let text = serde_json::to_string(&warning)?;
                    self.writer.warning(&warning, &text)?;
                } else {
                    self.writer.warning(&warning, text)?;
                }
                self.counts.warnings += 1;
                if self.warnings.len() < WARNINGS_KEPT {
                    self.kept.warnings += text.len() + size_of::<RawWarning>();
                    self.warnings.push(warning);
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
