//! A recording that is replayed, corrupted in one place.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use http::StatusCode;
use stocktake_fixture::{Fixture, Recorded, replay};
use stocktake_runtime::gateway::{Body, Cause, Diagnosis, OutboundRequest, Transport};

use super::Corruption;

/// How the body of a reply is split.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Chunking {
    /// In chunks of the host's size.
    Whole,
    /// Byte by byte.
    Bytes,
    /// In pieces of pseudorandom lengths.
    Arbitrary,
}

/// The corruption of one exchange.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Change {
    /// Nothing.
    None,
    /// Another reply.
    Instead(usize, Corruption),
    /// It ends after so many bytes.
    Cut(usize, usize),
}

/// Replays exchanges, each once.
///
/// A request other than the next one is answered by the first remaining equal one: a
/// component that fails continues with its clean-up. A request that was not recorded is refused
/// like a connection.
#[derive(Debug)]
pub(crate) struct Script {
    exchanges: Arc<Vec<Recorded>>,
    played: Mutex<Vec<bool>>,
    chunking: Chunking,
    change: Change,
}

impl Script {
    pub(crate) fn of(fixture: &Fixture, chunking: Chunking, change: Change) -> Arc<Self> {
        Arc::new(Script {
            exchanges: Arc::new(fixture.exchanges.clone()),
            played: Mutex::new(vec![false; fixture.exchanges.len()]),
            chunking,
            change,
        })
    }

    /// Whether the exchange was replayed.
    pub(crate) fn has_played(&self, number: usize) -> bool {
        let played = self.played.lock().unwrap_or_else(PoisonError::into_inner);
        played.get(number).copied().unwrap_or_default()
    }

    fn next(&self, outbound: &OutboundRequest) -> Option<usize> {
        let request = &outbound.request;
        let path = request.uri().path_and_query();
        let path = path.map_or("/", |path| path.as_str());
        let mut played = self.played.lock().unwrap_or_else(PoisonError::into_inner);
        let asked = self
            .exchanges
            .iter()
            .zip(&*played)
            .position(|(recorded, played)| {
                !played
                    && recorded.method == request.method().as_str()
                    && recorded.path == path
                    && recorded.request.as_bytes() == request.body()
            })?;
        played[asked] = true;
        Some(asked)
    }
}

#[async_trait]
impl Transport for Script {
    async fn send(&self, outbound: OutboundRequest) -> Result<http::Response<Body>, Diagnosis> {
        let Some(number) = self.next(&outbound) else {
            return Err(Diagnosis::new(Cause::Refused, "this was not recorded"));
        };
        let recorded = &self.exchanges[number];
        let headers = replay::headers(recorded);
        let body = match self.change {
            Change::Instead(at, corruption) if at == number => {
                return corruption.reply(headers, &recorded.body);
            }
            Change::Cut(at, kept) if at == number => {
                let kept = Bytes::copy_from_slice(&recorded.body[..kept.min(recorded.body.len())]);
                let cut = Diagnosis::new(Cause::Incomplete, "the reply ended early");
                Body::parts([Ok(kept), Err(cut)].into_iter().filter(is_something))
            }
            _ => self.chunking.body(&recorded.body),
        };
        outbound.meter.received(recorded.body.len());
        let mut response = http::Response::new(body);
        *response.status_mut() = StatusCode::from_u16(recorded.status).unwrap_or_default();
        *response.headers_mut() = headers;
        Ok(response)
    }
}

/// An empty chunk would mean the end.
fn is_something(part: &Result<Bytes, Diagnosis>) -> bool {
    part.as_ref().map_or(true, |bytes| !bytes.is_empty())
}

impl Chunking {
    fn body(self, bytes: &[u8]) -> Body {
        let whole = Bytes::copy_from_slice(bytes);
        let mut draw: usize = 1;
        let mut piece = || match self {
            Chunking::Whole => usize::MAX,
            Chunking::Bytes => 1,
            Chunking::Arbitrary => {
                // A full-period generator: short pieces, long ones, and all lengths between.
                draw = draw.wrapping_mul(16_807) % 2_147_483_647;
                1 + draw % [3, 17, 257, 4099][draw % 4]
            }
        };
        match self {
            Chunking::Whole => Body::whole(whole),
            Chunking::Bytes | Chunking::Arbitrary => {
                let mut rest = whole;
                Body::parts(std::iter::from_fn(move || {
                    let length = piece().min(rest.len());
                    (length > 0).then(|| Ok(rest.split_to(length)))
                }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Chunking;

    #[tokio::test]
    async fn however_a_body_is_cut_it_is_the_same_bytes() {
        let bytes: Vec<u8> = (0..20_000_u32).map(|byte| byte.to_le_bytes()[0]).collect();
        for (chunking, least) in [
            (Chunking::Whole, 1),
            (Chunking::Bytes, bytes.len()),
            (Chunking::Arbitrary, 10),
        ] {
            let mut body = chunking.body(&bytes);
            let (mut whole, mut chunks) = (Vec::new(), 0);
            while let Some(chunk) = body.chunk().await {
                let chunk = chunk.expect("bytes");
                assert!(!chunk.is_empty(), "{chunking:?}");
                whole.extend_from_slice(&chunk);
                chunks += 1;
            }
            assert!(whole == bytes && chunks >= least, "{chunking:?}: {chunks}");
        }
    }
}
