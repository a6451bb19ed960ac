//! The transport: TLS, HTTP/1.1 and the bodies of replies.

mod automation;
mod body;
mod certificate;
mod http;
mod listener;
mod sink;

pub(crate) use certificate::Identity;
pub use certificate::{CertificateKind, CertificateProblem};
pub(crate) use listener::serve;
pub(crate) use sink::{Gone, Sink};
