//! What an export can be told.

use std::time::SystemTime;

/// How to export.
#[derive(Clone, Debug)]
pub struct Options {
    /// An inventory that is not proved complete is exported too.
    pub allow_incomplete: bool,
    /// The time that ages are measured at.
    pub now: SystemTime,
    /// Days after which `vHealth` lists a snapshot as old.
    pub snapshot_days: u32,
    /// Percent of the capacity in use at which `vHealth` lists a datastore as full.
    pub datastore_percent: u8,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            allow_incomplete: false,
            now: SystemTime::now(),
            snapshot_days: 7,
            datastore_percent: 90,
        }
    }
}
