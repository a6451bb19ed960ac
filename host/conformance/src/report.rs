//! What became of each check.

use serde::Serialize;

use crate::check::{Check, Group};
use crate::finding::Finding;

/// How far a test is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// The check under way.
    pub check: Check,
    /// Checks that are done.
    pub done: u64,
    /// Checks that there are to do.
    pub checks: u64,
    /// Runs of the component so far.
    pub runs: u64,
}

/// What became of a test.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// SHA-256 of the component, in lower-case hexadecimal digits.
    pub sha256: String,
    /// Name and version, as it says; empty when it cannot be asked.
    pub component: String,
    /// The source type that it was tested as.
    pub source_type: String,
    /// Every check that was chosen, in order.
    pub results: Vec<Result>,
    /// Runs of the component.
    pub runs: u64,
}

/// What became of a check.
#[derive(Clone, Debug, Serialize)]
pub struct Result {
    /// Which.
    #[serde(serialize_with = "by_name")]
    pub check: Check,
    /// Where it belongs.
    pub group: Group,
    /// What it did wrong; it holds when there is nothing.
    pub findings: Vec<Finding>,
    /// Why it was not, or not wholly, run.
    pub omitted: Option<String>,
}

impl Report {
    /// Nothing is wrong with what was run.
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
