//! One GET over `wasi:http`. The host owns the connection, checks the certificate, and lets
//! nothing leave but requests to the endpoint.

use crate::bindings::exports::stocktake::collector::inventory::Problem;
use crate::bindings::wasi::http::outgoing_handler::handle;
use crate::bindings::wasi::http::types::{ErrorCode, Fields, OutgoingRequest, Scheme};
use crate::bindings::wasi::io::streams::StreamError;
use crate::request::{AUTH, NETWORK, PARSE, RATE, Request, TLS, problem};

/// The whole body of a reply with status 200.
pub(crate) fn get(request: &Request, path: &str) -> Result<Vec<u8>, Problem> {
    let at = &request.authority;
    let token = format!("Bearer {}", request.token).into_bytes();
    let refused = || problem(NETWORK, format!("the host refuses a request to {at}"));
    let fields = Fields::from_list(&[("authorization".to_owned(), token)]);
    let scheme = [Scheme::Http, Scheme::Https][usize::from(request.is_tls)].clone();
    let outgoing = OutgoingRequest::new(fields.map_err(|_| refused())?);
    outgoing.set_scheme(Some(&scheme)).map_err(|()| refused())?;
    outgoing.set_authority(Some(at)).map_err(|()| refused())?;
    outgoing
        .set_path_with_query(Some(path))
        .map_err(|()| refused())?;

    let lost = |code: ErrorCode| {
        let is_tls = format!("{code:?}").contains("Tls");
        let code_of = if is_tls { TLS } else { NETWORK };
        problem(
            code_of,
            format!("no answer from {at}: {code:?}; check host and certificate"),
        )
    };
    let coming = handle(outgoing, None).map_err(lost)?;
    coming.subscribe().block();
    let reply = coming
        .get()
        .and_then(Result::ok)
        .ok_or_else(refused)?
        .map_err(lost)?;
    let status = reply.status();
    let is_busy = status == 503 && reply.headers().has("retry-after");
    let code = match status {
        200 => None,
        401 | 403 => Some(AUTH),
        429 => Some(RATE),
        _ if is_busy => Some(RATE),
        500.. => Some(NETWORK),
        _ => Some(PARSE),
    };
    if let Some(code) = code {
        let message = format!("{at} answered {status}; check endpoint and token, or try later");
        return Err(problem(code, message));
    }
    let body = reply.consume().map_err(|()| refused())?;
    let stream = body.stream().map_err(|()| refused())?;
    let mut whole = Vec::new();
    loop {
        match stream.blocking_read(64 * 1024) {
            Ok(bytes) => whole.extend(bytes),
            Err(StreamError::Closed) => return Ok(whole),
            // Half a list looks like a shorter one: a reply that was cut is no reply.
            Err(StreamError::LastOperationFailed(_)) => {
                let message = format!("{at} ended in the middle of a reply; try again");
                return Err(problem(NETWORK, message));
            }
        }
    }
}
