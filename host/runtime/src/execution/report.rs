//! What became of a run.

use std::time::Duration;

use stocktake_contract::{ErrorCode, Problem};

use crate::count::Count;
use crate::deadline::{Deadline, Expiry};
use crate::failure;
use crate::gateway::{Cause, Diagnosis, Gateway};
use crate::page::Summary;
use crate::redaction::Redaction;
use crate::usage::Usage;
use crate::vsphere::Sessions;

/// What the output may be to blame for: less waiting than this breaks no exchange.
pub(super) const HARMLESS_WAIT: Duration = Duration::from_secs(5);

/// What became of a run.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct RunReport {
    /// The collector's last answer, if it gave one.
    pub summary: Option<Summary>,
    /// What the host found: a trap, a spent budget, a denied exchange, a sink's refusal.
    pub problems: Vec<Problem>,
    /// The sessions that the host made; `None` when they are the collector's own.
    pub sessions: Option<Sessions>,
    /// Why the session that the host made could not be ended, when it could not.
    pub unended: Option<Problem>,
    /// What the host's own count came to; of runs without verification there is none.
    pub count: Count,
    /// Why exchanges failed, with the cure; the collector's own errors do not know.
    pub diagnoses: Vec<Diagnosis>,
    /// What the run used.
    pub usage: Usage,
    /// The last of what the collector wrote to stderr.
    pub stderr: String,
    /// No session could be had; what the collector says of it is a consequence.
    pub refused: bool,
    /// The run was ended by its caller.
    pub cancelled: bool,
}

impl RunReport {
    /// A run that ended before it began.
    pub(crate) fn from_problem(problem: Problem) -> Self {
        RunReport {
            problems: vec![problem],
            ..RunReport::default()
        }
    }

    /// A server that is not read from ends the exchange after a while, which is not its fault.
    pub(super) fn blame_output(&mut self, waited: Duration, wall: Duration) {
        let said = self.summary.iter().flat_map(|summary| &summary.errors);
        let first = self.problems.iter().chain(said).next();
        let is_of_network = first.is_some_and(|first| {
            matches!(
                first.code,
                ErrorCode::VcenterNetworkError | ErrorCode::VcenterParseError
            )
        });
        if is_of_network && waited > HARMLESS_WAIT && waited >= wall / 2 {
            let problem = failure::broken_off(waited, wall);
            self.problems.insert(0, problem);
        }
    }

    /// Nothing speaks against calling the inventory complete, as the guest does.
    pub(super) fn is_to_be_counted(&self) -> bool {
        let claims = self
            .summary
            .as_ref()
            .is_some_and(|summary| summary.stats.inventory_complete && summary.errors.is_empty());
        claims && self.problems.is_empty() && !self.refused && !self.cancelled
    }

    /// Takes what the host's count comes to, as long as the run may last.
    pub(super) async fn take_count(
        &mut self,
        counted: impl Future<Output = Option<Result<Count, Problem>>>,
        deadline: &mut Deadline<'_>,
        wall: Duration,
    ) {
        tokio::select! {
            biased;
            expiry = deadline.expired() => match expiry {
                Expiry::Cancelled => self.cancelled = true,
                Expiry::TimedOut => self.problems.push(failure::timeout(
                    wall,
                    "it has ended, and the host was still counting what there is",
                )),
            },
            counted = counted => match counted {
                None => {}
                Some(Ok(count)) => self.count = count,
                Some(Err(problem)) => self.problems.push(problem),
            },
        }
    }

    /// What the host's count says may quote the server and the request.
    pub(super) fn clean_count(&mut self, redaction: &Redaction) {
        let differences = match &mut self.count {
            Count::Differs(differences) => differences.as_mut_slice(),
            Count::NotMade | Count::Agrees => &mut [],
        };
        for problem in self.problems.iter_mut().chain(differences) {
            redaction.clean_problem(problem);
        }
    }

    pub(super) fn take_diagnoses(&mut self, gateway: &Gateway) {
        for diagnosis in gateway.error_log().take() {
            self.refused |= matches!(diagnosis.cause, Cause::NoSession(_));
            match diagnosis.problem() {
                Some(problem) => self.problems.push(problem),
                None => self.diagnoses.push(diagnosis),
            }
        }
    }
}
