//! Circuits shared by runs and workers.

mod directory;
mod memory;
mod record;

use std::fmt;
use std::io;

use super::circuit::Circuit;
use crate::gateway::Authority;

pub use directory::DirectoryStore;
pub use memory::MemoryStore;

/// Holds a circuit per endpoint.
pub trait Store: Send + Sync + fmt::Debug {
    /// Reads the circuit of an endpoint, calls `change` with it once, and keeps what
    /// became of it; no other update comes in between. An endpoint that is not known has a
    /// circuit that is closed.
    ///
    /// # Errors
    ///
    /// The state cannot be read or kept. `change` may have been called.
    fn update(&self, endpoint: &Authority, change: &mut dyn FnMut(&mut Circuit)) -> io::Result<()>;

    /// The circuits that are known, in the order of their endpoints' texts.
    ///
    /// # Errors
    ///
    /// The state cannot be read.
    fn circuits(&self) -> io::Result<Vec<(Authority, Circuit)>>;
}
