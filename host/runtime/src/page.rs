//! What a component hands over, as it said it: nothing here is checked yet.

use stocktake_contract::Problem;
use stocktake_contract::response::{Detection, Evidence};

/// One page of a run.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Counts pages of the run from 0.
    pub sequence: u32,
    /// Assets in `batch`, per kind.
    pub assets: Vec<(String, u64)>,
    /// Relations in `batch`.
    pub relations: u32,
    /// Warnings in `batch`.
    pub warnings: u32,
    /// How far the run is.
    pub progress: Progress,
    /// JSON lines: `{"asset":…}`, `{"relation":…}`, `{"warning":…}`.
    pub batch: String,
}

/// How far a run is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Objects read so far.
    pub done: u64,
    /// Objects there are to read, once known.
    pub total: Option<u64>,
}

/// A run's last answer.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Counts and the verdict.
    pub stats: Stats,
    /// Why the list is the whole list.
    pub evidence: Evidence,
    /// What the target turned out to be.
    pub detection: Option<Detection>,
    /// Empty exactly when the run did what its mode asks for.
    pub errors: Vec<Problem>,
}

/// Counts over all pages, and the verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Assets over all pages.
    pub assets: u64,
    /// Relations over all pages.
    pub relations: u64,
    /// Warnings over all pages.
    pub warnings: u64,
    /// The component says the list is whole.
    pub inventory_complete: bool,
}
