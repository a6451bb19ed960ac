//! The accept loop: a task per connection, all of them ended with the loop.

use super::http::reply;
use crate::counters::count;
use crate::vim::service::Service;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

/// After a failed accept, which usually means a temporary lack of descriptors.
const BREATHER: Duration = Duration::from_millis(20);

/// Serves until it is dropped. Without `tls` it uses plain HTTP.
pub(crate) async fn serve(listener: TcpListener, tls: Option<TlsAcceptor>, service: Arc<Service>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    tracing::debug!(%peer, "connection accepted");
                    count(&service.tally.connections);
                    connections.spawn(connection(stream, tls.clone(), Arc::clone(&service)));
                }
                Err(error) => {
                    tracing::warn!(%error, "connection not accepted");
                    tokio::time::sleep(BREATHER).await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(stream: TcpStream, tls: Option<TlsAcceptor>, service: Arc<Service>) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "nagling connection");
    }
    match tls {
        None => exchange(stream, false, service).await,
        Some(acceptor) => match acceptor.accept(stream).await {
            Ok(stream) => exchange(stream, true, service).await,
            Err(error) => tracing::debug!(%error, "handshake failed"),
        },
    }
}

async fn exchange<S>(stream: S, encrypted: bool, service: Arc<Service>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let answer = service_fn(|request| reply(Arc::clone(&service), encrypted, request));
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), answer)
        .await;
    if let Err(error) = served {
        tracing::debug!(%error, "connection ended");
    }
}
