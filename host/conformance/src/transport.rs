//! Transports in place of a server.
//!
//! | module | holds |
//! | --- | --- |
//! | `script` | a recording, its replies cut into chunks or corrupted in one place |
//! | `corrupting` | corruptions of a reply |
//! | `watch` | the network, and the headers that a component tried to send |
//! | `refusing` | refuses every exchange, and counts how often a component asked |

mod corrupting;
mod refusing;
mod script;
mod watch;

pub use corrupting::Corruption;
pub(crate) use refusing::Refusing;
pub(crate) use script::{Change, Chunking, Script};
pub(crate) use watch::Watch;
