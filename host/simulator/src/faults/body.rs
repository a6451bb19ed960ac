//! Faults of the bytes of a page.

use super::Faults;
use crate::Fault;

/// How the body of a page is spoilt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyFault {
    /// Ends in the middle of an object, framed as if that were all.
    Truncate,
    /// Ends in the middle of an object, short of the announced length.
    Cut,
    /// Comes in drops.
    Drip,
}

impl Faults {
    /// The fault of this page, counted from 1.
    pub(crate) fn body(&self, page: u32) -> Option<BodyFault> {
        if page == 1 && self.has(Fault::TruncatedXml) {
            return Some(BodyFault::Truncate);
        }
        if page == 1 && self.has(Fault::CutConnection) {
            return Some(BodyFault::Cut);
        }
        self.has(Fault::SlowDrip).then_some(BodyFault::Drip)
    }
}
