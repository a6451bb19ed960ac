//! Corruptions of a reply.

use bytes::Bytes;
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use stocktake_contract::ErrorCode;
use stocktake_runtime::gateway::{Body, Cause, Diagnosis};

macro_rules! spoils {
    ($($variant:ident $name:literal $about:literal [$($code:ident),*])*) => {
        /// A corruption of a reply.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Corruption {
            $(#[doc = $about] $variant,)*
        }

        impl Corruption {
            /// Every one.
            pub const ALL: &'static [Corruption] = &[$(Corruption::$variant),*];

            /// The name, in kebab case.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Corruption::$variant => $name,)* }
            }

            /// A description, in one clause.
            #[must_use]
            pub fn about(self) -> &'static str {
                match self { $(Corruption::$variant => $about,)* }
            }

            /// The codes of the contract for it, besides that of an unproved list.
            #[must_use]
            pub fn codes(self) -> &'static [ErrorCode] {
                match self { $(Corruption::$variant => &[$(ErrorCode::$code),*],)* }
            }
        }
    };
}

spoils! {
    Html "html" "a page of HTML with status 200, as from a proxy" [VcenterParseError]
    BadGateway "502" "a page of HTML with status 502" [VcenterNetworkError]
    Unavailable "503" "a page of HTML with status 503" [VcenterNetworkError]
    Unauthorized "401" "status 401, as from a proxy or for a session that ended" [VcenterAuthFailed, VcenterPermissionDenied, VcenterParseError]
    TooMany "429" "status 429 with Retry-After" [VcenterRateLimit]
    Redirect "redirect" "a redirect to another host" [VcenterParseError]
    Empty "empty" "status 200 and an empty body" [VcenterParseError]
    Lost "lost" "lost with its connection" [VcenterNetworkError]
    Timeout "timeout" "not there in time" [VcenterNetworkError]
    Tls "tls" "none because the certificate is refused" [VcenterTlsError]
    NotUtf8 "not-utf-8" "not UTF-8 in its middle, unless all objects are there" [VcenterParseError]
}

const HTML: &str = "<!DOCTYPE html><html><head><title>Sign in</title></head><body><p>Please sign in to continue.<br></body></html>";

impl Corruption {
    /// Corrupts a reply with these headers and this body.
    pub(crate) fn reply(
        self,
        headers: HeaderMap,
        body: &[u8],
    ) -> Result<http::Response<Body>, Diagnosis> {
        let html = |status| Ok(page(status, &[]));
        match self {
            Corruption::Html => html(StatusCode::OK),
            Corruption::BadGateway => html(StatusCode::BAD_GATEWAY),
            Corruption::Unavailable => html(StatusCode::SERVICE_UNAVAILABLE),
            Corruption::Unauthorized => Ok(page(
                StatusCode::UNAUTHORIZED,
                &[(WWW_AUTHENTICATE, "Basic realm=\"proxy\"")],
            )),
            Corruption::TooMany => Ok(page(StatusCode::TOO_MANY_REQUESTS, &[(RETRY_AFTER, "1")])),
            Corruption::Redirect => Ok(page(
                StatusCode::FOUND,
                &[(LOCATION, "https://elsewhere.invalid/")],
            )),
            Corruption::Empty => Ok(whole(headers, Vec::new())),
            Corruption::Lost => Err(Diagnosis::new(Cause::Incomplete, "the connection was lost")),
            Corruption::Timeout => Err(Diagnosis::new(Cause::ResponseTimeout, "no answer in time")),
            Corruption::Tls => Err(Diagnosis::new(
                Cause::Certificate,
                "the certificate was refused",
            )),
            Corruption::NotUtf8 => {
                let mut bytes = body.to_vec();
                bytes.insert(middle(body), 0xff);
                Ok(whole(headers, bytes))
            }
        }
    }
}

/// Inside a text, if there is one: a reader may ignore what is between elements.
fn middle(body: &[u8]) -> usize {
    let half = body.len() / 2;
    let is_text = |at: &usize| {
        let around = body.get(at.saturating_sub(1)..at + 1);
        around.is_some_and(|around| around.iter().all(u8::is_ascii_alphanumeric))
    };
    (half..body.len()).find(is_text).unwrap_or(half)
}

fn whole(headers: HeaderMap, body: Vec<u8>) -> http::Response<Body> {
    let mut response = http::Response::new(Body::whole(body.into()));
    *response.headers_mut() = headers;
    response
}

fn page(status: StatusCode, headers: &[(http::HeaderName, &'static str)]) -> http::Response<Body> {
    let mut response = http::Response::new(Body::whole(Bytes::from_static(HTML.as_bytes())));
    *response.status_mut() = status;
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, html);
    for (name, value) in headers {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name.clone(), value);
    }
    response
}
