//! What a run used.

use std::time::Duration;

/// What a run used of the network and of the host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Exchanges asked for.
    pub requests: u64,
    /// Bytes of request bodies.
    pub bytes_sent: u64,
    /// Bytes of response bodies as they came over the wire.
    pub bytes_received: u64,
    /// Bytes of response bodies after decompression.
    pub bytes_decoded: u64,
    /// Bytes of the guest's linear memory at its largest.
    pub peak_memory: u64,
    /// From the first instruction to the last.
    pub wall: Duration,
}
