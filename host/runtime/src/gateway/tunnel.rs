//! A connection to a server through a proxy.

use bytes::Bytes;
use http::header::{HOST, PROXY_AUTHORIZATION};
use http::{Request, StatusCode};
use http_body_util::Empty;
use hyper::client::conn::http1;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::authority::Authority;
use super::diagnosis::{Cause, Diagnosis};
use super::proxy::Proxy;

/// Has `proxy`, at the other end of `stream`, connect to `server`.
///
/// # Errors
///
/// Why it does not, and what cures it; nothing of what it says beside its status.
pub(super) async fn open(
    stream: TcpStream,
    proxy: &Proxy,
    server: &Authority,
) -> Result<TokioIo<Upgraded>, Diagnosis> {
    let broken = |_: hyper::Error| {
        Diagnosis::new(
            Cause::ProxyUnreachable,
            format!(
                "the proxy {proxy} ended the connection, or its reply is not HTTP; check its host and port"
            ),
        )
    };
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(broken)?;
    tokio::spawn(async move {
        // The request that fails by it reports the error.
        let _ = connection.with_upgrades().await;
    });
    let place = if server.host().contains(':') {
        format!("[{}]:{}", server.host(), server.port())
    } else {
        format!("{}:{}", server.host(), server.port())
    };
    let mut request = Request::connect(&place).header(HOST, &place);
    if let Some(authorization) = proxy.authorization() {
        request = request.header(PROXY_AUTHORIZATION, authorization);
    }
    let request = request.body(Empty::<Bytes>::new()).map_err(|_| {
        let message = format!("{server} cannot be requested from a proxy; correct the endpoint");
        Diagnosis::new(Cause::ProxyRefused, message)
    })?;
    let response = sender.send_request(request).await.map_err(broken)?;
    if !response.status().is_success() {
        return Err(refusal(proxy, server, response.status()));
    }
    let upgraded = hyper::upgrade::on(response).await.map_err(broken)?;
    Ok(TokioIo::new(upgraded))
}

fn refusal(proxy: &Proxy, server: &Authority, status: StatusCode) -> Diagnosis {
    let code = status.as_u16();
    let (cause, message) = match status {
        StatusCode::PROXY_AUTHENTICATION_REQUIRED if proxy.has_password() => (
            Cause::ProxyRefused,
            format!("the proxy {proxy} refuses user name and password (407); correct them"),
        ),
        StatusCode::PROXY_AUTHENTICATION_REQUIRED => (
            Cause::ProxyRefused,
            format!(
                "the proxy {proxy} requires a user name and a password (407); set STOCKTAKE_PROXY or HTTPS_PROXY to http://USER:PASSWORD@HOST:PORT"
            ),
        ),
        status if status.is_server_error() => (
            Cause::ProxyUnreachable,
            format!(
                "the proxy {proxy} cannot reach {server} ({code}); check the endpoint's host and port, the DNS settings of the proxy and that the server is running"
            ),
        ),
        _ => (
            Cause::ProxyRefused,
            format!(
                "the proxy {proxy} refuses to connect to {server} ({code}); allow it there, or add the server to NO_PROXY if it can be reached without the proxy"
            ),
        ),
    };
    Diagnosis::new(cause, message)
}
