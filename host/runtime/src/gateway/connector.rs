//! Makes connections to the one server of a run.

use std::time::Duration;

use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;

use super::authority::{Authority, Scheme};
use super::diagnosis::{Cause, Diagnosis};
use super::dial::Dialer;
use super::proxy::Proxy;
use super::tls::{Tls, Unsecured};
use super::trust::Trust;
use super::tunnel;

/// Connects to one authority.
#[derive(Debug)]
pub(super) struct Connector {
    authority: Authority,
    dialer: Dialer,
    /// Who connects in our place, and how he is reached.
    proxy: Option<(Proxy, Dialer)>,
    /// `None` for plain HTTP.
    tls: Option<Result<Tls, Diagnosis>>,
    limit: Duration,
}

/// A connection, private or plain.
pub(super) type Link = TokioIo<Box<dyn Stream>>;

pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

impl Connector {
    pub(super) fn new(
        authority: Authority,
        trust: &Trust,
        proxy: Option<Proxy>,
        limit: Duration,
    ) -> Self {
        let tls = (authority.scheme() == Scheme::Https).then(|| Tls::new(authority.clone(), trust));
        Connector {
            dialer: Dialer::new(authority.clone(), limit),
            proxy: proxy.map(|proxy| {
                let dialer = Dialer::of_operator(proxy.authority().clone(), limit);
                (proxy, dialer)
            }),
            authority,
            tls,
            limit,
        }
    }

    pub(super) async fn connect(&self) -> Result<Link, Diagnosis> {
        loop {
            let stream = self.reach().await?;
            let stream: Box<dyn Stream> = match &self.tls {
                None => stream,
                Some(Err(diagnosis)) => return Err(diagnosis.clone()),
                Some(Ok(tls)) => match timeout(self.limit, tls.secure(stream)).await {
                    Ok(Ok(secured)) => Box::new(secured),
                    // Once: from then on it shakes hands in the other way.
                    Ok(Err(Unsecured::TryAgain)) => continue,
                    Ok(Err(Unsecured::Failed(diagnosis))) => return Err(diagnosis),
                    Err(_) => return Err(self.slow_handshake()),
                },
            };
            return Ok(TokioIo::new(stream));
        }
    }

    /// The bytes of the server, from wherever they come.
    async fn reach(&self) -> Result<Box<dyn Stream>, Diagnosis> {
        let Some((proxy, dialer)) = &self.proxy else {
            return Ok(Box::new(self.dialer.dial().await?));
        };
        self.dialer.permit_from_afar().await?;
        let stream = dialer.dial().await.map_err(|diagnosis| {
            let message = format!("the proxy {proxy} cannot be used: {}", diagnosis.message);
            Diagnosis::new(Cause::ProxyUnreachable, message)
        })?;
        let opened = tunnel::open(stream, proxy, &self.authority);
        match timeout(self.limit, opened).await {
            Ok(opened) => Ok(Box::new(opened?)),
            Err(_) => Err(Diagnosis::new(
                Cause::ProxyUnreachable,
                format!(
                    "the proxy {proxy} did not connect to {} within {:?}; check that both are up",
                    self.authority, self.limit
                ),
            )),
        }
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
