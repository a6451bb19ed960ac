//! Shared code of the tests: the executable, simulators, fixtures.
//!
//! | module | holds |
//! | --- | --- |
//! | [`executable`] | `stocktake` as a process |
//! | [`answer`] | its output |
//! | [`components`] | the vCenter component of each world, as files |
//! | [`request`] | requests as a ledger writes them |
//! | [`server`] | vCenters to collect from: vcsim and the project's own simulator |
//! | [`hostile`] | a collector that misbehaves on request |
//! | [`template`] | the collector to copy, of another platform |
//! | [`vcsim`] | the official simulator as a process |
//! | [`recording`] | the exchanges of a run, and what it leaves on the server |
//! | [`fixture`] | recorded cases under `fixtures/` |
//! | [`replay`] | a server that replays a fixture, and runs against it |
//! | [`registry`] | a real OCI registry as a process, and its token service |
//! | [`python`] | the independent JSON Schema validator |
//! | [`tls_1_1`] | a server that is too old to be spoken to |
//! | [`tls_front`] | TLS with odd certificates in front of a plain server |
//! | [`proxy`] | an HTTP proxy |
//!
//! A part that is missing fails the test that needs it: `cargo xtask test`
//! installs every part and names it in the environment.

pub mod answer;
pub mod components;
pub mod executable;
pub mod fixture;
pub mod hostile;
pub mod proxy;
pub mod python;
pub mod recording;
pub mod registry;
pub mod replay;
pub mod request;
pub mod server;
pub mod template;
pub mod tls_1_1;
pub mod tls_front;
mod tokens;
pub mod vcsim;
