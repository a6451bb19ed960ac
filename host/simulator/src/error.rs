//! Why a simulator did not start.

use crate::CertificateProblem;
use std::io;
use std::net::SocketAddr;

/// A simulator that could not be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SimulatorError {
    /// The address is taken or not ours.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// No certificate could be made.
    #[error(transparent)]
    Certificate(#[from] CertificateProblem),
    /// No threads could be had to run on.
    #[error("cannot start the simulator's threads: {0}")]
    Threads(io::Error),
}
