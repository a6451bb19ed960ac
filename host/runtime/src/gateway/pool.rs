//! Connections of a run, kept alive between its exchanges.
//!
//! A connection is back in the pool before the guest learns that a body has
//! ended. Its next request therefore finds it there, and a run that asks one
//! thing after the other makes one connection.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use tokio::time::{Instant, timeout};

use super::connector::Connector;
use super::diagnosis::{Cause, Diagnosis};

/// Bytes that a connection reads at once. Heads must fit as well.
const READ_BUFFER: usize = 64 * 1024;
/// Servers close idle connections without a word; ours are given up first.
const IDLE: Duration = Duration::from_secs(20);
/// A connection whose exchange is over is ready at once, or broken.
const READY_TIMEOUT: Duration = Duration::from_secs(1);

/// The connections of a run.
#[derive(Debug)]
pub(super) struct Pool {
    connector: Connector,
    /// The server's name in messages.
    server: Arc<str>,
    idle: Mutex<Vec<(SendRequest<Full<Bytes>>, Instant)>>,
}

/// A connection with an exchange under way. Dropping it closes the connection.
#[derive(Debug)]
pub(super) struct Lease {
    sender: SendRequest<Full<Bytes>>,
    pool: Arc<Pool>,
}

impl Lease {
    /// Keeps the connection for the next exchange, unless the server ended it.
    pub(super) async fn give_back(mut self) {
        if let Ok(Ok(())) = timeout(READY_TIMEOUT, self.sender.ready()).await {
            self.pool.idle().push((self.sender, Instant::now()));
        }
    }
}

impl Pool {
    pub(super) fn new(connector: Connector, server: Arc<str>) -> Arc<Self> {
        Arc::new(Pool {
            connector,
            server,
            idle: Mutex::default(),
        })
    }

    /// Sends a request in origin form and answers the head of its response.
    pub(super) async fn send(
        self: &Arc<Self>,
        mut request: http::Request<Full<Bytes>>,
    ) -> Result<(http::Response<Incoming>, Lease), Diagnosis> {
        while let Some(mut sender) = self.take() {
            match sender.try_send_request(request).await {
                Ok(response) => return Ok((response, self.lease(sender))),
                // Closed by the server meanwhile: what was never sent may be sent again.
                Err(mut error) => match error.take_message() {
                    Some(unsent) => request = unsent,
                    None => return Err(self.diagnose(&error.into_error())),
                },
            }
        }
        let link = self.connector.connect().await?;
        let shaken = http1::Builder::new()
            .max_buf_size(READ_BUFFER)
            .handshake(link)
            .await;
        let (mut sender, connection) = shaken.map_err(|error| self.diagnose(&error))?;
        tokio::spawn(async move {
            // The exchange that fails by it reports the error.
            let _ = connection.await;
        });
        let response = sender.send_request(request).await;
        let response = response.map_err(|error| self.diagnose(&error))?;
        Ok((response, self.lease(sender)))
    }

    fn lease(self: &Arc<Self>, sender: SendRequest<Full<Bytes>>) -> Lease {
        Lease {
            sender,
            pool: self.clone(),
        }
    }

    /// A connection that is still good.
    fn take(&self) -> Option<SendRequest<Full<Bytes>>> {
        let mut idle = self.idle();
        idle.retain(|(sender, since)| !sender.is_closed() && since.elapsed() < IDLE);
        idle.pop().map(|(sender, _)| sender)
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<(SendRequest<Full<Bytes>>, Instant)>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn diagnose(&self, error: &hyper::Error) -> Diagnosis {
        let server = &self.server;
        if error.is_parse() {
            return Diagnosis::new(
                Cause::Protocol,
                format!("the reply of {server} is not HTTP; check scheme and port of the endpoint"),
            );
        }
        Diagnosis::new(
            Cause::Incomplete,
            format!(
                "{server} ended the connection before its reply: {}",
                innermost(error)
            ),
        )
    }
}

fn innermost(error: &hyper::Error) -> String {
    let mut inner: &dyn std::error::Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}
