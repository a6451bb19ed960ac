//! The vSphere API: which calls may leave, and the host's own session.
//!
//! | module | holds |
//! | --- | --- |
//! | `operation` | what a SOAP request calls, read out of its parsed body |
//! | `admission` | which calls may leave, and what they may read: the gateway's `Protocol` |
//! | `session` | the session of a run: made, added to calls, taken from replies and ended by the host |
//! | `automation` | the calls that read tags over the Automation API, and the host's session for them |
//! | `census` | the host's own list of the inventory, in that session |
//! | `header` | the headers of calls and sessions |

mod admission;
mod automation;
mod census;
mod header;
mod operation;
mod session;

pub use admission::{Methods, NotReadable, Readable, Vsphere};
pub use session::{SessionKeeper, Sessions};

pub(crate) use admission::{Admission, Rules};
pub(crate) use automation::{AutomationAccount, AutomationSession};
pub(crate) use census::CountingSession;
pub(crate) use session::{Account, VsphereSession};

/// For the logout, whatever else is under way.
#[cfg(test)]
pub(crate) use session::LOGOUT_TIMEOUT;
