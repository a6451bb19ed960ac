//! Who answers in place of a server.
//!
//! | module | holds |
//! | --- | --- |
//! | `script` | a recording, its replies cut into chunks or spoilt in one place |
//! | `spoil` | what may stand in place of a reply |
//! | `watch` | the network, and the headers that a component tried to send |
//! | `nobody` | nobody, and how often a component asked |

mod nobody;
mod script;
mod spoil;
mod watch;

pub(crate) use nobody::Nobody;
pub(crate) use script::{Change, Chunking, Script};
pub use spoil::Spoil;
pub(crate) use watch::Watch;
