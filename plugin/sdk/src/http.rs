//! One GET over `wasi:http`. The host owns the connection, verifies the certificate, and allows
//! only requests to the endpoint.

use stocktake_contract::ErrorCode::{
    self, VcenterAuthFailed, VcenterConfigInvalid, VcenterNetworkError, VcenterParseError,
    VcenterRateLimit, VcenterTlsError,
};
use stocktake_contract::Problem;

use crate::bindings::wasi::http::outgoing_handler::handle;
use crate::bindings::wasi::http::types::{
    ErrorCode as Loss, Fields, IncomingResponse, OutgoingRequest, Scheme, http_error_code,
};
use crate::bindings::wasi::io::streams::StreamError;
use crate::endpoint::Endpoint;

/// Most bytes read at once.
const CHUNK: u64 = 64 * 1024;

/// The whole body of a reply with status 200.
///
/// # Errors
///
/// With codes of the contract: every other status, and every truncated reply.
pub fn get(endpoint: &Endpoint, path: &str, headers: &[(&str, &str)]) -> Result<Vec<u8>, Problem> {
    let reply = send(endpoint, path, headers)?;
    let status = reply.status();
    if let Some(code) = refusal(status, reply.headers().has("retry-after")) {
        let message = format!("{endpoint} answered {status} to {path}; {}", cure(code));
        return Err(Problem::new(code, message));
    }
    body(endpoint, &reply)
}

fn send(
    endpoint: &Endpoint,
    path: &str,
    headers: &[(&str, &str)],
) -> Result<IncomingResponse, Problem> {
    let owned = |&(name, value): &(&str, &str)| (name.to_owned(), value.as_bytes().to_vec());
    let headers: Vec<_> = headers.iter().map(owned).collect();
    let fields = Fields::from_list(&headers).map_err(|_| {
        let message = "a header cannot be sent; check source.credential for line breaks";
        Problem::new(VcenterConfigInvalid, message)
    })?;
    let refused = |()| no_request(endpoint);
    let scheme = if endpoint.is_tls {
        Scheme::Https
    } else {
        Scheme::Http
    };
    let outgoing = OutgoingRequest::new(fields);
    outgoing.set_scheme(Some(&scheme)).map_err(refused)?;
    outgoing
        .set_authority(Some(&endpoint.authority))
        .map_err(refused)?;
    outgoing.set_path_with_query(Some(path)).map_err(refused)?;
    let lost = |loss: Loss| no_answer(endpoint, &loss);
    let coming = handle(outgoing, None).map_err(lost)?;
    coming.subscribe().block();
    let reply = coming.get().and_then(Result::ok);
    reply.ok_or_else(|| no_request(endpoint))?.map_err(lost)
}

fn body(endpoint: &Endpoint, reply: &IncomingResponse) -> Result<Vec<u8>, Problem> {
    let refused = |()| no_request(endpoint);
    let body = reply.consume().map_err(refused)?;
    let stream = body.stream().map_err(refused)?;
    let mut whole = Vec::new();
    loop {
        match stream.blocking_read(CHUNK) {
            Ok(bytes) => whole.extend(bytes),
            Err(StreamError::Closed) => return Ok(whole),
            // A truncated list looks like a shorter one, so a truncated reply is an error.
            Err(StreamError::LastOperationFailed(error)) => {
                let loss = http_error_code(&error).unwrap_or(Loss::HttpResponseIncomplete);
                return Err(no_answer(endpoint, &loss));
            }
        }
    }
}

fn no_request(endpoint: &Endpoint) -> Problem {
    let message = format!("the host refuses a request to {endpoint}; check source.config.endpoint");
    Problem::new(VcenterNetworkError, message)
}

/// The error code and cure of a status; `None` for 200.
fn refusal(status: u16, has_retry_after: bool) -> Option<ErrorCode> {
    match status {
        200 => None,
        401 | 403 => Some(VcenterAuthFailed),
        429 => Some(VcenterRateLimit),
        503 if has_retry_after => Some(VcenterRateLimit),
        500.. => Some(VcenterNetworkError),
        _ => Some(VcenterParseError),
    }
}

fn cure(code: ErrorCode) -> &'static str {
    match code {
        VcenterAuthFailed => "check source.credential",
        VcenterParseError => "check that source.config.endpoint is this kind of source",
        _ => "try again later",
    }
}

fn no_answer(endpoint: &Endpoint, loss: &Loss) -> Problem {
    let (code, reason) = explain(loss);
    Problem::new(code, format!("no answer from {endpoint}: {reason}"))
}

/// A code, what happened, and what cures it.
fn explain(loss: &Loss) -> (ErrorCode, &'static str) {
    let (network, tls) = (VcenterNetworkError, VcenterTlsError);
    match loss {
        Loss::DnsTimeout | Loss::DnsError(_) | Loss::DestinationNotFound => {
            (network, "its name is unknown; check the name")
        }
        Loss::ConnectionRefused | Loss::DestinationUnavailable => {
            (network, "the connection is refused; check host and port")
        }
        Loss::ConnectionTimeout
        | Loss::ConnectionReadTimeout
        | Loss::ConnectionWriteTimeout
        | Loss::HttpResponseTimeout => (network, "it took too long; try again later"),
        Loss::ConnectionTerminated | Loss::HttpResponseIncomplete => {
            (network, "it ended in the middle of a reply; try again")
        }
        Loss::TlsCertificateError => (tls, "the certificate was refused; trust it or replace it"),
        Loss::TlsProtocolError | Loss::TlsAlertReceived(_) => (
            tls,
            "the TLS handshake failed; check that it supports TLS 1.2 or later on this port",
        ),
        Loss::HttpRequestDenied | Loss::DestinationIpProhibited | Loss::ConnectionLimitReached => {
            (network, "the host's policy does not allow the request")
        }
        Loss::HttpResponseBodySize(_) => (network, "the reply is larger than the host allows"),
        _ => (
            network,
            "the exchange failed; check that it is an HTTP server",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bindings::wasi::http::types::TlsAlertReceivedPayload;

    #[test]
    fn a_status_has_one_meaning() {
        for (status, has_retry_after, code) in [
            (200, false, None),
            (204, false, Some(VcenterParseError)),
            (302, false, Some(VcenterParseError)),
            (401, false, Some(VcenterAuthFailed)),
            (403, false, Some(VcenterAuthFailed)),
            (404, false, Some(VcenterParseError)),
            (429, false, Some(VcenterRateLimit)),
            (500, true, Some(VcenterNetworkError)),
            (503, false, Some(VcenterNetworkError)),
            (503, true, Some(VcenterRateLimit)),
        ] {
            assert_eq!(refusal(status, has_retry_after), code, "{status}");
        }
    }

    #[test]
    fn trouble_with_tls_is_distinguished_from_trouble_with_the_network() {
        let alert = Loss::TlsAlertReceived(TlsAlertReceivedPayload {
            alert_id: Some(40),
            alert_message: None,
        });
        for loss in [Loss::TlsCertificateError, Loss::TlsProtocolError, alert] {
            assert_eq!(explain(&loss).0, VcenterTlsError, "{loss:?}");
        }
        let unknown = Loss::InternalError(Some("Tls".to_owned()));
        for loss in [
            Loss::ConnectionRefused,
            Loss::HttpResponseIncomplete,
            unknown,
        ] {
            assert_eq!(explain(&loss).0, VcenterNetworkError, "{loss:?}");
        }
    }
}
