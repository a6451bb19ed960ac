//! A vCenter simulator: real SOAP over real TLS, of any size, with faults on request.
//!
//! ```
//! use stocktake_simulator::{Fault, Simulator};
//!
//! let simulator = Simulator::builder()
//!     .vms(500)
//!     .hosts(16)
//!     .clusters(2)
//!     .seed(7)
//!     .fault(Fault::WithholdVm)
//!     .start_blocking()?;
//! println!("{}/sdk {:?}", simulator.url(), simulator.fingerprint());
//! assert_eq!(simulator.counters().sessions_open, 0);
//! # Ok::<(), stocktake_simulator::SimulatorError>(())
//! ```
//!
//! | module | holds |
//! | --- | --- |
//! | `builder`, `simulator`, `counters`, `fault`, `profile`, `error` | the public API |
//! | `server` | TLS, HTTP/1.1, streamed and compressed bodies |
//! | `soap` | requests, envelopes, faults, the XML writer |
//! | `automation` | the Automation API, of which tags are read |
//! | `vim` | sessions, views, the property collector and its paging |
//! | `inventory` | every object and property, computed from seed and index |
//! | `faults` | fault injection |
//!
//! Neither the inventory nor a reply is ever held in memory: objects are arithmetic, replies are written while they are sent. The field
//! names, their order and the spelling of types are those of the vSphere Web Services schema. Property paths are those that inventory
//! readers use; a whole data object such as `config` is not among them.

mod automation;
mod builder;
mod counters;
mod error;
mod fault;
mod faults;
mod inventory;
mod profile;
mod server;
mod simulator;
mod soap;
mod vim;

pub use builder::SimulatorBuilder;
pub use counters::Counters;
pub use error::SimulatorError;
pub use fault::{Fault, UnknownFault, Verdict};
pub use profile::Profile;
pub use server::{CertificateKind, CertificateProblem};
pub use simulator::{Simulator, Totals};
