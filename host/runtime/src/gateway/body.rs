//! A response body, read ahead of the guest.
//!
//! A task of its own reads, decodes and counts, and hands chunks through a short
//! channel, so that TLS and gzip run on another core while the guest parses. A
//! guest that stops reading stops the task, and with it the server.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt as _;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

use self::decoder::Decoder;
use super::diagnosis::{Cause, Diagnosis};
use super::meter::Meter;
use super::pool::Lease;

mod decoder;

/// A chunk is never larger.
pub const CHUNK: usize = 64 * 1024;

/// Chunks that wait for the guest.
const READ_AHEAD: usize = 4;

/// Sees each chunk on its way, and `None` at the end of a whole body.
pub type Tap = Box<dyn FnMut(Option<&Bytes>) + Send>;

/// A decoded response body in chunks of at most [`CHUNK`] bytes.
pub struct Body {
    /// What was looked at before its turn; the tap has seen it.
    seen: VecDeque<Result<Bytes, Diagnosis>>,
    at_hand: Bytes,
    coming: Option<mpsc::Receiver<Result<Bytes, Diagnosis>>>,
    tap: Option<Tap>,
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").finish_non_exhaustive()
    }
}

impl Body {
    /// A body that is whole already.
    #[must_use]
    pub fn whole(bytes: Bytes) -> Self {
        Body {
            seen: VecDeque::new(),
            at_hand: bytes,
            coming: None,
            tap: None,
        }
    }

    /// A body that comes in these parts, and ends with the first that is none.
    #[must_use]
    pub fn parts(parts: impl IntoIterator<Item = Result<Bytes, Diagnosis>>) -> Self {
        Body {
            seen: parts.into_iter().collect(),
            ..Body::whole(Bytes::new())
        }
    }

    /// Lets `tap` see everything that passes, after those that see it already.
    #[must_use]
    pub fn tapped(mut self, mut tap: Tap) -> Self {
        self.tap = Some(match self.tap.take() {
            None => tap,
            Some(mut first) => Box::new(move |chunk| {
                first(chunk);
                tap(chunk);
            }),
        });
        self
    }

    /// The next chunk, `None` after the last one.
    pub async fn chunk(&mut self) -> Option<Result<Bytes, Diagnosis>> {
        std::future::poll_fn(|context| self.poll_chunk(context)).await
    }

    /// The beginning of the body: `limit` bytes or a chunk more, unless it ends
    /// before. It stays part of the body.
    pub(crate) async fn peek(&mut self, limit: usize) -> Vec<u8> {
        let mut beginning = Vec::new();
        let mut seen = VecDeque::new();
        while beginning.len() < limit {
            let Some(chunk) = self.chunk().await else {
                break;
            };
            let failed = chunk.is_err();
            if let Ok(bytes) = &chunk {
                beginning.extend_from_slice(bytes);
            }
            seen.push_back(chunk);
            if failed {
                break;
            }
        }
        self.seen = seen;
        beginning
    }

    /// Everything that is left, for those who need no bound.
    ///
    /// # Errors
    ///
    /// What ended the body early.
    pub async fn collect(mut self) -> Result<Bytes, Diagnosis> {
        let mut whole = Vec::new();
        while let Some(chunk) = self.chunk().await {
            whole.extend_from_slice(&chunk?);
        }
        Ok(whole.into())
    }

    pub(crate) fn poll_chunk(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Diagnosis>>> {
        if let Some(chunk) = self.seen.pop_front() {
            return Poll::Ready(Some(chunk));
        }
        let chunk = if self.at_hand.is_empty() {
            match &mut self.coming {
                Some(coming) => std::task::ready!(coming.poll_recv(context)),
                None => None,
            }
        } else {
            let length = self.at_hand.len().min(CHUNK);
            Some(Ok(self.at_hand.split_to(length)))
        };
        if let Some(tap) = &mut self.tap {
            match &chunk {
                Some(Ok(bytes)) => tap(Some(bytes)),
                None => tap(None),
                Some(Err(_)) => {}
            }
        }
        Poll::Ready(chunk)
    }
}

/// How a body came over the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    Identity,
    Gzip,
}

/// What bounds one body.
#[derive(Clone, Debug)]
pub(super) struct Bounds {
    pub(super) bytes: u64,
    /// Of all bodies of the run, as they come over the wire.
    pub(super) run_bytes: u64,
    pub(super) between_bytes: Duration,
    /// The whole exchange is over by then, and that is this long after its beginning.
    pub(super) deadline: (Instant, Duration),
}

/// Reads `incoming` in a task of its own and gives its connection back after the
/// last byte. `server` is its name in messages.
pub(super) fn read_ahead<B>(
    incoming: B,
    coding: Coding,
    bounds: Bounds,
    meter: Arc<Meter>,
    server: Arc<str>,
    lease: Option<Lease>,
) -> Body
where
    B: http_body::Body<Data = Bytes, Error: fmt::Display> + Send + Unpin + 'static,
{
    let (chunks, coming) = mpsc::channel(READ_AHEAD);
    let pump = Pump {
        incoming,
        decoder: Decoder::new(coding),
        bounds,
        meter,
        server,
        chunks,
    };
    tokio::spawn(pump.run(lease));
    Body {
        seen: VecDeque::new(),
        at_hand: Bytes::new(),
        coming: Some(coming),
        tap: None,
    }
}

enum Read {
    Data(Bytes),
    End,
    /// The guest dropped the body.
    Unwanted,
}

struct Pump<B> {
    incoming: B,
    decoder: Decoder,
    bounds: Bounds,
    meter: Arc<Meter>,
    server: Arc<str>,
    chunks: mpsc::Sender<Result<Bytes, Diagnosis>>,
}

impl<B> Pump<B>
where
    B: http_body::Body<Data = Bytes, Error: fmt::Display> + Send + Unpin + 'static,
{
    async fn run(mut self, lease: Option<Lease>) {
        match self.read_all().await {
            // Before the channel closes, which is the end for the guest.
            Ok(true) => {
                if let Some(lease) = lease {
                    lease.give_back().await;
                }
            }
            Ok(false) => {}
            // A guest that dropped the body does not want to know.
            Err(diagnosis) => {
                let _ = self.chunks.send(Err(diagnosis)).await;
            }
        }
    }

    /// Whether the body was read to its end rather than dropped by the guest.
    async fn read_all(&mut self) -> Result<bool, Diagnosis> {
        let (mut received, mut decoded) = (0_u64, 0_u64);
        loop {
            let data = match self.read_one().await? {
                Read::Data(data) => data,
                Read::End => break,
                Read::Unwanted => return Ok(false),
            };
            let of_run = self.meter.received(data.len());
            if of_run > self.bounds.run_bytes {
                let allowed = self.bounds.run_bytes;
                return Err(Diagnosis::over_budget(
                    "bytes received",
                    of_run,
                    allowed,
                    "bytes",
                ));
            }
            received += data.len() as u64;
            self.check(received)?;
            self.decoder.feed(data);
            while let Some(chunk) = self.decoder.chunk(&self.server)? {
                decoded += chunk.len() as u64;
                self.check(decoded)?;
                let begun = Instant::now();
                if self.chunks.send(Ok(chunk)).await.is_err() {
                    return Ok(false);
                }
                // Time that the guest, or the reader of its output, takes is not the server's.
                self.bounds.deadline.0 += begun.elapsed();
            }
        }
        self.decoder.finish(&self.server)?;
        Ok(true)
    }

    fn check(&self, used: u64) -> Result<(), Diagnosis> {
        let allowed = self.bounds.bytes;
        if used > allowed {
            return Err(Diagnosis::over_budget(
                "response body",
                used,
                allowed,
                "bytes",
            ));
        }
        Ok(())
    }

    async fn read_one(&mut self) -> Result<Read, Diagnosis> {
        let server = &self.server;
        let (deadline, exchange) = self.bounds.deadline;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let limit = self.bounds.between_bytes.min(left);
            let frame = tokio::select! {
                () = self.chunks.closed() => return Ok(Read::Unwanted),
                frame = timeout(limit, self.incoming.frame()) => frame,
            };
            match frame {
                Err(_) if left <= self.bounds.between_bytes => {
                    return Err(Diagnosis::new(
                        Cause::ReadTimeout,
                        format!(
                            "{server} did not finish its answer within {exchange:?}; use a smaller page_size or raise the limit"
                        ),
                    ));
                }
                Err(_) => {
                    return Err(Diagnosis::new(
                        Cause::ReadTimeout,
                        format!(
                            "{server} stopped in the middle of its answer for {limit:?}; try again or raise the limit"
                        ),
                    ));
                }
                Ok(None) => return Ok(Read::End),
                Ok(Some(Err(error))) => {
                    return Err(Diagnosis::new(
                        Cause::Incomplete,
                        format!(
                            "{server} ended the connection in the middle of its answer: {error}"
                        ),
                    ));
                }
                Ok(Some(Ok(frame))) => {
                    if let Ok(data) = frame.into_data() {
                        return Ok(Read::Data(data));
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
