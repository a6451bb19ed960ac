//! Tests any component of the world `collector` and says what it does wrong.
//!
//! | module | holds |
//! | --- | --- |
//! | [`suite`] | the component, what it is tested with, and the test |
//! | [`check`] | what it is tested for, by name |
//! | [`finding`] | what it does wrong, by name, with what cures it |
//! | [`report`] | what became of each check |
//! | `runner` | the sandbox of the test, and one run in it |
//! | `request` | requests, sound and malformed |
//! | `transport` | who answers in place of a server: recordings, corrupted in one place |
//! | `checks` | the checks |
//!
//! Every run is under the budgets of the test, so that a component that never ends
//! ends the test soon; and whatever a run is for, it is looked at for traps, spent
//! budgets, broken rules of the contract, and secrets told.

pub mod check;
mod checks;
pub mod finding;
pub mod report;
mod request;
mod runner;
pub mod suite;
mod transport;

pub use check::{Check, Group};
pub use finding::{Finding, Wrong};
pub use report::{Progress, Report, Result};
pub use suite::{NotTestable, Suite};
pub use transport::Corruption;
