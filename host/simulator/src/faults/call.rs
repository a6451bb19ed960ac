//! Faults of the paging protocol.

use super::Faults;
use crate::Fault;
use crate::soap::fault::SoapFault;
use std::sync::atomic::Ordering;

/// What becomes of a continuation.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Continuation {
    Proceed,
    /// The call is refused, its token stays open.
    Refuse(SoapFault),
    /// The session is over, its views and tokens with it.
    EndSession,
}

impl Faults {
    pub(crate) fn continuation(&self) -> Continuation {
        if self.has(Fault::SessionLostForever)
            || (self.has(Fault::SessionLost)
                && !self.session_was_lost.swap(true, Ordering::Relaxed))
        {
            return Continuation::EndSession;
        }
        if self.has(Fault::DyingToken) {
            return Continuation::Refuse(SoapFault::Runtime {
                reason: "A general system error occurred: the result set is gone",
            });
        }
        Continuation::Proceed
    }

    /// Whether the objects after this page (counted from 1) are kept back without a word.
    pub(crate) fn stops_after(&self, page: u32) -> bool {
        self.has(Fault::ShortList) && page >= 2
    }
}
