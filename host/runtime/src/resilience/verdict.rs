//! What a run says about its vCenter.

use stocktake_contract::{ErrorCode, Problem};

use crate::execution::RunReport;

/// What a run says about its vCenter.
///
/// A breaker asks one thing only: does the vCenter answer? So not every failed run is
/// a failure, and the first error decides, because the others follow from it:
///
/// | what happened | verdict |
/// | --- | --- |
/// | nothing was sent, or the caller cancelled it | unknown |
/// | no error | answered |
/// | `VCENTER_NETWORK_ERROR`, `VCENTER_RATE_LIMIT`; `VCENTER_PARSE_ERROR`: a proxy's page; `PLUGIN_TIMEOUT`: a vCenter that crawls | failed |
/// | `VCENTER_AUTH_FAILED`, `VCENTER_PERMISSION_DENIED`, `VCENTER_API_VERSION_UNSUPPORTED`, `INVENTORY_INCOMPLETE`, `INVENTORY_RELATIONS_EMPTY`: the vCenter itself said so, or let itself be read | answered |
/// | `VCENTER_TLS_ERROR`: as a rule this side's trust is wrong, and another run's may be right | unknown |
/// | a wrong request, a trap, a spent budget, a denied exchange, anything else that is the collector's or the host's | unknown |
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The vCenter answers.
    Answered,
    /// It does not.
    Failed {
        /// Why, in the host's words; nothing that a guest said.
        reason: String,
    },
    /// The run did not find out.
    Unknown,
}

impl Verdict {
    /// What a run says.
    #[must_use]
    pub fn from_report(report: &RunReport) -> Self {
        if report.cancelled || report.usage.requests.used == 0 {
            return Verdict::Unknown;
        }
        let said = report.summary.as_ref().map(|summary| &summary.errors);
        let mut problems = report.problems.iter().chain(said.into_iter().flatten());
        let Some(first) = problems.next() else {
            return match said {
                Some(_) => Verdict::Answered,
                None => Verdict::Unknown,
            };
        };
        match first.code {
            ErrorCode::VcenterNetworkError
            | ErrorCode::VcenterRateLimit
            | ErrorCode::VcenterParseError
            | ErrorCode::PluginTimeout => Verdict::failed(first, report),
            ErrorCode::VcenterAuthFailed
            | ErrorCode::VcenterPermissionDenied
            | ErrorCode::VcenterApiVersionUnsupported
            | ErrorCode::InventoryIncomplete
            | ErrorCode::InventoryRelationsEmpty => Verdict::Answered,
            _ => Verdict::Unknown,
        }
    }

    /// A guest's message may hold what it was handed; code, status and diagnosis cannot.
    fn failed(problem: &Problem, report: &RunReport) -> Self {
        let code = problem.code;
        let status = problem
            .redacted_context
            .as_ref()
            .and_then(|context| context.get("http_status")?.as_u64());
        let diagnosed = report
            .diagnoses
            .iter()
            .find(|diagnosis| diagnosis.explains() == Some(code));
        let reason = match (diagnosed, status) {
            (Some(diagnosis), _) => format!("{code}: {diagnosis}"),
            (None, Some(status)) => format!("{code}: HTTP status {status}"),
            (None, None) => format!("{code}: {}", code.meaning()),
        };
        Verdict::Failed { reason }
    }
}

#[cfg(test)]
mod tests {
    use super::Verdict;
    use crate::execution::RunReport;
    use crate::gateway::{Cause, Diagnosis};
    use crate::page::Summary;
    use stocktake_contract::{ErrorCode, Problem};

    fn report(code: Option<ErrorCode>, requests: u64) -> RunReport {
        let problem = |code| Problem::new(code, "the guest's own words: s3cr3t");
        let mut report = RunReport {
            summary: Some(Summary {
                errors: code.map(problem).into_iter().collect(),
                ..Summary::default()
            }),
            ..RunReport::default()
        };
        report.usage.requests.used = requests;
        report
    }

    fn word(report: &RunReport) -> &'static str {
        match Verdict::from_report(report) {
            Verdict::Answered => "answered",
            Verdict::Failed { .. } => "failed",
            Verdict::Unknown => "unknown",
        }
    }

    #[test]
    fn every_code_has_its_verdict() {
        let answered = [
            "VCENTER_AUTH_FAILED",
            "VCENTER_PERMISSION_DENIED",
            "VCENTER_API_VERSION_UNSUPPORTED",
            "INVENTORY_INCOMPLETE",
            "INVENTORY_RELATIONS_EMPTY",
        ];
        let failed = [
            "VCENTER_NETWORK_ERROR",
            "VCENTER_RATE_LIMIT",
            "VCENTER_PARSE_ERROR",
            "PLUGIN_TIMEOUT",
        ];
        for &code in ErrorCode::ALL {
            let expected = match code.as_str() {
                name if answered.contains(&name) => "answered",
                name if failed.contains(&name) => "failed",
                _ => "unknown",
            };
            assert_eq!(word(&report(Some(code), 3)), expected, "{code}");
        }
        assert_eq!(word(&report(None, 3)), "answered");
    }

    #[test]
    fn a_run_that_sent_nothing_found_out_nothing() {
        for code in ErrorCode::ALL.iter().copied().map(Some).chain([None]) {
            assert_eq!(word(&report(code, 0)), "unknown", "{code:?}");
        }
    }

    #[test]
    fn the_first_error_decides_and_the_hosts_come_first() {
        let mut denied = report(Some(ErrorCode::VcenterNetworkError), 3);
        denied
            .problems
            .push(Problem::new(ErrorCode::EgressDenied, "no"));
        assert_eq!(word(&denied), "unknown");
    }

    #[test]
    fn a_run_that_was_cancelled_or_gave_no_summary_found_out_nothing() {
        let mut cancelled = report(Some(ErrorCode::VcenterNetworkError), 3);
        cancelled.cancelled = true;
        assert_eq!(word(&cancelled), "unknown");
        let mut silent = report(None, 3);
        silent.summary = None;
        assert_eq!(word(&silent), "unknown");
    }

    #[test]
    fn the_reason_is_in_the_hosts_words() {
        let mut down = report(Some(ErrorCode::VcenterNetworkError), 3);
        let failed = |reason: &str| Verdict::Failed {
            reason: format!("VCENTER_NETWORK_ERROR: {reason}"),
        };
        let meaning = ErrorCode::VcenterNetworkError.meaning();
        assert_eq!(Verdict::from_report(&down), failed(meaning));
        if let Some(summary) = &mut down.summary {
            summary.errors[0] = summary.errors[0].clone().with("http_status", 502);
        }
        assert_eq!(Verdict::from_report(&down), failed("HTTP status 502"));
        let refused = Diagnosis::new(Cause::Refused, "nothing listens");
        down.diagnoses.push(refused);
        assert_eq!(Verdict::from_report(&down), failed("nothing listens"));
    }
}
