//! A guest's stderr: its last words, bounded.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};

use crate::quote::printable;
use crate::redaction::Redaction;

/// Bytes kept: the last ones, because a panic comes last.
const KEPT: usize = 64 * 1024;
/// Characters of a line in the log.
const LINE: usize = 4096;

/// What a guest wrote to stderr.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stderr {
    kept: Arc<Mutex<VecDeque<u8>>>,
}

impl Stderr {
    /// What was kept, as text.
    pub(crate) fn text(&self) -> String {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(kept.make_contiguous()).into_owned()
    }

    /// What was kept, without the password, which also goes to the log. Only now, because a
    /// guest may write it in pieces.
    pub(crate) fn last_words(&self, redaction: &Redaction) -> String {
        let mut text = self.text();
        redaction.clean(&mut text);
        for line in text.lines() {
            tracing::debug!(target: "stocktake::guest", "{}", printable(line, LINE));
        }
        text
    }

    fn append(&self, bytes: &[u8]) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend(&bytes[bytes.len().saturating_sub(KEPT)..]);
        let excess = kept.len().saturating_sub(KEPT);
        kept.drain(..excess);
    }
}

impl IsTerminal for Stderr {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Stderr {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

#[async_trait::async_trait]
impl Pollable for Stderr {
    async fn ready(&mut self) {}
}

impl OutputStream for Stderr {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.append(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(KEPT)
    }
}

impl AsyncWrite for Stderr {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.append(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::{KEPT, Stderr};

    #[test]
    fn the_last_words_are_kept_and_no_more() {
        let stderr = Stderr::default();
        stderr.append(&vec![b'a'; KEPT]);
        stderr.append(b"panicked");
        let text = stderr.text();
        assert_eq!(text.len(), KEPT);
        assert!(text.ends_with("apanicked"));
    }
}
