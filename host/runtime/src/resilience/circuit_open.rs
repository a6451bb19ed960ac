//! When a refused run may be tried again.

use std::time::{Duration, SystemTime};

use stocktake_contract::{ErrorCode, Problem};

use super::timestamp;
use crate::gateway::Authority;

/// A run that was refused before anything was sent, and when to ask again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CircuitOpen {
    /// The vCenter whose circuit is open.
    pub endpoint: Authority,
    /// When asking again is worth it, on a whole second.
    pub retry_at: SystemTime,
    /// How long that is from now, in whole seconds.
    pub retry_after: Duration,
    /// Why the circuit was opened.
    pub reason: String,
    /// A probe is under way; its answer decides.
    pub half_open: bool,
}

impl CircuitOpen {
    /// A refusal at `now` that holds until `until`.
    #[must_use]
    pub fn new(
        endpoint: Authority,
        now: SystemTime,
        until: SystemTime,
        reason: String,
        half_open: bool,
    ) -> Self {
        let left = until.duration_since(now).unwrap_or_default();
        CircuitOpen {
            endpoint,
            retry_at: timestamp::next_second(until),
            retry_after: timestamp::whole_seconds(left),
            reason,
            half_open,
        }
    }

    /// The refusal as the error of a run: `VCENTER_NETWORK_ERROR`, retryable, with
    /// `breaker`, `retry_at`, `retry_after_seconds` and `reason` in its context.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let CircuitOpen {
            endpoint, reason, ..
        } = self;
        let (seconds, retry_at) = (self.retry_after.as_secs(), timestamp::write(self.retry_at));
        let why = if !self.half_open {
            "its last runs failed"
        } else {
            "its last runs failed and a probe is running"
        };
        let message = format!(
            "{endpoint} is skipped (circuit open), because {why} ({reason}); nothing was sent; try again at {retry_at}, in {seconds} s, or run `stocktake breaker reset` if the vCenter works again"
        );
        Problem::new(ErrorCode::VcenterNetworkError, message)
            .with("breaker", if self.half_open { "half_open" } else { "open" })
            .with("retry_at", retry_at)
            .with("retry_after_seconds", seconds)
            .with("reason", reason.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::CircuitOpen;
    use crate::gateway::Authority;
    use std::time::{Duration, SystemTime};

    fn refusal(left: Duration) -> CircuitOpen {
        let endpoint = Authority::from_url("https://vc.lan").expect("a URL");
        let now = SystemTime::UNIX_EPOCH + Duration::from_millis(1_790_000_000_250);
        CircuitOpen::new(endpoint, now, now + left, "it is down".to_owned(), false)
    }

    #[test]
    fn a_refused_run_says_when_to_try_again_and_why() {
        let problem = refusal(Duration::from_millis(29_500)).problem();
        let json = serde_json::to_value(&problem).expect("JSON");
        assert_eq!(json["code"], "VCENTER_NETWORK_ERROR");
        assert_eq!(json["retryable"], true);
        let context = serde_json::json!({
            "breaker": "open",
            "retry_at": "2026-09-21T14:13:50Z",
            "retry_after_seconds": 30,
            "reason": "it is down",
        });
        assert_eq!(json["redacted_context"], context);
        for word in ["https://vc.lan:443", "it is down", "2026-09-21T14:13:50Z"] {
            assert!(problem.message.contains(word), "{problem}");
        }
    }

    #[test]
    fn whoever_waits_as_long_as_told_is_not_too_early() {
        for milliseconds in [0, 1, 749, 750, 751, 1000, 29_999] {
            let left = Duration::from_millis(milliseconds);
            let refusal = refusal(left);
            assert!(refusal.retry_after >= left, "{left:?}");
            assert!(
                refusal.retry_after < left + Duration::from_secs(1),
                "{left:?}"
            );
        }
    }
}
