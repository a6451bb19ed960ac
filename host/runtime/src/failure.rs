//! How a guest fails, as problems of the contract.

use std::time::Duration;

use stocktake_contract::{ErrorCode, Problem};
use wasmtime::Trap;

use crate::quote;
use crate::sandbox::MemoryExceeded;

/// Characters of a guest's stderr that a message quotes.
const QUOTED: usize = 400;

/// The guest trapped, or was trapped by a limit.
pub(crate) fn of_trap(error: &wasmtime::Error, stderr: &str) -> Problem {
    if let Some(exceeded) = error.downcast_ref::<MemoryExceeded>() {
        return Problem::new(
            ErrorCode::PluginBudgetExceeded,
            format!("{exceeded}; use a smaller page_size or raise the limit"),
        )
        .with("budget", "memory")
        .with("used", exceeded.wanted)
        .with("allowed", exceeded.allowed);
    }
    let reason = match error.downcast_ref::<Trap>() {
        Some(trap) => trap.to_string(),
        None => quote::printable(&error.root_cause().to_string(), QUOTED),
    };
    let words = quote::last_words(stderr, QUOTED);
    let message = if words.is_empty() {
        format!("the collector trapped: {reason}")
    } else {
        format!("the collector trapped: {reason}; its last words: {words}")
    };
    Problem::new(ErrorCode::PluginTrapped, message)
}

/// The guest was over its time; `outcome` tells what became of it.
pub(crate) fn of_timeout(limit: Duration, outcome: &str) -> Problem {
    Problem::new(
        ErrorCode::PluginTimeout,
        format!("the collector was over its wall-clock limit of {limit:?}: {outcome}; narrow the scope or raise the limit"),
    )
    .with("allowed_seconds", limit.as_secs())
}

/// The guest was told to end and did not.
pub(crate) fn of_stuck(grace: Duration) -> Problem {
    Problem::new(
        ErrorCode::PluginTimeout,
        format!(
            "the collector did not end within {grace:?} of being told to and was ended by force; a session of its own expires on the server"
        ),
    )
}

/// The thread of the guest ended without an answer.
pub(crate) fn of_defect(error: &tokio::task::JoinError) -> Problem {
    let how = if error.is_panic() {
        "panicked"
    } else {
        "was ended"
    };
    Problem::new(
        ErrorCode::InternalError,
        format!("the thread that runs the collector {how}; report this as a defect of the host"),
    )
}
