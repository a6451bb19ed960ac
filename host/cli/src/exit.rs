//! Exit codes, and which result has which.

use std::process::ExitCode;

use stocktake_contract::ErrorCode;
use stocktake_runtime::Outcome;

use crate::signal::Signal;

/// For the help of every command that runs a collector.
pub const EXIT_CODES: &str = "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 the inventory is not proved complete, 4 login refused or \
    privilege missing, 5 vCenter unreachable, 130 interrupted (143 by SIGTERM).";

/// How a process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// The command did its work.
    Done,
    /// It failed, for a reason without a code of its own.
    Failed,
    /// The command line, or something it names, is wrong.
    Usage,
    /// The inventory is not proved complete.
    Incomplete,
    /// The login was refused, or a privilege is missing.
    Refused,
    /// The vCenter cannot be reached.
    Unreachable,
    /// A signal ended it.
    Signalled(Signal),
}

impl Exit {
    /// The code.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Incomplete => 3,
            Exit::Refused => 4,
            Exit::Unreachable => 5,
            Exit::Signalled(signal) => signal.exit_number(),
        }
    }

    /// The end of a run that failed with this code.
    #[must_use]
    pub fn from_code(code: ErrorCode) -> Self {
        match code {
            ErrorCode::VcenterConfigInvalid => Exit::Usage,
            ErrorCode::InventoryIncomplete | ErrorCode::InventoryRelationsEmpty => Exit::Incomplete,
            ErrorCode::VcenterAuthFailed | ErrorCode::VcenterPermissionDenied => Exit::Refused,
            ErrorCode::VcenterNetworkError
            | ErrorCode::VcenterTlsError
            | ErrorCode::VcenterRateLimit => Exit::Unreachable,
            _ => Exit::Failed,
        }
    }

    /// The end of a run, which `signal` may have ended.
    ///
    /// The first error other than `INVENTORY_INCOMPLETE` decides, for it is the cause.
    #[must_use]
    pub fn from_outcome(outcome: &Outcome, signal: Option<Signal>) -> Self {
        if outcome.succeeded() {
            return Exit::Done;
        }
        if let Some(signal) = signal {
            return Exit::Signalled(signal);
        }
        let mut exits = outcome
            .errors
            .iter()
            .map(|error| Exit::from_code(error.code));
        exits
            .find(|exit| *exit != Exit::Incomplete)
            .unwrap_or(Exit::Incomplete)
    }

    /// As [`Exit::from_outcome`], for a run that lists an inventory.
    #[must_use]
    pub fn from_collection(outcome: &Outcome, signal: Option<Signal>) -> Self {
        match Exit::from_outcome(outcome, signal) {
            Exit::Done if outcome.proof().is_none() => Exit::Incomplete,
            exit => exit,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.number())
    }
}

#[cfg(test)]
mod tests {
    use stocktake_contract::{ErrorCode, Problem};
    use stocktake_runtime::{Conclusion, Outcome};

    use super::Exit;
    use crate::signal::Signal;
    use crate::testing::empty_inventory;

    #[test]
    fn every_code_of_the_contract_has_its_exit_code() {
        let table = [
            ("VCENTER_CONFIG_INVALID", 2),
            ("VCENTER_AUTH_FAILED", 4),
            ("VCENTER_PERMISSION_DENIED", 4),
            ("VCENTER_NETWORK_ERROR", 5),
            ("VCENTER_TLS_ERROR", 5),
            ("VCENTER_RATE_LIMIT", 5),
            ("VCENTER_PARSE_ERROR", 1),
            ("VCENTER_API_VERSION_UNSUPPORTED", 1),
            ("INVENTORY_INCOMPLETE", 3),
            ("INVENTORY_RELATIONS_EMPTY", 3),
            ("PLUGIN_EXEC_FAILED", 1),
            ("PLUGIN_TIMEOUT", 1),
            ("PLUGIN_TRAPPED", 1),
            ("PLUGIN_BUDGET_EXCEEDED", 1),
            ("PLUGIN_EXIT_NONZERO", 1),
            ("PLUGIN_OUTPUT_INVALID_JSON", 1),
            ("PLUGIN_SCHEMA_VERSION_UNSUPPORTED", 1),
            ("PLUGIN_RESPONSE_INVALID", 1),
            ("SCHEMA_VALIDATION_FAILED", 1),
            ("EGRESS_DENIED", 1),
            ("OUTPUT_WRITE_FAILED", 1),
            ("RAW_PERSIST_FAILED", 1),
            ("DB_WRITE_FAILED", 1),
            ("DB_READ_FAILED", 1),
            ("INTERNAL_ERROR", 1),
        ];
        let codes = ErrorCode::ALL.iter();
        let documented = codes.map(|code| (code.as_str(), Exit::from_code(*code).number()));
        assert_eq!(documented.collect::<Vec<_>>(), table);
    }

    fn outcome(codes: &[ErrorCode]) -> Outcome {
        let mut outcome = Outcome::default();
        let errors = codes.iter().map(|code| Problem::new(*code, ""));
        outcome.errors = errors.collect();
        if codes.is_empty() {
            outcome.conclusion = Conclusion::Answered;
        }
        outcome
    }

    #[test]
    fn of_several_errors_the_cause_decides() {
        use ErrorCode::{InventoryIncomplete, PluginTimeout, VcenterNetworkError};
        for (codes, expected) in [
            (&[][..], Exit::Done),
            (&[InventoryIncomplete], Exit::Incomplete),
            (&[VcenterNetworkError], Exit::Unreachable),
            (
                &[InventoryIncomplete, VcenterNetworkError],
                Exit::Unreachable,
            ),
            (&[InventoryIncomplete, PluginTimeout], Exit::Failed),
            (&[PluginTimeout, VcenterNetworkError], Exit::Failed),
        ] {
            assert_eq!(
                Exit::from_outcome(&outcome(codes), None),
                expected,
                "{codes:?}"
            );
        }
    }

    #[test]
    fn a_list_without_a_proof_is_incomplete_even_without_an_error() {
        let mut listed = outcome(&[]);
        assert_eq!(Exit::from_collection(&listed, None), Exit::Incomplete);
        listed.conclusion = Conclusion::Complete(empty_inventory());
        assert_eq!(Exit::from_collection(&listed, None), Exit::Done);
    }

    #[test]
    fn a_signal_counts_only_when_the_run_did_not_get_done() {
        let failed = outcome(&[ErrorCode::PluginExitNonzero]);
        for (signal, number) in [(Signal::Interrupt, 130), (Signal::Terminate, 143)] {
            let exit = Exit::from_outcome(&failed, Some(signal));
            assert_eq!(exit.number(), number);
            let exit = Exit::from_outcome(&outcome(&[]), Some(signal));
            assert_eq!(exit, Exit::Done);
        }
    }
}
