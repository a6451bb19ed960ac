//! What the collector asks of a transport, and what a transport reports to it.
//!
//! The collector never waits: it says what to send and what to read on, and is
//! told what came. [`drive`] is the loop that every shell runs over its own
//! [`Transport`].

use crate::endpoint::Scheme;
use crate::run::{Action, Pulled, Run};

/// The method of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// GET, without a body.
    Get,
    /// POST.
    Post,
}

/// An HTTP request.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// How the server is reached.
    pub scheme: Scheme,
    /// Host and, when given, port.
    pub authority: String,
    /// Path, from `/`, and query.
    pub path: String,
    /// Header names, in lower case, and values.
    pub headers: Vec<(&'static str, String)>,
    /// The body; empty with GET.
    pub body: String,
}

/// Headers and body may hold secrets, so they are not shown.
impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Request")
            .field("authority", &self.authority)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// A request that was sent, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExchangeId(pub u32);

/// The next part of a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received {
    /// Status and headers; comes first.
    Head(Head),
    /// Some of the body.
    Body(Vec<u8>),
    /// The body is whole.
    End,
    /// The exchange failed; nothing more comes.
    Failed(TransportError),
}

/// Status and headers of a reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// HTTP status.
    pub status: u16,
    /// Header names, in lower case, and values.
    pub headers: Vec<(String, String)>,
}

impl Head {
    /// The first header of this name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Why an exchange failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransportError {
    /// The host's name is unknown.
    Dns,
    /// Nothing listens.
    Refused,
    /// The connection was not made, or an answer not given, in time.
    Timeout,
    /// The connection ended in the middle of the reply.
    Cut,
    /// The certificate was refused.
    Certificate,
    /// The TLS handshake failed.
    Tls,
    /// The host's policy does not allow the request.
    Denied,
    /// The reply is larger than the host's policy allows.
    TooLarge,
    /// Anything else, in the transport's words.
    Other(String),
}

impl TransportError {
    /// The way to the server failed, and may be there again the next time.
    #[must_use]
    pub fn is_loss(&self) -> bool {
        use TransportError::{Cut, Refused, Timeout};
        matches!(self, Refused | Timeout | Cut)
    }
}

/// Carries requests.
pub trait Transport {
    /// Begins an exchange, without waiting for its reply.
    fn send(&mut self, exchange: ExchangeId, request: Request);
    /// Waits for the next part of a reply.
    fn receive(&mut self, exchange: ExchangeId) -> Received;
    /// This exchange is not needed any more.
    fn forget(&mut self, exchange: ExchangeId);
}

/// Runs `run` until it has a page or its summary.
pub fn drive(run: &mut Run, transport: &mut impl Transport) -> Pulled {
    loop {
        match run.act() {
            Action::Send(exchange, request) => transport.send(exchange, request),
            Action::Receive(exchange) => {
                let received = transport.receive(exchange);
                run.receive(exchange, received);
            }
            Action::Forget(exchange) => transport.forget(exchange),
            Action::Hand(pulled) => return pulled,
        }
    }
}
