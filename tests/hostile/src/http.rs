//! One exchange over `wasi:http`.

use crate::bindings::wasi::http::outgoing_handler::handle;
use crate::bindings::wasi::http::types::{
    Fields, IncomingResponse, Method, OutgoingBody, OutgoingRequest, Scheme,
};
use crate::run::Run;

/// Most bytes of one write to a stream.
const WRITE: usize = 4096;
/// Bytes that one read asks for.
const READ: u64 = 64 << 10;

/// Where to send a request.
pub(crate) struct Address {
    pub(crate) is_tls: bool,
    pub(crate) authority: String,
    pub(crate) path: String,
    pub(crate) method: Method,
}

impl Address {
    pub(crate) fn of(url: &str) -> Self {
        let (scheme, rest) = url.split_once("://").unwrap_or(("https", url));
        let (authority, path) = rest.split_once('/').unwrap_or((rest, "sdk"));
        Address {
            is_tls: scheme == "https",
            authority: authority.to_owned(),
            path: format!("/{path}"),
            method: Method::Post,
        }
    }
}

impl Address {
    /// The same, asked by another method.
    pub(crate) fn by(self, method: &str) -> Self {
        Address {
            method: match method {
                "GET" => Method::Get,
                "DELETE" => Method::Delete,
                "POST" => Method::Post,
                other => Method::Other(other.to_owned()),
            },
            ..self
        }
    }
}

/// A call that any collector may make.
pub(crate) const CURRENT_TIME: &str = r#"<CurrentTime xmlns="urn:vim25"><_this type="ServiceInstance">ServiceInstance</_this></CurrentTime>"#;

/// An envelope around this body.
pub(crate) fn envelope(body: &str) -> String {
    format!(
        r#"<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"#
    )
}

/// Posts `body` in an envelope to the endpoint of the request.
pub(crate) fn ask_endpoint(run: &Run, body: &str) -> String {
    let address = Address::of(run.setting("/endpoint").unwrap_or_default());
    ask(&address, &[], &envelope(body))
}

/// What a collector of a vCenter sends with each call.
const OF_A_CALL: [(&str, &str); 2] = [
    ("content-type", "text/xml; charset=utf-8"),
    ("soapaction", "\"urn:vim25\""),
];

/// Posts `body` with the headers of a call, unless `headers` has them otherwise, and with those
/// of `headers` that can be set at all; what became of it begins with `answered` when there was
/// an answer.
pub(crate) fn ask(address: &Address, headers: &[(&str, &str)], body: &str) -> String {
    exchange(address, headers, body).unwrap_or_else(|message| message)
}

/// Like [`ask`], and leaves the body of the answer where it is.
pub(crate) fn ask_and_leave(address: &Address, body: &str) -> String {
    let answered = send(address, &[], body).map(|response| {
        let message = format!("answered {}", response.status());
        std::mem::forget(response);
        message
    });
    answered.unwrap_or_else(|message| message)
}

/// The text of what the endpoint answers to `body`; `None` unless it is an answer.
pub(crate) fn call_endpoint(run: &Run, body: &str) -> Option<String> {
    let address = Address::of(run.setting("/endpoint").unwrap_or_default());
    let headers = [("content-type", "text/xml; charset=utf-8")];
    let response = send(&address, &headers, body).ok()?;
    if response.status() != 200 {
        return None;
    }
    let incoming = response.consume().ok()?;
    let stream = incoming.stream().ok()?;
    let mut text = Vec::new();
    // The end of a body is reported as an error of its stream.
    while let Ok(piece) = stream.blocking_read(READ) {
        text.extend(piece);
    }
    String::from_utf8(text).ok()
}

fn exchange(address: &Address, headers: &[(&str, &str)], body: &str) -> Result<String, String> {
    let response = send(address, headers, body)?;
    Ok(format!("answered {}", response.status()))
}

fn send(
    address: &Address,
    headers: &[(&str, &str)],
    body: &str,
) -> Result<IncomingResponse, String> {
    let refused = |()| "the request was refused".to_owned();
    let fields = Fields::new();
    let is_otherwise = |name: &str| headers.iter().any(|(other, _)| *other == name);
    let usual = OF_A_CALL.iter().filter(|(name, _)| !is_otherwise(name));
    for (name, value) in usual.chain(headers) {
        let name = (*name).to_owned();
        // Forbidden ones are refused here; the others are for the gateway to clean.
        let _ = fields.append(&name, value.as_bytes());
    }
    let request = OutgoingRequest::new(fields);
    let scheme = if address.is_tls {
        Scheme::Https
    } else {
        Scheme::Http
    };
    request.set_method(&address.method).map_err(refused)?;
    request.set_scheme(Some(&scheme)).map_err(refused)?;
    let authority = Some(address.authority.as_str());
    request.set_authority(authority).map_err(refused)?;
    let path = Some(address.path.as_str());
    request.set_path_with_query(path).map_err(refused)?;
    let outgoing = request.body().map_err(refused)?;
    let response = handle(request, None).map_err(|code| format!("{code:?}"))?;
    let stream = outgoing.write().map_err(refused)?;
    for chunk in body.as_bytes().chunks(WRITE) {
        // A failure to write the request is reported by its response.
        if stream.blocking_write_and_flush(chunk).is_err() {
            break;
        }
    }
    drop(stream);
    let _ = OutgoingBody::finish(outgoing, None);
    response.subscribe().block();
    let response = response
        .get()
        .and_then(Result::ok)
        .ok_or_else(|| "the response was not given".to_owned())?;
    response.map_err(|code| format!("{code:?}"))
}
