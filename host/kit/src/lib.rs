//! Tests any component of the world `collector` and says what it does wrong.
//!
//! | module | holds |
//! | --- | --- |
//! | [`kit`] | the component, what it is tested with, and the test |
//! | [`check`] | what it is tested for, by name |
//! | [`finding`] | what it does wrong, by name, with what cures it |
//! | [`report`] | what became of each check |
//! | `bench` | the sandbox of the test, and one run in it |
//! | `request` | requests, sound and malformed |
//! | `upstream` | who answers in place of a server: recordings, spoilt in one place |
//! | `checks` | the checks |
//!
//! Every run is under the budgets of the test, so that a component that never ends
//! ends the test soon; and whatever a run is for, it is looked at for traps, spent
//! budgets, broken rules of the contract, and secrets told.

mod bench;
pub mod check;
mod checks;
pub mod finding;
pub mod kit;
pub mod report;
mod request;
mod upstream;

pub use check::{Check, Group};
pub use finding::{Finding, Wrong};
pub use kit::{Kit, NotTestable};
pub use report::{Progress, Report, Result};
pub use upstream::Spoil;
