//! The only place that touches a network.
//!
//! The threat: a collector is code from elsewhere that was handed an endpoint.
//! It, or a server that it talks to, may try to
//!
//! - reach other machines: a metadata service, the ledger's own network, the
//!   target of a redirect;
//! - change what it is to read: power off a machine, or ask for two things in
//!   one body of which the second is not looked at;
//! - read what holds secrets: sessions, events, settings, licences, the extra
//!   configuration of machines;
//! - carry a credential or a session away, use somebody else's, or leave
//!   sessions behind;
//! - have a forged certificate accepted;
//! - exhaust the host with bytes, packed or not, with requests, or with time.
//!
//! So a guest never sees a socket, nor, unless it is meant to log in itself, a
//! credential: it asks for an HTTP exchange, and every rule below is enforced on
//! this side. What is left to a hostile collector is to lie about what it read,
//! which is the business of [`validation`](crate::validation).
//!
//! | module | holds |
//! | --- | --- |
//! | `policy` | what one run may ask for: endpoint, trust, limits, transport |
//! | `authority` | scheme, host and port, parsed and compared; pure |
//! | `trust` | whose certificates are believed; `tls` applies it, by the `certificate` as it is |
//! | `dial` | resolves once per run, refuses dangerous addresses, connects |
//! | `proxy` | which proxy leads to which server; a `tunnel` through it carries the same TLS |
//! | `pool` | keeps connections alive for the run |
//! | `exchange` | admits, cleans, sends and hands back one exchange |
//! | `body` | reads ahead, decodes gzip, counts and caps a response body |
//! | `transport` | who answers: `http_client`, or [`recorder`] and `replay` for fixtures |
//! | `vsphere` | which calls of the vSphere API may leave, and what they may read, by the parsed `operation` |
//! | `broker` | the session of a run: made, added to calls, taken from replies and ended by the host |
//! | `diagnosis` | why exchanges failed, in words that say what cures it |
//! | `meter` | requests and bytes of the run |
//!
//! An embedder writes a [`Policy`]. Whoever answers in place of the network
//! implements [`Transport`]; [`Recorder`] and [`Replay`] are two who do.

mod authority;
mod body;
mod broker;
mod certificate;
mod connector;
mod diagnosis;
mod dial;
mod exchange;
mod header;
mod http_client;
pub(crate) mod meter;
mod operation;
pub(crate) mod policy;
mod pool;
mod proxy;
pub mod recorder;
mod replay;
#[cfg(test)]
mod testing;
mod tls;
mod transport;
mod trust;
mod tunnel;
mod verifier;
mod vsphere;

pub use authority::{Authority, AuthorityError, Scheme};
pub use body::{Body, CHUNK, Tap};
pub use broker::{SessionKeeper, Sessions};
pub use diagnosis::{Cause, Diagnosis};
pub use http_client::HttpClient;
pub use meter::{Meter, Reading};
pub use operation::{Operation, Reference};
pub use policy::{Limits, Policy};
pub use proxy::{Proxies, Proxy};
pub use recorder::{Exchange, Recorder};
pub use replay::Replay;
pub use transport::{OutboundRequest, Removed, Timeouts, Transport};
pub use trust::{Pin, Roots, Trust, TrustError};
pub use vsphere::{Methods, NotReadable, Readable, Vsphere};

#[cfg(test)]
pub(crate) use broker::LOGOUT_TIMEOUT;
pub(crate) use exchange::Gateway;
