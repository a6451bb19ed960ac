//! Requests and bytes of one run.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Counts that several exchanges write at once.
#[derive(Debug, Default)]
pub struct Meter {
    requests: AtomicU64,
    sent: AtomicU64,
    received: AtomicU64,
    decoded: AtomicU64,
}

impl Meter {
    /// Counts one request and answers how many there were before it.
    pub fn request(&self) -> u64 {
        self.requests.fetch_add(1, Relaxed)
    }

    /// Counts bytes of a request body and answers their sum.
    pub fn sent(&self, bytes: usize) -> u64 {
        self.sent.fetch_add(bytes as u64, Relaxed) + bytes as u64
    }

    /// Counts bytes of a response body as they came, before decoding, and answers their sum.
    pub fn received(&self, bytes: usize) -> u64 {
        self.received.fetch_add(bytes as u64, Relaxed) + bytes as u64
    }

    /// Counts bytes handed to the guest and answers their sum.
    pub fn decoded(&self, bytes: usize) -> u64 {
        self.decoded.fetch_add(bytes as u64, Relaxed) + bytes as u64
    }

    /// The counts so far.
    #[must_use]
    pub fn reading(&self) -> Reading {
        Reading {
            requests: self.requests.load(Relaxed),
            bytes_sent: self.sent.load(Relaxed),
            bytes_received: self.received.load(Relaxed),
            bytes_decoded: self.decoded.load(Relaxed),
        }
    }
}

/// What a [`Meter`] said at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Requests sent.
    pub requests: u64,
    /// Bytes of request bodies.
    pub bytes_sent: u64,
    /// Bytes of response bodies as they came over the wire.
    pub bytes_received: u64,
    /// Bytes of response bodies after decompression.
    pub bytes_decoded: u64,
}
