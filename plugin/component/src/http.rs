//! The core's transport over `wasi:http`.

use std::collections::BTreeMap;

use stocktake_vcenter::endpoint::Scheme as CoreScheme;
use stocktake_vcenter::transport::{
    ExchangeId, Head, Method as CoreMethod, Received, Request, Transport, TransportError,
};

use crate::bindings::wasi::http::outgoing_handler::handle;
use crate::bindings::wasi::http::types::{
    ErrorCode, Fields, FutureIncomingResponse, IncomingBody, IncomingResponse, Method,
    OutgoingBody, OutgoingRequest, Scheme, http_error_code,
};
use crate::bindings::wasi::io::streams::{InputStream, StreamError};

/// Most bytes read at once: large enough to keep calls few, small enough for the cache.
const CHUNK: u64 = 64 * 1024;
/// Most bytes of one write to a stream.
const WRITE: usize = 4096;

/// Open exchanges.
#[derive(Default)]
pub(crate) struct Http {
    exchanges: BTreeMap<ExchangeId, Exchange>,
}

enum Exchange {
    Sent(FutureIncomingResponse),
    /// Fields drop in order: a stream must be dropped before its body, a body before its response.
    Reading {
        stream: InputStream,
        _body: IncomingBody,
        _response: IncomingResponse,
    },
    Failed(TransportError),
}

impl Transport for Http {
    fn send(&mut self, exchange: ExchangeId, request: Request) {
        let sent = match begin(request) {
            Ok(response) => Exchange::Sent(response),
            Err(error) => Exchange::Failed(error),
        };
        self.exchanges.insert(exchange, sent);
    }

    fn receive(&mut self, exchange: ExchangeId) -> Received {
        let state = match self.exchanges.remove(&exchange) {
            Some(state) => state,
            None => return Received::Failed(other("the exchange has ended")),
        };
        match state {
            Exchange::Sent(response) => match await_head(&response) {
                Ok((head, reading)) => {
                    self.exchanges.insert(exchange, reading);
                    Received::Head(head)
                }
                Err(error) => Received::Failed(error),
            },
            Exchange::Reading { ref stream, .. } => match stream.blocking_read(CHUNK) {
                Ok(bytes) => {
                    self.exchanges.insert(exchange, state);
                    Received::Body(bytes)
                }
                Err(StreamError::Closed) => Received::End,
                Err(StreamError::LastOperationFailed(error)) => {
                    let code = http_error_code(&error);
                    Received::Failed(
                        code.map_or_else(|| TransportError::Cut, |code| transport_error(&code)),
                    )
                }
            },
            Exchange::Failed(error) => Received::Failed(error),
        }
    }

    fn forget(&mut self, exchange: ExchangeId) {
        self.exchanges.remove(&exchange);
    }
}

fn begin(request: Request) -> Result<FutureIncomingResponse, TransportError> {
    let length = match request.method {
        CoreMethod::Get => None,
        CoreMethod::Post => Some(("content-length", request.body.len().to_string())),
    };
    let headers: Vec<(String, Vec<u8>)> = request
        .headers
        .into_iter()
        .chain(length)
        .map(|(name, value)| (name.to_owned(), value.into_bytes()))
        .collect();
    let headers = Fields::from_list(&headers).map_err(|_| other("a header was refused"))?;
    let outgoing = OutgoingRequest::new(headers);
    let method = match request.method {
        CoreMethod::Get => Method::Get,
        CoreMethod::Post => Method::Post,
    };
    let scheme = match request.scheme {
        CoreScheme::Http => Scheme::Http,
        CoreScheme::Https => Scheme::Https,
    };
    let refused = |()| other("the request was refused");
    outgoing.set_method(&method).map_err(refused)?;
    outgoing.set_scheme(Some(&scheme)).map_err(refused)?;
    outgoing
        .set_authority(Some(&request.authority))
        .map_err(refused)?;
    outgoing
        .set_path_with_query(Some(&request.path))
        .map_err(refused)?;
    let body = outgoing.body().map_err(refused)?;
    let response = handle(outgoing, None).map_err(|code| transport_error(&code))?;
    let stream = body.write().map_err(refused)?;
    for chunk in request.body.as_bytes().chunks(WRITE) {
        // A failure to write the request is reported by its response.
        if stream.blocking_write_and_flush(chunk).is_err() {
            break;
        }
    }
    drop(stream);
    let _ = OutgoingBody::finish(body, None);
    Ok(response)
}

fn await_head(response: &FutureIncomingResponse) -> Result<(Head, Exchange), TransportError> {
    response.subscribe().block();
    let response = response
        .get()
        .and_then(Result::ok)
        .ok_or_else(|| other("the response was not given"))?
        .map_err(|code| transport_error(&code))?;
    let headers = response.headers().entries();
    let head = Head {
        status: response.status(),
        headers: headers
            .into_iter()
            .map(|(name, value)| {
                (
                    name.to_ascii_lowercase(),
                    String::from_utf8_lossy(&value).into_owned(),
                )
            })
            .collect(),
    };
    let body = response
        .consume()
        .map_err(|()| other("the body was not given"))?;
    let stream = body
        .stream()
        .map_err(|()| other("the body was not given"))?;
    let reading = Exchange::Reading {
        stream,
        _body: body,
        _response: response,
    };
    Ok((head, reading))
}

fn transport_error(code: &ErrorCode) -> TransportError {
    match code {
        ErrorCode::DnsTimeout | ErrorCode::DnsError(_) | ErrorCode::DestinationNotFound => {
            TransportError::Dns
        }
        ErrorCode::ConnectionRefused | ErrorCode::DestinationUnavailable => TransportError::Refused,
        ErrorCode::ConnectionTimeout
        | ErrorCode::ConnectionReadTimeout
        | ErrorCode::ConnectionWriteTimeout
        | ErrorCode::HttpResponseTimeout => TransportError::Timeout,
        ErrorCode::ConnectionTerminated | ErrorCode::HttpResponseIncomplete => TransportError::Cut,
        ErrorCode::TlsCertificateError => TransportError::Certificate,
        ErrorCode::TlsProtocolError | ErrorCode::TlsAlertReceived(_) => TransportError::Tls,
        ErrorCode::HttpRequestDenied
        | ErrorCode::DestinationIpProhibited
        | ErrorCode::ConnectionLimitReached => TransportError::Denied,
        ErrorCode::HttpResponseBodySize(_) => TransportError::TooLarge,
        // A host without a code for it describes it.
        ErrorCode::InternalError(Some(words)) => other(words),
        code => other(&words(&format!("{code:?}"))),
    }
}

/// `HttpProtocolError` as `http protocol error`, without the fields of the code.
fn words(code: &str) -> String {
    let name = code.split(|end: char| !end.is_ascii_alphanumeric()).next();
    let mut words = String::new();
    for character in name.unwrap_or_default().chars() {
        if character.is_ascii_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.push(character.to_ascii_lowercase());
    }
    words
}

fn other(reason: &str) -> TransportError {
    TransportError::Other(reason.to_owned())
}
