#![doc = include_str!("embedding.md")]
//!
//! # Modules
//!
//! | module | holds |
//! | --- | --- |
//! | [`engine`] | the WebAssembly engine and what one run may use |
//! | [`component`] | a collector, checked against its world and compiled; [`world`] has the names |
//! | [`inspect`] | what a component says of itself |
//! | [`run`](mod@run) | a run whose pages are verified and written; [`outcome`] is what became of it |
//! | [`raw_run`] | a run for those who test a component |
//! | [`response`] | the response document, written as a run proceeds |
//! | [`gateway`] | the only place that touches a network |
//! | [`resilience`] | retries and circuit breaker: a sick vCenter is left alone |
//! | [`count`] | the host's own count of an inventory |
//! | [`validation`] | the rules that all of it must keep |
//! | [`spool`] | lines that move to disk when they grow many |
//! | [`execution`] | one run without verification, from the request to the report |
//! | [`page`] | what a component hands over: pages and the summary |
//! | [`rlimit`] | limits of the shell, named where they are the reason |
//! | [`usage`] | what a run used of what it was allowed |

mod bindings;
pub mod component;
mod conversion;
pub mod count;
mod credential;
mod deadline;
// Owners and modes are what its checks are made of; elsewhere there is no private directory.
#[cfg_attr(not(unix), path = "directory/elsewhere.rs")]
mod directory;
pub mod engine;
pub mod execution;
mod failure;
pub mod gateway;
mod guest;
pub mod inspect;
pub mod outcome;
mod output;
pub mod page;
mod quote;
pub mod raw_run;
mod redaction;
pub mod resilience;
pub mod response;
pub mod rlimit;
pub mod run;
mod sandbox;
pub mod spool;
mod stderr;
mod strip_credential;
#[cfg(test)]
mod testing;
pub mod usage;
pub mod validation;
pub mod world;

pub use component::{Cache, Code, Collector, Digest};
pub use engine::{Limits, Runtime};
pub use execution::{RunReport, Sink};
pub use inspect::{Description, Inspection};
pub use outcome::Outcome;
pub use raw_run::RawRun;
pub use redaction::REDACTED;
pub use response::{Extras, Response};
pub use run::{Writer, run};
pub use spool::Spool;
pub use usage::{Budget, Usage};

#[doc(no_inline)]
pub use stocktake_contract as contract;
#[doc(no_inline)]
pub use tokio_util::sync::CancellationToken;
