//! The body of a reply: a whole one, or a stream.

use crate::vim::service::Service;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use tokio::sync::mpsc;

#[derive(Debug)]
enum Content {
    Whole(Option<Bytes>),
    Stream(mpsc::Receiver<io::Result<Bytes>>),
}

/// A reply body that counts what leaves it.
#[derive(Debug)]
pub(super) struct ReplyBody {
    content: Content,
    service: Arc<Service>,
}

impl ReplyBody {
    pub(super) fn whole(bytes: impl Into<Bytes>, service: &Arc<Service>) -> Self {
        let bytes = bytes.into();
        Self {
            content: Content::Whole((!bytes.is_empty()).then_some(bytes)),
            service: Arc::clone(service),
        }
    }

    pub(super) fn stream(
        pieces: mpsc::Receiver<io::Result<Bytes>>,
        service: &Arc<Service>,
    ) -> Self {
        Self {
            content: Content::Stream(pieces),
            service: Arc::clone(service),
        }
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let piece = match &mut self.content {
            Content::Whole(bytes) => bytes.take().map(Ok),
            Content::Stream(pieces) => match pieces.poll_recv(context) {
                Poll::Ready(piece) => piece,
                Poll::Pending => return Poll::Pending,
            },
        };
        if let Some(Ok(bytes)) = &piece {
            let sent = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            self.service
                .tally
                .bytes_sent
                .fetch_add(sent, Ordering::Relaxed);
        }
        Poll::Ready(piece.map(|piece| piece.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.content, Content::Whole(None))
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Whole(bytes) => {
                let left = bytes.as_ref().map_or(0, Bytes::len);
                SizeHint::with_exact(u64::try_from(left).unwrap_or(u64::MAX))
            }
            Content::Stream(_) => SizeHint::default(),
        }
    }
}
