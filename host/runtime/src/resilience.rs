//! A circuit breaker for failing vCenters.
//!
//! Two layers, each for what the other cannot cover. A *retry* ([`gateway::Retries`](crate::gateway::Retries)) repeats
//! one call that changes nothing on the server, a few times within seconds, and the collector
//! does not notice. A *breaker* observes whole runs: after some of them failed in a row
//! the next ones are refused before anything is sent, until one probe has been answered. A run that needed its
//! retries and succeeded is a success for the breaker, so that the two do not multiply each other.
//!
//! | module | holds |
//! | --- | --- |
//! | [`circuit`] | closed, open, half-open: the state of one endpoint; pure |
//! | `verdict` | what a run says about its vCenter |
//! | `breaker` | admits runs and takes their verdicts |
//! | `store` | circuits shared by runs: in memory, or in a directory by processes |
//! | `circuit_open` | when a refused run may be tried again |

mod breaker;
pub mod circuit;
mod circuit_open;
mod store;
mod timestamp;
mod verdict;

pub use breaker::{Breaker, Heartbeat, Permit};
pub use circuit::{Circuit, CircuitSettings};
pub use circuit_open::CircuitOpen;
pub use store::{DirectoryStore, MemoryStore, Store};
pub use verdict::Verdict;
