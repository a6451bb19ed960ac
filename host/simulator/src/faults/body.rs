//! Faults of the bytes of a reply.

use super::Faults;
use crate::Fault;
use std::sync::atomic::Ordering;

/// How the body of a page is corrupted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyFault {
    /// Ends in the middle of an object, with intact framing.
    Truncate,
    /// Ends in the middle of an object, short of the announced length.
    Cut,
    /// Longer than announced.
    Overrun,
    /// Arrives a few bytes at a time.
    Drip,
    /// No reply at all: the connection ends.
    Reset,
}

/// Whether a body is compressed, and whether its headers say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    Plain,
    Gzip,
    GzipUnlabelled,
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
        if page > 1 && self.has(Fault::CutOnContinue) {
            return Some(BodyFault::Cut);
        }
        if page > 1
            && self.has(Fault::ResetOnContinue)
            && !self.connection_was_reset.swap(true, Ordering::Relaxed)
        {
            return Some(BodyFault::Reset);
        }
        if self.has(Fault::WrongContentLength) {
            return Some(BodyFault::Overrun);
        }
        self.has(Fault::SlowDrip).then_some(BodyFault::Drip)
    }

    /// How replies are packed for a client that does or does not accept gzip.
    pub(crate) fn packing(&self, accepted: bool) -> Packing {
        if self.has(Fault::GzipUnlabelled) {
            Packing::GzipUnlabelled
        } else if accepted || self.has(Fault::GzipUnasked) {
            Packing::Gzip
        } else {
            Packing::Plain
        }
    }

    /// Whether names hold [`LONE_SURROGATE`](super::LONE_SURROGATE).
    pub(crate) fn has_surrogates(&self) -> bool {
        self.has(Fault::OddNames)
    }

    /// Seconds that the server's clock is ahead.
    pub(crate) fn clock_skew(&self) -> u64 {
        if self.has(Fault::ClockSkew) {
            3 * 86_400
        } else {
            0
        }
    }
}
