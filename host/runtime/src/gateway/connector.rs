//! Makes connections to the one server of a run.

use std::time::Duration;

use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;

use super::authority::{Authority, Scheme};
use super::diagnosis::{Cause, Diagnosis};
use super::dial::Dialer;
use super::tls::Tls;
use super::trust::Trust;

/// Connects to one authority.
#[derive(Debug)]
pub(super) struct Connector {
    authority: Authority,
    dialer: Dialer,
    /// `None` for plain HTTP.
    tls: Option<Result<Tls, Diagnosis>>,
    limit: Duration,
}

/// A connection, private or plain.
pub(super) type Link = TokioIo<Box<dyn Stream>>;

pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

impl Connector {
    pub(super) fn new(authority: Authority, trust: &Trust, limit: Duration) -> Self {
        let tls = (authority.scheme() == Scheme::Https).then(|| Tls::new(authority.clone(), trust));
        Connector {
            dialer: Dialer::new(authority.clone(), limit),
            authority,
            tls,
            limit,
        }
    }

    pub(super) async fn connect(&self) -> Result<Link, Diagnosis> {
        let stream = self.dialer.dial().await?;
        let stream: Box<dyn Stream> = match &self.tls {
            None => Box::new(stream),
            Some(Err(diagnosis)) => return Err(diagnosis.clone()),
            Some(Ok(tls)) => match timeout(self.limit, tls.secure(stream)).await {
                Ok(secured) => Box::new(secured?),
                Err(_) => return Err(self.slow_handshake()),
            },
        };
        Ok(TokioIo::new(stream))
    }

    fn slow_handshake(&self) -> Diagnosis {
        let Connector {
            authority, limit, ..
        } = self;
        Diagnosis::new(
            Cause::ConnectTimeout,
            format!(
                "{authority} did not finish the TLS handshake within {limit:?}; check the port and firewalls in between"
            ),
        )
    }
}
