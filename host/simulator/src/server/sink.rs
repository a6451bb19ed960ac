//! Where a page is written to: a buffer that is passed on whenever it is full, compressed if the client wants that.
//!
//! The channel behind it is bounded, so a slow client holds the writer back and a page of any size takes the same memory.

use crate::faults::LONE_SURROGATE;
use crate::soap::xml::Xml;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::borrow::Cow;
use std::io::{self, Write};
use std::time::Duration;
use tokio::sync::mpsc;

/// Bytes gathered before they are passed on.
const PIECE: usize = 32 * 1024;
/// Pieces on their way at most.
const PIECES_AHEAD: usize = 4;
const DROP: usize = 24;
const DROP_EVERY: Duration = Duration::from_millis(25);
/// Long enough for what was sent to reach the wire before the connection breaks.
const BEFORE_BREAK: Duration = Duration::from_millis(50);

/// U+D800 in UTF-8, were it allowed there.
const SURROGATE_BYTES: &[u8] = b"\xed\xa0\x80";

/// How a body is sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manner {
    pub(super) compressed: bool,
    pub(super) drips: bool,
    /// Replaces [`LONE_SURROGATE`] by bytes that are not UTF-8.
    pub(super) surrogates: bool,
}

/// The client is gone.
#[derive(Debug)]
pub(crate) struct Gone;

/// The writing end of a streamed body.
pub(crate) struct Sink {
    pub(crate) xml: Xml,
    pieces: mpsc::Sender<io::Result<Bytes>>,
    gzip: Option<GzEncoder<Vec<u8>>>,
    manner: Manner,
}

impl Sink {
    pub(super) fn new(manner: Manner) -> (Self, mpsc::Receiver<io::Result<Bytes>>) {
        let (pieces, receiver) = mpsc::channel(PIECES_AHEAD);
        let sink = Self {
            xml: Xml::with_capacity(PIECE + PIECE / 2),
            pieces,
            gzip: manner
                .compressed
                .then(|| GzEncoder::new(Vec::with_capacity(PIECE), Compression::fast())),
            manner,
        };
        (sink, receiver)
    }

    /// Passes on what was written, once it is worth it.
    pub(crate) async fn pass_on(&mut self) -> Result<(), Gone> {
        if self.xml.len() < PIECE {
            return Ok(());
        }
        self.drain().await
    }

    /// Sends the rest and ends the body.
    pub(crate) async fn finish(mut self) -> Result<(), Gone> {
        self.drain().await?;
        match self.gzip.take() {
            Some(gzip) => {
                let rest = gzip.finish().map_err(|_| Gone)?;
                self.send(Bytes::from(rest)).await
            }
            None => Ok(()),
        }
    }

    /// Sends the rest and breaks the connection.
    pub(crate) async fn break_off(mut self) -> Result<(), Gone> {
        self.drain().await?;
        if let Some(gzip) = &mut self.gzip {
            gzip.flush().map_err(|_| Gone)?;
            let rest = std::mem::take(gzip.get_mut());
            self.send(Bytes::from(rest)).await?;
        }
        tokio::time::sleep(BEFORE_BREAK).await;
        let broken = io::Error::new(io::ErrorKind::ConnectionAborted, "cut on purpose");
        self.pieces.send(Err(broken)).await.map_err(|_| Gone)
    }

    async fn drain(&mut self) -> Result<(), Gone> {
        let written: Cow<'_, [u8]> = if self.manner.surrogates {
            with_surrogates(self.xml.as_str()).into()
        } else {
            self.xml.as_str().as_bytes().into()
        };
        let piece = match &mut self.gzip {
            None => Bytes::copy_from_slice(&written),
            Some(gzip) => {
                gzip.write_all(&written).map_err(|_| Gone)?;
                Bytes::from(std::mem::take(gzip.get_mut()))
            }
        };
        self.xml.clear();
        self.send(piece).await
    }

    async fn send(&self, mut piece: Bytes) -> Result<(), Gone> {
        while self.manner.drips && piece.len() > DROP {
            let drop = piece.split_to(DROP);
            self.pieces.send(Ok(drop)).await.map_err(|_| Gone)?;
            tokio::time::sleep(DROP_EVERY).await;
        }
        if piece.is_empty() {
            return Ok(());
        }
        self.pieces.send(Ok(piece)).await.map_err(|_| Gone)
    }
}

fn with_surrogates(text: &str) -> Vec<u8> {
    let pieces: Vec<&[u8]> = text.split(LONE_SURROGATE).map(str::as_bytes).collect();
    pieces.join(SURROGATE_BYTES)
}

/// A short body compressed at once.
pub(super) fn compress(text: &str) -> io::Result<Vec<u8>> {
    let mut gzip = GzEncoder::new(Vec::with_capacity(text.len() / 2), Compression::fast());
    gzip.write_all(text.as_bytes())?;
    gzip.finish()
}
