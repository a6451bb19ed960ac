//! Makes the connections that the HTTP client pools.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use tower_service::Service;

use super::authority::{Authority, Scheme};
use super::diagnosis::{Cause, Diagnosis};
use super::dial::Dialer;
use super::tls::Tls;

/// Connects to the one authority of a run, whatever it is asked for.
#[derive(Clone, Debug)]
pub(super) struct Connector {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    authority: Authority,
    dialer: Dialer,
    /// `None` for plain HTTP.
    tls: Option<Result<Tls, Diagnosis>>,
    limit: Duration,
}

impl Connector {
    pub(super) fn new(authority: Authority, trust: &super::Trust, limit: Duration) -> Self {
        let tls = (authority.scheme() == Scheme::Https).then(|| Tls::new(authority.clone(), trust));
        let dialer = Dialer::new(authority.clone(), limit);
        let shared = Shared {
            authority,
            dialer,
            tls,
            limit,
        };
        Connector {
            shared: Arc::new(shared),
        }
    }
}

impl Shared {
    async fn connect(&self) -> Result<Link, Diagnosis> {
        let making = async {
            let stream = self.dialer.dial().await?;
            let stream: Box<dyn Stream> = match &self.tls {
                None => Box::new(stream),
                Some(Ok(tls)) => Box::new(tls.secure(stream).await?),
                Some(Err(diagnosis)) => return Err(diagnosis.clone()),
            };
            Ok(Link(TokioIo::new(stream)))
        };
        // Dialling has a limit of its own that names the address; this one is for the handshake.
        match timeout(2 * self.limit, making).await {
            Ok(made) => made,
            Err(_) => Err(Diagnosis::new(
                Cause::ConnectTimeout,
                format!(
                    "{} did not finish the TLS handshake within {:?}; check the port and firewalls in between",
                    self.authority, self.limit
                ),
            )),
        }
    }
}

impl Service<Uri> for Connector {
    type Response = Link;
    type Error = Diagnosis;
    type Future = Pin<Box<dyn Future<Output = Result<Link, Diagnosis>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Diagnosis>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        let shared = self.shared.clone();
        Box::pin(async move { shared.connect().await })
    }
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// One connection, private or plain.
pub(super) struct Link(TokioIo<Box<dyn Stream>>);

impl Connection for Link {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl Read for Link {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl Write for Link {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
