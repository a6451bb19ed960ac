//! The text of a reply, in pieces that end with a tag.

use std::sync::Arc;

use super::Unread;
use crate::gateway::{Body, Meter};

/// Bytes of one tag or text, none of which comes near.
pub(super) const MOST_UNFINISHED: usize = 1 << 20;

/// The text of a reply, of which only what was not yet taken is held.
pub(super) struct ReplyText {
    body: Body,
    meter: Arc<Meter>,
    text: String,
    /// The beginning of a character whose rest is in the next chunk.
    unfinished: Vec<u8>,
    is_whole: bool,
}

impl ReplyText {
    pub(super) fn new(body: Body, meter: Arc<Meter>) -> Self {
        ReplyText {
            body,
            meter,
            text: String::new(),
            unfinished: Vec::new(),
            is_whole: false,
        }
    }

    /// Waits for the next chunk, and then once for the end; false behind the end.
    pub(super) async fn more(&mut self) -> Result<bool, Unread> {
        if self.is_whole {
            return Ok(false);
        }
        if self.text.len() > MOST_UNFINISHED {
            return Err(Unread::Malformed("has a tag or text of more than 1 MiB"));
        }
        match self.body.chunk().await {
            Some(chunk) => {
                let chunk = chunk.map_err(Unread::Diagnosis)?;
                self.meter.decoded(chunk.len());
                self.push(&chunk);
            }
            None => self.is_whole = true,
        }
        Ok(true)
    }

    /// The text that can be read: all of it once it is whole, else up to the last end of a tag.
    pub(super) fn ready(&self) -> &str {
        if self.is_whole {
            return &self.text;
        }
        let end = memchr::memrchr(b'>', self.text.as_bytes()).map_or(0, |last| last + 1);
        &self.text[..end]
    }

    /// Nothing comes behind the text that is ready.
    pub(super) fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// Drops the first `length` bytes of the text.
    pub(super) fn consume(&mut self, length: usize) {
        self.text.drain(..length);
    }

    /// Names may hold half a surrogate pair, which is no character; it becomes U+FFFD.
    fn push(&mut self, chunk: &[u8]) {
        if self.unfinished.is_empty()
            && let Ok(text) = str::from_utf8(chunk)
        {
            self.text.push_str(text);
            return;
        }
        let mut bytes = std::mem::take(&mut self.unfinished);
        bytes.extend_from_slice(chunk);
        let mut pieces = bytes.utf8_chunks().peekable();
        while let Some(piece) = pieces.next() {
            self.text.push_str(piece.valid());
            match str::from_utf8(piece.invalid()) {
                Err(error) if error.error_len().is_none() && pieces.peek().is_none() => {
                    self.unfinished = piece.invalid().to_vec();
                }
                Err(_) => self.text.push(char::REPLACEMENT_CHARACTER),
                Ok(_) => {}
            }
        }
    }
}
