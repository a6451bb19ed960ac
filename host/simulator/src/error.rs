//! Why a simulator did not start.

use crate::CertificateProblem;
use std::io;
use std::net::SocketAddr;

/// A simulator that could not be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SimulatorError {
    /// The address is in use or not available.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The requested address.
        address: SocketAddr,
        /// The error of the operating system.
        source: io::Error,
    },
    /// No certificate could be generated.
    #[error(transparent)]
    Certificate(#[from] CertificateProblem),
    /// No threads could be started.
    #[error("cannot start the simulator's threads: {0}")]
    Threads(io::Error),
}
