//! Who answers an exchange: the network, or a recording of it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::HeaderName;

use super::body::Body;
use super::diagnosis::Diagnosis;
use super::meter::Meter;

/// An admitted and cleaned request on its way out.
///
/// Its `Debug` shows neither headers nor body: they may hold a session or a password.
#[derive(Clone)]
pub struct OutboundRequest {
    /// The request with an absolute URL.
    pub request: http::Request<Bytes>,
    /// What it calls, where the protocol is known.
    pub call: Option<Call>,
    /// How long its parts may take.
    pub timeouts: Timeouts,
    /// Where the bytes of the response are counted as they come over the wire.
    pub meter: Arc<Meter>,
}

impl fmt::Debug for OutboundRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutboundRequest")
            .field("method", self.request.method())
            .field("uri", self.request.uri())
            .field("call", &self.call)
            .field("body_bytes", &self.request.body().len())
            .finish_non_exhaustive()
    }
}

/// What an exchange calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The name of the method or document.
    pub name: String,
    /// It changes nothing on the server, so that repeating it when its answer was lost is harmless.
    pub is_repeatable: bool,
}

/// An extension of a guest's request: the headers that it asked for and that did not pass.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Removed(pub Vec<HeaderName>);

/// How long the parts of one exchange may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// Until the head of the response is there.
    pub first_byte: Duration,
    /// Between two pieces of the body.
    pub between_bytes: Duration,
    /// For everything.
    pub exchange: Duration,
}

/// Answers exchanges. Implementations keep what a whole run shares: connections, a recording.
#[async_trait]
pub trait Transport: Send + Sync + fmt::Debug {
    /// Answers one exchange. The response's body is decoded, and its headers say so.
    async fn send(&self, outbound: OutboundRequest) -> Result<http::Response<Body>, Diagnosis>;
}
