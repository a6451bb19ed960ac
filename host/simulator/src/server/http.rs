//! HTTP around the service: paths, cookies, compression and status codes.

use super::body::ReplyBody;
use super::sink::{Manner, Sink, compress};
use crate::automation::Family;
use crate::counters::count;
use crate::faults::{BodyFault, CannedReply, Packing};
use crate::soap::fault::SoapFault;
use crate::soap::{request, timestamp};
use crate::vim::page::Page;
use crate::vim::service::{Answer, Service};
use http::header::{self, HeaderMap, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use std::sync::Arc;

/// Half a million MoRefs fit; more is a mistake.
pub(super) const MAX_REQUEST_BYTES: usize = 64 << 20;
/// Content-Length of a reply that will be truncated; longer than any such page.
const ANNOUNCED_BYTES: u64 = 16 << 20;
/// Content-Length of a reply that is longer: less than the envelope of any page, compressed or not.
const UNDERSTATED_BYTES: (u64, u64) = (400, 100);
/// The connection ends in place of a reply.
#[derive(Debug, thiserror::Error)]
#[error("the connection is reset by a fault")]
pub(super) struct Reset;

const SESSION_COOKIE: &str = "vmware_soap_session";

pub(super) async fn reply(
    service: Arc<Service>,
    encrypted: bool,
    request: Request<Incoming>,
) -> Result<Response<ReplyBody>, Reset> {
    count(&service.tally.requests);
    let mut exchange = Exchange {
        packing: service.faults.packing(accepts_gzip(request.headers())),
        encrypted,
        service,
    };
    exchange.answer(request).await
}

pub(super) struct Exchange {
    pub(super) service: Arc<Service>,
    packing: Packing,
    pub(super) encrypted: bool,
}

impl Exchange {
    async fn answer(&mut self, request: Request<Incoming>) -> Result<Response<ReplyBody>, Reset> {
        if let Some(canned) = self.service.faults.in_front() {
            return Ok(self.canned(&canned));
        }
        if let Some((family, path)) = Family::from_path(request.uri().path()) {
            let path = path.to_owned();
            return Ok(self.automation(family, &path, request).await);
        }
        Ok(match (request.method(), request.uri().path()) {
            (&Method::POST, "/sdk" | "/sdk/") => return self.soap(request).await,
            (&Method::GET, "/sdk/vimServiceVersions.xml") => {
                let document = self.service.about.versions_document();
                self.document(StatusCode::OK, &document)
            }
            (_, "/sdk" | "/sdk/") => self.empty(StatusCode::METHOD_NOT_ALLOWED),
            _ => self.empty(StatusCode::NOT_FOUND),
        })
    }

    async fn soap(&mut self, request: Request<Incoming>) -> Result<Response<ReplyBody>, Reset> {
        let (head, body) = request.into_parts();
        let Ok(body) = Limited::new(body, MAX_REQUEST_BYTES).collect().await else {
            return Ok(self.empty(StatusCode::PAYLOAD_TOO_LARGE));
        };
        let body = body.to_bytes();
        let call = std::str::from_utf8(&body)
            .map_err(|error| error.to_string())
            .and_then(|document| request::parse(document).map_err(|error| error.to_string()));
        // Calls that the load balancer sends to another server have no session there.
        let balancer = self.service.faults.balancer_cookie();
        let is_here = balancer.is_none_or(|cookie| has_cookie(&head.headers, cookie));
        let key = session_key(&head.headers).filter(|_| is_here);
        let asked = api_version(&head.headers);
        let answer = match call {
            Ok(_) if asked.is_some_and(|version| !self.service.about.serves(version)) => {
                Answer::Fault(SoapFault::InvalidRequest {
                    reason: format!(
                        "Unsupported version URI \"urn:vim25/{}\" while parsing SOAP body",
                        asked.unwrap_or_default()
                    ),
                })
            }
            Ok(call) => self.service.call(&call, key),
            Err(reason) => Answer::Fault(SoapFault::InvalidRequest { reason }),
        };
        Ok(match answer {
            Answer::Document(document) => self.document(StatusCode::OK, &document),
            Answer::LoggedIn { document, key } => {
                let mut response = self.document(StatusCode::OK, &document);
                let secure = if self.encrypted { "; Secure" } else { "" };
                let cookie = format!("{SESSION_COOKIE}=\"{key}\"; Path=/; HttpOnly{secure}");
                if let Ok(cookie) = HeaderValue::try_from(cookie) {
                    response.headers_mut().insert(header::SET_COOKIE, cookie);
                }
                if let Some(cookie) = balancer {
                    let cookie = format!("{cookie}; path=/");
                    if let Ok(cookie) = HeaderValue::try_from(cookie) {
                        response.headers_mut().append(header::SET_COOKIE, cookie);
                    }
                }
                response
            }
            Answer::Fault(fault) => {
                self.document(StatusCode::INTERNAL_SERVER_ERROR, &fault.to_document())
            }
            Answer::Canned(canned) => self.canned(&canned),
            Answer::Page(page) if page.fault == Some(BodyFault::Reset) => return Err(Reset),
            Answer::Page(page) => self.page(page),
        })
    }

    fn page(&self, page: Page) -> Response<ReplyBody> {
        let fault = page.fault;
        let compressed = self.packing != Packing::Plain;
        let (sink, pieces) = Sink::new(Manner {
            compressed,
            drips: fault == Some(BodyFault::Drip),
            surrogates: self.service.faults.has_surrogates(),
        });
        tokio::spawn(page.write(sink));
        let mut response = self.response(StatusCode::OK, ReplyBody::stream(pieces, &self.service));
        let headers = response.headers_mut();
        mark_as_xml(headers, self.packing);
        match (fault, UNDERSTATED_BYTES) {
            (Some(BodyFault::Cut), _) => {
                headers.insert(header::CONTENT_LENGTH, ANNOUNCED_BYTES.into());
            }
            (Some(BodyFault::Overrun), (plain, packed)) => {
                let announced = if compressed { packed } else { plain };
                headers.insert(header::CONTENT_LENGTH, announced.into());
                headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            _ => {}
        }
        response
    }

    fn document(&self, status: StatusCode, document: &str) -> Response<ReplyBody> {
        let document = &*self.service.faults.extended(document);
        let packed = match self.packing {
            Packing::Plain => None,
            Packing::Gzip | Packing::GzipUnlabelled => compress(document).ok(),
        };
        let packing = packed.as_ref().map_or(Packing::Plain, |_| self.packing);
        let bytes = packed.unwrap_or_else(|| document.as_bytes().to_vec());
        let mut response = self.response(status, ReplyBody::whole(bytes, &self.service));
        mark_as_xml(response.headers_mut(), packing);
        response
    }

    fn canned(&self, canned: &CannedReply) -> Response<ReplyBody> {
        let status =
            StatusCode::from_u16(canned.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = self.response(status, ReplyBody::whole(canned.body, &self.service));
        let (name, value) = canned.header;
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
        response
    }

    pub(super) fn empty(&self, status: StatusCode) -> Response<ReplyBody> {
        self.response(status, ReplyBody::whole("", &self.service))
    }

    pub(super) fn response(&self, status: StatusCode, body: ReplyBody) -> Response<ReplyBody> {
        let mut response = Response::new(body);
        *response.status_mut() = status;
        let skew = self.service.faults.clock_skew();
        if skew > 0
            && let Ok(date) = HeaderValue::try_from(timestamp::http_date(skew))
        {
            response.headers_mut().insert(header::DATE, date);
        }
        response
    }
}

fn mark_as_xml(headers: &mut HeaderMap, packing: Packing) {
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/xml; charset=utf-8"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if packing == Packing::Gzip {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
}

/// The version that `SOAPAction: "urn:vim25/8.0.3.0"` asks for.
fn api_version(headers: &HeaderMap) -> Option<&str> {
    let action = headers.get("soapaction")?.to_str().ok()?;
    let version = action.trim_matches('"').strip_prefix("urn:vim25/")?;
    Some(version).filter(|version| !version.is_empty())
}

fn session_key(headers: &HeaderMap) -> Option<&str> {
    cookie(headers, SESSION_COOKIE)
}

/// The value of a cookie, with or without quotes.
pub(super) fn cookie<'h>(headers: &'h HeaderMap, wanted: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find(|(name, _)| *name == wanted)
        .map(|(_, key)| key.trim_matches('"'))
}

fn has_cookie(headers: &HeaderMap, wanted: &str) -> bool {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .any(|cookie| cookie.trim() == wanted)
}

fn accepts_gzip(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|coding| {
            let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
            let refused = matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000");
            name.trim().eq_ignore_ascii_case("gzip") && !refused
        })
}
