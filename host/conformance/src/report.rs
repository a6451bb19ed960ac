//! The result of each check.

use serde::Serialize;

use crate::check::{Check, Group};
use crate::finding::Finding;

/// Progress of a test.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// The running check.
    pub check: Check,
    /// Checks that are done.
    pub done: u64,
    /// Checks in all.
    pub checks: u64,
    /// Runs of the component so far.
    pub runs: u64,
}

/// The result of a test.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// SHA-256 of the component, in lower-case hexadecimal digits.
    pub sha256: String,
    /// Its own name and version; empty when it has no description.
    pub component: String,
    /// The source type that it was tested as.
    pub source_type: String,
    /// Every check that was chosen, in order.
    pub results: Vec<Result>,
    /// Runs of the component.
    pub runs: u64,
}

/// The result of a check.
#[derive(Clone, Debug, Serialize)]
pub struct Result {
    /// Which.
    #[serde(serialize_with = "by_name")]
    pub check: Check,
    /// Its group.
    pub group: Group,
    /// Its findings; the check passes without any.
    pub findings: Vec<Finding>,
    /// Why it was not run, or not completely.
    pub omitted: Option<String>,
}

impl Report {
    /// Whether the check has no findings.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.results.iter().all(|result| result.findings.is_empty())
    }
}

fn by_name<S: serde::Serializer>(
    check: &Check,
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    serializer.serialize_str(&check.name())
}
