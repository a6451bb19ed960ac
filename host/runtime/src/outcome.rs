//! What became of a run, from the reports of guest and host.

use std::collections::BTreeMap;

use stocktake_contract::response::{CountedBy, Detection, Evidence};
use stocktake_contract::{ErrorCode, Problem};

use crate::gateway::Diagnosis;
use crate::usage::Usage;
use crate::validation::{Proof, RawWarning};

/// Warnings that an [`Outcome`] holds; the rest are counted and were handed to the writer.
pub const WARNINGS_KEPT: usize = 1000;

/// What became of a run, from the reports of guest and host.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Outcome {
    /// What was handed to the writer.
    pub counts: Counts,
    /// The guest's evidence, when it gave a summary.
    pub evidence: Option<Evidence>,
    /// What the target turned out to be.
    pub detection: Option<Detection>,
    /// Why the run failed: first what the host found, then what the guest said.
    /// Empty exactly when the run did what its mode asks for.
    pub errors: Vec<Problem>,
    /// The first [`WARNINGS_KEPT`] warnings.
    pub warnings: Vec<RawWarning>,
    /// What the run used of network and host.
    pub usage: Usage,
    /// What the run comes to.
    pub conclusion: Conclusion,
    /// The guest called the inventory whole, whether or not the host agrees.
    pub claimed: bool,
    /// The last of what the guest wrote to stderr, without the secrets of the request.
    pub stderr: String,
}

/// What a run comes to.
///
/// Code that publishes an inventory matches on it: there is no inventory without a [`Proof`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Conclusion {
    /// The inventory is whole, and guest and host agree that it is.
    Complete(Proof),
    /// What the writer took is sound item by item; nothing shows that it is all there is.
    Partial,
    /// The run failed before the writer took an asset.
    #[default]
    Failed,
    /// The run did what its mode asks for, which lists no inventory: healthcheck and detect.
    Answered,
}

impl Conclusion {
    pub(crate) fn new(proof: Option<Proof>, errors: &[Problem], counts: &Counts) -> Self {
        match proof {
            _ if !errors.is_empty() => Conclusion::without_proof(counts),
            Some(proof) => Conclusion::Complete(proof),
            None => Conclusion::Answered,
        }
    }

    fn without_proof(counts: &Counts) -> Self {
        if counts.all_assets() > 0 {
            Conclusion::Partial
        } else {
            Conclusion::Failed
        }
    }
}

/// Items over all pages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Assets per kind.
    pub assets: BTreeMap<String, u64>,
    /// Relations.
    pub relations: u64,
    /// Warnings.
    pub warnings: u64,
}

impl Counts {
    /// Assets over all kinds.
    #[must_use]
    pub fn all_assets(&self) -> u64 {
        self.assets.values().sum()
    }
}

impl Outcome {
    /// A run that failed before it began.
    #[must_use]
    pub fn failed(problem: Problem) -> Self {
        Outcome {
            errors: vec![problem],
            ..Outcome::default()
        }
    }

    /// The output could not be written, or not to its end. What there is of it cannot be relied
    /// on to list its errors.
    #[must_use]
    pub fn is_unwritten(&self) -> bool {
        let code = ErrorCode::OutputWriteFailed;
        self.errors.iter().any(|error| error.code == code)
    }

    /// The proof of the inventory, when it is complete.
    #[must_use]
    pub fn proof(&self) -> Option<&Proof> {
        match &self.conclusion {
            Conclusion::Complete(proof) => Some(proof),
            Conclusion::Partial | Conclusion::Failed | Conclusion::Answered => None,
        }
    }

    /// The run failed for this reason too; what it proved is dropped.
    pub(crate) fn fail(&mut self, problem: Problem) {
        self.errors.push(problem);
        self.conclusion = Conclusion::without_proof(&self.counts);
    }

    /// The output is not written to its end: for the reason that is there already, or for this one.
    pub(crate) fn fail_unwritten(&mut self, problem: Problem) {
        if self.is_unwritten() {
            self.conclusion = Conclusion::without_proof(&self.counts);
        } else {
            self.fail(problem);
        }
    }

    /// Refuses an inventory that the collector alone has counted.
    pub(crate) fn require_host_count(&mut self) {
        if let Conclusion::Complete(proof) = &self.conclusion
            && proof.counted_by() != CountedBy::Host
        {
            let message = "the collector alone has counted this inventory, and the host's own count is required, which needs a vCenter and the host's session; leave out --credentials-to-guest (session.credentials_to_guest), or --require-host-count (count.required) and --spot-check (count.spot_check)";
            let problem = Problem::new(ErrorCode::InventoryIncomplete, message);
            self.fail(problem.with("counted_by", "collector"));
        }
    }

    /// The run did what its mode asks for.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        match self.conclusion {
            Conclusion::Complete(_) | Conclusion::Answered => true,
            Conclusion::Partial | Conclusion::Failed => false,
        }
    }
}

/// Adds to a guest's network errors what the gateway saw: a guest receives a
/// code and cannot know what cures it.
pub(crate) fn explain(errors: &mut [Problem], diagnoses: &[Diagnosis]) {
    for diagnosis in diagnoses {
        let Some(code) = diagnosis.explains() else {
            continue;
        };
        let exact = errors.iter().position(|error| error.code == code);
        let near = || {
            errors
                .iter()
                .position(|error| is_of_the_network(error.code))
        };
        let Some(position) = exact.or_else(near) else {
            continue;
        };
        let message = &mut errors[position].message;
        if !message.contains(&diagnosis.message) {
            message.push_str("; ");
            message.push_str(&diagnosis.message);
        }
    }
}

fn is_of_the_network(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::VcenterNetworkError | ErrorCode::VcenterTlsError
    )
}

#[cfg(test)]
mod tests {
    use super::{Conclusion, Counts, Outcome, explain};
    use crate::gateway::{Cause, Diagnosis};
    use crate::testing::empty_inventory;
    use stocktake_contract::response::CountedBy;
    use stocktake_contract::{ErrorCode, Problem};

    fn complete(counted_by: CountedBy) -> Outcome {
        Outcome {
            conclusion: Conclusion::Complete(empty_inventory(counted_by)),
            ..Outcome::default()
        }
    }

    #[test]
    fn a_reason_to_fail_drops_the_proof() {
        let problem = || Problem::new(ErrorCode::OutputWriteFailed, "no space");
        let mut outcome = complete(CountedBy::Host);
        outcome.fail(problem());
        assert_eq!(outcome.conclusion, Conclusion::Failed);
        let mut outcome = complete(CountedBy::Host);
        outcome.counts.assets.insert("vm".to_owned(), 1);
        outcome.fail(problem());
        assert_eq!(outcome.conclusion, Conclusion::Partial);
        // An output is not said to fail twice.
        outcome.fail_unwritten(problem());
        assert_eq!(outcome.errors.len(), 1);
    }

    #[test]
    fn a_run_with_an_error_proves_nothing() {
        let proof = || Some(empty_inventory(CountedBy::Host));
        let error = [Problem::new(ErrorCode::EgressDenied, "no")];
        let none = Counts::default();
        let complete = Conclusion::new(proof(), &[], &none);
        assert!(matches!(complete, Conclusion::Complete(_)));
        assert_eq!(Conclusion::new(proof(), &error, &none), Conclusion::Failed);
        assert_eq!(Conclusion::new(None, &[], &none), Conclusion::Answered);
    }

    #[test]
    fn an_inventory_that_the_collector_alone_has_counted_is_refused_where_the_hosts_count_is_required()
     {
        for (counted_by, is_complete) in [(CountedBy::Host, true), (CountedBy::Collector, false)] {
            let mut outcome = complete(counted_by);
            outcome.require_host_count();
            assert_eq!(outcome.proof().is_some(), is_complete);
            assert_eq!(outcome.succeeded(), is_complete);
        }
        // What failed for another reason fails for that one only.
        let mut outcome = Outcome::failed(Problem::new(ErrorCode::VcenterAuthFailed, "no"));
        outcome.require_host_count();
        assert_eq!(outcome.errors.len(), 1);
    }

    #[test]
    fn a_network_error_is_reported_with_what_cures_it() {
        let mut errors = vec![
            Problem::new(ErrorCode::VcenterTlsError, "the certificate was refused"),
            Problem::new(ErrorCode::VcenterPermissionDenied, "no"),
        ];
        let diagnosis = Diagnosis::new(Cause::Certificate, "unknown issuer; pass --ca-file");
        explain(&mut errors, &[diagnosis.clone(), diagnosis]);
        assert_eq!(
            errors[0].message,
            "the certificate was refused; unknown issuer; pass --ca-file"
        );
        assert_eq!(errors[1].message, "no");
    }

    #[test]
    fn a_failure_that_the_guest_got_over_is_not_told() {
        let mut errors = vec![Problem::new(ErrorCode::VcenterAuthFailed, "no")];
        explain(&mut errors, &[Diagnosis::new(Cause::Incomplete, "cut")]);
        assert_eq!(errors[0].message, "no");
    }
}
