//! What a run says about its vCenter.

use stocktake_contract::{ErrorCode, Problem};

use super::RunReport;
use crate::resilience::Verdict;

impl RunReport {
    /// What the run says about its vCenter.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        if self.cancelled || self.usage.requests.used == 0 {
            return Verdict::Unknown;
        }
        let said = self.summary.as_ref().map(|summary| &summary.errors);
        let mut problems = self.problems.iter().chain(said.into_iter().flatten());
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
            | ErrorCode::PluginTimeout => self.failed(first),
            ErrorCode::VcenterAuthFailed
            | ErrorCode::VcenterPermissionDenied
            | ErrorCode::VcenterApiVersionUnsupported
            | ErrorCode::InventoryIncomplete
            | ErrorCode::InventoryRelationsEmpty => Verdict::Answered,
            _ => Verdict::Unknown,
        }
    }

    /// A guest's message may hold what it was handed; code, status and diagnosis cannot.
    fn failed(&self, problem: &Problem) -> Verdict {
        let code = problem.code;
        let status = problem
            .redacted_context
            .as_ref()
            .and_then(|context| context.get("http_status")?.as_u64());
        let diagnosed = self
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
    use super::RunReport;
    use crate::gateway::{Cause, Diagnosis};
    use crate::page::Summary;
    use crate::resilience::Verdict;
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
        match report.verdict() {
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
        assert_eq!(down.verdict(), failed(meaning));
        if let Some(summary) = &mut down.summary {
            summary.errors[0] = summary.errors[0].clone().with("http_status", 502);
        }
        assert_eq!(down.verdict(), failed("HTTP status 502"));
        let refused = Diagnosis::new(Cause::Refused, "nothing listens");
        down.diagnoses.push(refused);
        assert_eq!(down.verdict(), failed("nothing listens"));
    }
}
