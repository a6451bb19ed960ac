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
//! - carry a credential or a session away, use another client's, or leave
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
//! | `network` | the one server that a run may speak to, and the way there |
//! | `authority` | scheme, host and port, parsed and compared; pure |
//! | `trust` | which certificates are trusted; `tls` applies it, by the `certificate` as it is |
//! | `dial` | resolves once per run, refuses dangerous addresses, connects |
//! | `proxy` | which proxy leads to which server; a `tunnel` through it carries the same TLS |
//! | `pool` | keeps connections alive for the run |
//! | `exchange` | admits, cleans, sends and hands back one exchange |
//! | `protocol` | what the rules of a protocol are asked for |
//! | `body` | reads ahead, decodes gzip, counts and caps a response body |
//! | `transport` | what answers: `http_client`, `retry` over it, or [`recorder`] and `replay` for fixtures |
//! | `diagnosis` | why exchanges failed, with the cure |
//! | `meter` | requests and bytes of the run |
//!
//! An embedder describes the way by a [`Network`]. What answers in place of the network
//! implements [`Transport`]; [`Recorder`] and [`Replay`] do. Of the protocol that is spoken this module knows
//! nothing: see [`vsphere`](crate::vsphere).

mod authority;
mod body;
mod certificate;
mod connector;
mod diagnosis;
mod dial;
mod exchange;
mod header;
mod http_client;
mod meter;
mod network;
mod pool;
pub(crate) mod protocol;
mod proxy;
pub mod recorder;
mod replay;
mod retry;
#[cfg(test)]
pub(crate) mod testing;
mod tls;
mod transport;
mod trust;
mod tunnel;
mod verifier;

pub use authority::{Authority, AuthorityError, Scheme};
pub use body::{Body, CHUNK, Tap};
pub use diagnosis::{Cause, Diagnosis};
pub use http_client::HttpClient;
pub use meter::{Meter, Reading};
pub use network::Network;
pub use proxy::{Proxies, Proxy};
pub use recorder::{Exchange, Recorder};
pub use replay::Replay;
pub use retry::{Backoff, Retries};
pub use transport::{Call, OutboundRequest, Removed, Timeouts, Transport};
pub use trust::{Pin, Roots, Trust, TrustError};

pub(crate) use exchange::{Gateway, Rules};
