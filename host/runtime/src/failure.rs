//! How a guest fails, as problems of the contract.

use std::time::Duration;

use stocktake_contract::{ErrorCode, Problem};
use wasmtime::Trap;
use wasmtime::component::ResourceTableError;

use crate::limits::SandboxLimits;
use crate::quote;
use crate::rlimit;
use crate::sandbox::MemoryExceeded;

/// Characters of a guest's stderr that a message quotes.
const QUOTED: usize = 400;

/// The guest trapped, or was trapped by one of the `limits`.
pub(crate) fn trap(error: &wasmtime::Error, stderr: &str, limits: &SandboxLimits) -> Problem {
    if let Some(exceeded) = exceeded(error, limits) {
        return exceeded;
    }
    if let Some(cure) = rlimit::cure_of_sandbox(error) {
        let message = format!("the sandbox cannot be set up: {cure}");
        return Problem::new(ErrorCode::PluginExecFailed, message);
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

/// The limit that a trap stands for, if it does.
fn exceeded(error: &wasmtime::Error, limits: &SandboxLimits) -> Option<Problem> {
    if let Some(MemoryExceeded { wanted, allowed }) = error.downcast_ref() {
        let cure = "use a smaller page_size or raise the limit";
        return Some(over_budget(
            "memory",
            "bytes",
            *wanted as u64,
            *allowed as u64,
            cure,
        ));
    }
    let one_more = |what, unit, allowed: usize, cure| {
        let allowed = allowed as u64;
        over_budget(what, unit, allowed.saturating_add(1), allowed, cure)
    };
    let of_handles = || {
        let cure = "the collector leaks them; report it as a defect of the collector";
        one_more("handles", "handles", limits.handles, cure)
    };
    if matches!(error.downcast_ref(), Some(ResourceTableError::Full)) {
        return Some(of_handles());
    }
    // The engine has no types for these; a test holds each to its words.
    let words = error.root_cause().to_string();
    if words.contains("handle limit exceeded") {
        return Some(of_handles());
    }
    if words.contains("fuel allocated for hostcalls has been exhausted") {
        let cure = "use a smaller page_size or raise the limit";
        let fuel = limits.hostcall_bytes;
        return Some(one_more("hostcall fuel", "bytes in one call", fuel, cure));
    }
    if words.starts_with("resource limit exceeded: ") {
        let cure = "no collector needs as many; do not use this component";
        let unit = "core instances, memories or tables";
        return Some(one_more("instances", unit, limits.instances, cure));
    }
    None
}

/// The guest used or asked for more than it may have.
pub(crate) fn over_budget(what: &str, unit: &str, used: u64, allowed: u64, cure: &str) -> Problem {
    Problem::new(
        ErrorCode::PluginBudgetExceeded,
        format!("{what} over budget: {used} {unit} of {allowed} allowed; {cure}"),
    )
    .with("budget", what)
    .with("used", used)
    .with("allowed", allowed)
}

/// The guest was over its time; `outcome` says what became of it.
pub(crate) fn timeout(limit: Duration, outcome: &str) -> Problem {
    Problem::new(
        ErrorCode::PluginTimeout,
        format!("the collector was over its wall-clock limit of {limit:?}: {outcome}; narrow the scope or raise the limit"),
    )
    .with("allowed_seconds", limit.as_secs())
}

/// The time was over because the output was not read.
pub(crate) fn held_up(waited: Duration, wall: Duration) -> Problem {
    Problem::new(
        ErrorCode::OutputWriteFailed,
        format!(
            "the output was not taken within the wall-clock limit of {wall:?}, of which the collector waited {waited:.1?} to hand over a page; read the output faster, or write it to a file"
        ),
    )
    .with("waited_seconds", waited.as_secs())
    .with("allowed_seconds", wall.as_secs())
}

/// An exchange broke off because the output was not read.
pub(crate) fn broken_off(waited: Duration, wall: Duration) -> Problem {
    Problem::new(
        ErrorCode::OutputWriteFailed,
        format!(
            "the output was taken so slowly that an exchange with the server broke off: the collector waited {waited:.1?} of {wall:.1?} to hand over a page; read the output faster, or write it to a file"
        ),
    )
    .with("waited_seconds", waited.as_secs())
}

/// The run had to end, and what takes the output did not come back.
pub(crate) fn stuck_output() -> Problem {
    Problem::new(
        ErrorCode::OutputWriteFailed,
        "the output is cut off: its reader does not read; read it to its end, or write it to a file",
    )
}

/// The output cannot be written.
pub(crate) fn unwritten(error: &std::io::Error) -> Problem {
    let message = match error.kind() {
        std::io::ErrorKind::BrokenPipe => {
            format!("the output cannot be written: its reader has closed it ({error})")
        }
        _ => format!("the output cannot be written: {error}"),
    };
    Problem::new(ErrorCode::OutputWriteFailed, message)
}

/// What takes the output panicked.
pub(crate) fn panicked_output() -> Problem {
    Problem::new(
        ErrorCode::InternalError,
        "verifying or writing a page panicked; stderr names the place; report it as a defect",
    )
}

/// The guest was asked to end and did not.
pub(crate) fn stuck(grace: Duration) -> Problem {
    Problem::new(
        ErrorCode::PluginTimeout,
        format!(
            "the collector did not end within the grace of {grace:?} and was ended by force; a session of its own expires on the server"
        ),
    )
}

/// The thread of the guest ended without an answer.
pub(crate) fn defect(error: Option<&tokio::task::JoinError>) -> Problem {
    let how = if error.is_some_and(tokio::task::JoinError::is_panic) {
        "panicked"
    } else {
        "was ended"
    };
    Problem::new(
        ErrorCode::InternalError,
        format!("the thread that runs the collector {how}; report this as a defect of the host"),
    )
}
