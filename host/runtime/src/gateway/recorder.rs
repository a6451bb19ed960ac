//! Keeps what another transport said, for fixtures.
//!
//! A recording holds whatever crossed the wire, credentials and session included;
//! clean it before it is written to a file. Its `Debug` shows none of that.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};

use super::body::Body;
use super::diagnosis::Diagnosis;
use super::transport::{OutboundRequest, Transport};

/// Bytes of bodies that a recorder keeps by default.
const KEPT: usize = 256 << 20;

/// One exchange as it happened.
#[derive(Clone, PartialEq, Eq)]
pub struct Exchange {
    /// The request's method.
    pub method: Method,
    /// The request's path and query.
    pub path: String,
    /// The request's headers as they left the gateway.
    pub request_headers: HeaderMap,
    /// The request's body.
    pub request_body: Bytes,
    /// The response's status.
    pub status: StatusCode,
    /// The response's headers; coding and its length are taken off.
    pub response_headers: HeaderMap,
    /// The response's body, decoded.
    pub response_body: Vec<u8>,
    /// The body was read to its end and is here as a whole.
    pub whole: bool,
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("status", &self.status)
            .field("response_bytes", &self.response_body.len())
            .field("whole", &self.whole)
            .finish_non_exhaustive()
    }
}

/// Passes exchanges on and keeps them.
#[derive(Debug)]
pub struct Recorder {
    transport: Arc<dyn Transport>,
    tape: Arc<Mutex<Tape>>,
}

#[derive(Debug)]
struct Tape {
    exchanges: Vec<Exchange>,
    room: usize,
}

impl Recorder {
    /// Keeps what `transport` says.
    #[must_use]
    pub fn new(transport: Arc<dyn Transport>) -> Self {
        Recorder::with_room(transport, KEPT)
    }

    /// Keeps what `transport` says until the bodies fill `room` bytes.
    #[must_use]
    pub fn with_room(transport: Arc<dyn Transport>, room: usize) -> Self {
        let tape = Tape {
            exchanges: Vec::new(),
            room,
        };
        Recorder {
            transport,
            tape: Arc::new(Mutex::new(tape)),
        }
    }

    /// The exchanges so far, in the order in which they were answered.
    #[must_use]
    pub fn take(&self) -> Vec<Exchange> {
        std::mem::take(&mut lock(&self.tape).exchanges)
    }
}

#[async_trait]
impl Transport for Recorder {
    async fn send(&self, outbound: OutboundRequest) -> Result<http::Response<Body>, Diagnosis> {
        let request = outbound.request.clone();
        let response = self.transport.send(outbound).await?;
        let (head, request_body) = request.into_parts();
        let exchange = Exchange {
            method: head.method,
            path: head
                .uri
                .path_and_query()
                .map_or("/", |path| path.as_str())
                .to_owned(),
            request_headers: head.headers,
            request_body,
            status: response.status(),
            response_headers: response.headers().clone(),
            response_body: Vec::new(),
            whole: false,
        };
        let at = {
            let mut tape = lock(&self.tape);
            tape.room = tape.room.saturating_sub(exchange.request_body.len());
            tape.exchanges.push(exchange);
            tape.exchanges.len() - 1
        };
        let tape = self.tape.clone();
        let mut fits = true;
        let tap = move |chunk: Option<&Bytes>| {
            let mut tape = lock(&tape);
            let length = chunk.map_or(0, Bytes::len);
            fits &= length <= tape.room;
            if !fits {
                return;
            }
            tape.room -= length;
            // The exchanges may have been taken meanwhile.
            if let Some(exchange) = tape.exchanges.get_mut(at) {
                match chunk {
                    Some(bytes) => exchange.response_body.extend_from_slice(bytes),
                    None => exchange.whole = true,
                }
            }
        };
        Ok(response.map(|body| body.tapped(Box::new(tap))))
    }
}

fn lock(tape: &Mutex<Tape>) -> std::sync::MutexGuard<'_, Tape> {
    tape.lock().unwrap_or_else(PoisonError::into_inner)
}
