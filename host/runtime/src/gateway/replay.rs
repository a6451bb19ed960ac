//! Answers from a recording: the same requests in the same order get the same answers.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;

use super::body::Body;
use super::diagnosis::{Cause, Diagnosis};
use super::recorder::Exchange;
use super::transport::{OutboundRequest, Transport};

/// Plays exchanges back.
#[derive(Debug)]
pub struct Replay {
    reel: Mutex<Reel>,
}

#[derive(Debug)]
struct Reel {
    coming: VecDeque<Exchange>,
    played: usize,
}

impl Replay {
    /// Plays these exchanges in this order, each once.
    #[must_use]
    pub fn new(exchanges: impl IntoIterator<Item = Exchange>) -> Self {
        let reel = Reel {
            coming: exchanges.into_iter().collect(),
            played: 0,
        };
        Replay {
            reel: Mutex::new(reel),
        }
    }

    /// Exchanges that were not requested yet.
    #[must_use]
    pub fn left(&self) -> usize {
        self.lock().coming.len()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Reel> {
        self.reel.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Transport for Replay {
    async fn send(&self, outbound: OutboundRequest) -> Result<http::Response<Body>, Diagnosis> {
        let request = &outbound.request;
        let path = request
            .uri()
            .path_and_query()
            .map_or("/", |path| path.as_str());
        let asked = format!("{} {path}", request.method());
        let mut reel = self.lock();
        let number = reel.played + 1;
        let Some(exchange) = reel.coming.front() else {
            let message = format!(
                "exchange {number} ({asked}) is not in the recording, which has {}; record it again",
                reel.played
            );
            return Err(Diagnosis::new(Cause::Recording, message));
        };
        let recorded = format!("{} {}", exchange.method, exchange.path);
        let difference = if recorded == asked {
            first_difference(&exchange.request_body, request.body())
        } else {
            Some(format!("the recording has {recorded}"))
        };
        if let Some(difference) = difference {
            let message = format!(
                "exchange {number} ({asked}) is not the recorded one: {difference}; if the new request is meant, record it again"
            );
            return Err(Diagnosis::new(Cause::Recording, message));
        }
        reel.played = number;
        let exchange = reel.coming.pop_front();
        drop(reel);
        let mut response = http::Response::new(Body::whole(Bytes::new()));
        if let Some(exchange) = exchange {
            outbound.meter.received(exchange.response_body.len());
            *response.status_mut() = exchange.status;
            *response.headers_mut() = exchange.response_headers;
            *response.body_mut() = Body::whole(exchange.response_body.into());
        }
        Ok(response)
    }
}

/// Where two bodies part, without showing either: they may hold a password.
fn first_difference(recorded: &[u8], asked: &[u8]) -> Option<String> {
    if recorded == asked {
        return None;
    }
    let common = recorded
        .iter()
        .zip(asked)
        .take_while(|(left, right)| left == right)
        .count();
    let before = &asked[..common];
    let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count();
    let element = last_opened(before).unwrap_or_else(|| "its beginning".to_owned());
    Some(format!(
        "the bodies differ at byte {common}, line {line}, in {element} ({} bytes recorded, {} asked)",
        recorded.len(),
        asked.len()
    ))
}

/// The name of the element that was opened last.
fn last_opened(text: &[u8]) -> Option<String> {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'_' | b'-');
    let opened = text.rsplit(|&byte| byte == b'<').find_map(|tag| {
        let end = tag
            .iter()
            .position(|byte| !is_name(byte))
            .unwrap_or(tag.len());
        (end > 0).then(|| String::from_utf8_lossy(&tag[..end]).into_owned())
    })?;
    text.contains(&b'<').then(|| format!("<{opened}>"))
}

#[cfg(test)]
mod tests;
