//! Conformance tests of any component of the world `collector`.
//!
//! | module | holds |
//! | --- | --- |
//! | [`suite`] | the component, its test data, and the test |
//! | [`check`] | the checks, by name |
//! | [`finding`] | the findings, by name, with their cures |
//! | [`report`] | the result of each check |
//! | `runner` | the sandbox of the test, and one run in it |
//! | `request` | requests, valid and malformed |
//! | `transport` | transports in place of a server: recordings, corrupted in one place |
//! | `checks` | the checks |
//!
//! Every run has the budgets of the test, so that a component that never ends
//! ends the test soon. Every run is searched for traps, exceeded budgets, broken rules of the
//! contract, and disclosed secrets, whichever check it belongs to.

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
