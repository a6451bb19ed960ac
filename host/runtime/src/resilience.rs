//! The weather outside: a sick vCenter is left alone and comes back by itself.
//!
//! Two layers, each for what the other cannot get over. A *retry* repeats one call
//! that changes nothing on the server, a few times within seconds, and the collector
//! never knows. A *breaker* watches whole runs: after some of them failed in a row
//! the next ones are refused before anything is sent, until one probe has found the
//! vCenter well again. A run that needed its retries and succeeded is a success for
//! the breaker, so that the two do not multiply each other.
//!
//! | module | holds |
//! | --- | --- |
//! | `backoff` | how long to wait before the next attempt; pure |
//! | `retry_after` | how long a server asks to be left alone; pure |
//! | `retry` | a transport that repeats what may be repeated |
//! | [`circuit`] | closed, open, half-open: the state of one endpoint; pure |
//! | `verdict` | what a run says about its vCenter |
//! | `breaker` | admits runs and hears what became of them |
//! | `store` | circuits shared by runs: in memory, or in a directory by processes |
//! | `circuit_open` | when a refused run may be tried again |

mod backoff;
mod breaker;
pub mod circuit;
mod circuit_open;
pub(crate) mod retry;
mod retry_after;
mod store;
#[cfg(test)]
mod testing;
mod timestamp;
mod verdict;

pub use backoff::Backoff;
pub use breaker::{Breaker, Heartbeat, Permit};
pub use circuit::{Circuit, Settings};
pub use circuit_open::CircuitOpen;
pub use retry::Retries;
pub use store::{DirectoryStore, MemoryStore, Store};
pub use verdict::Verdict;
