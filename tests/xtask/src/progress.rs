//! What is being done, and how long it took. Goes to stderr: stdout belongs to the commands' results.

use std::fmt::Display;
use std::time::{Duration, Instant};

/// Runs a step, with its name before and its outcome and duration after.
pub(crate) fn step<T>(name: &str, work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
    eprintln!("== {name}");
    let start = Instant::now();
    let outcome = work();
    let verdict = if outcome.is_ok() { "done" } else { "failed" };
    eprintln!("== {name}: {verdict} in {}", seconds(start.elapsed()));
    outcome
}

/// A remark on the step that is running.
pub(crate) fn note(text: impl Display) {
    eprintln!("   {text}");
}

/// A duration as people say it.
pub(crate) fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}
