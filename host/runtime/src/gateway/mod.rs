//! The only place that touches a network.
//!
//! The threat: a collector is code from elsewhere that was handed an endpoint
//! and a credential. It, or a server that it talks to, may try to reach other
//! machines (a metadata service, the ledger's own network), to carry the
//! credential away, to have a forged certificate accepted, or to exhaust the
//! host with bytes. So a guest never sees a socket: it asks for an HTTP
//! exchange, and every rule below is enforced on this side.
//!
//! | module | holds |
//! | --- | --- |
//! | [`policy`] | what one run may ask for: endpoint, trust, limits, upstream |
//! | [`authority`] | scheme, host and port, parsed and compared; pure |
//! | [`trust`] | whose certificates are believed; [`tls`] applies it |
//! | [`dial`] | resolves once per run, refuses dangerous addresses, connects |
//! | `pool` | keeps connections alive for the run |
//! | `exchange` | admits, cleans, sends and hands back one exchange |
//! | [`body`] | reads ahead, decodes gzip, counts and caps a response body |
//! | [`upstream`] | who answers: [`live`], or [`recorder`] and [`replay`] for fixtures |
//! | [`vsphere`] | which calls of the vSphere API may leave, by the parsed [`operation`] |
//! | [`diagnosis`] | why exchanges failed, in words that say what cures it |
//! | [`meter`] | requests and bytes of the run |

pub mod authority;
pub mod body;
mod connector;
pub mod diagnosis;
pub mod dial;
mod exchange;
mod header;
pub mod live;
pub mod meter;
pub mod operation;
pub mod policy;
mod pool;
pub mod recorder;
pub mod replay;
#[cfg(test)]
mod testing;
pub mod tls;
pub mod trust;
pub mod upstream;
mod verifier;
pub mod vsphere;

pub use authority::Authority;
pub use diagnosis::{Cause, Diagnosis};
pub use live::Live;
pub use operation::Operation;
pub use policy::{Limits, Policy};
pub use recorder::Recorder;
pub use replay::Replay;
pub use trust::Trust;
pub use upstream::Upstream;
pub use vsphere::{Methods, Vsphere};

pub(crate) use exchange::Gateway;
