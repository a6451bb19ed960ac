#![doc = include_str!("embedding.md")]
//!
//! # Modules
//!
//! | module | holds |
//! | --- | --- |
//! | [`request`] | a request, parsed once |
//! | [`policy`] | what one run may do; [`limits`] is how much, [`settings`] the document that says so |
//! | `loader` | checks, compiles and links components: [`Runtime`] |
//! | [`component`] | a collector, ready to run; [`world`] has the names |
//! | [`inspect`] | what a component says of itself |
//! | [`run`](mod@run) | a run whose pages are verified and written to a [`writer`]; [`outcome`] is what became of it |
//! | [`raw_run`] | a run for those who test a component |
//! | [`response`] | the response document, written as a run proceeds |
//! | [`gateway`] | the only place that touches a network |
//! | [`vsphere`] | the vSphere API: which calls may leave, and the host's own session |
//! | [`resilience`] | the circuit breaker for failing vCenters |
//! | [`count`] | the host's own count of an inventory |
//! | [`validation`] | the rules that all of it must keep |
//! | [`spool`] | lines that move to disk when they grow many |
//! | [`execution`] | one run without verification, from the request to the report; a [`sink`] takes its pages |
//! | [`page`] | what a component hands over: pages and the summary |
//! | [`rlimit`] | limits of the shell, named where they are the reason |
//! | [`usage`] | what a run used of what it was allowed |

mod bindings;
pub mod component;
mod connection;
mod conversion;
pub mod count;
mod credential;
mod deadline;
// Owners and modes are what its checks are made of; elsewhere there is no private directory.
#[cfg_attr(not(unix), path = "directory/elsewhere.rs")]
mod directory;
mod engine;
pub mod execution;
mod failure;
pub mod gateway;
mod guest;
pub mod inspect;
pub mod limits;
mod loader;
pub mod outcome;
mod output;
pub mod page;
pub mod policy;
mod quote;
pub mod raw_run;
mod redaction;
pub mod request;
pub mod resilience;
pub mod response;
pub mod rlimit;
pub mod run;
mod sandbox;
mod seconds;
pub mod settings;
pub mod sink;
pub mod spool;
mod stderr;
mod strip_credential;
#[cfg(test)]
mod testing;
pub mod usage;
pub mod validation;
pub mod vsphere;
pub mod world;
pub mod writer;

pub use component::{Cache, Code, Collector, Digest};
pub use execution::RunReport;
pub use inspect::{Description, Inspection};
pub use limits::Limits;
pub use loader::Runtime;
pub use outcome::{Conclusion, Outcome};
pub use policy::Policy;
pub use raw_run::RawRun;
pub use redaction::REDACTED;
pub use request::Request;
pub use response::{Extras, Response};
pub use run::run;
pub use settings::Settings;
pub use sink::Sink;
pub use spool::Spool;
pub use usage::{Budget, Usage};
pub use validation::Proof;
pub use writer::Writer;

#[doc(no_inline)]
pub use stocktake_contract as contract;
#[doc(no_inline)]
pub use tokio_util::sync::CancellationToken;
