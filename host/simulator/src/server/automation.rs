//! HTTP around the Automation API.

use super::body::ReplyBody;
use super::http::{Exchange, MAX_REQUEST_BYTES, cookie};
use crate::automation::{Family, Reply, Request, SESSION, answer};
use http::header::{self, HeaderMap, HeaderValue};
use http::{Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;

impl Exchange {
    /// Answers a request of a family of paths; `path` is what follows the family's prefix.
    pub(super) async fn automation(
        &self,
        family: Family,
        path: &str,
        request: http::Request<Incoming>,
    ) -> Response<ReplyBody> {
        let (head, body) = request.into_parts();
        let Ok(body) = Limited::new(body, MAX_REQUEST_BYTES).collect().await else {
            return self.empty(StatusCode::PAYLOAD_TOO_LARGE);
        };
        let body = body.to_bytes();
        let text = |name| {
            let value: Option<&HeaderValue> = head.headers.get(name);
            value.and_then(|value| value.to_str().ok())
        };
        let reply = answer(
            &self.service,
            &Request {
                family,
                method: &head.method,
                path,
                query: head.uri.query().unwrap_or_default(),
                authorization: text(header::AUTHORIZATION.as_str()),
                session: text(SESSION).or_else(|| cookie(&head.headers, SESSION)),
                body: &body,
            },
        );
        self.send(family, reply, wants_cookie(&head.headers))
    }

    fn send(&self, family: Family, reply: Reply, wants_cookie: bool) -> Response<ReplyBody> {
        let body = reply.body.map(|body| body.to_string()).unwrap_or_default();
        let has_body = !body.is_empty();
        let mut response =
            self.response(status(reply.status), ReplyBody::whole(body, &self.service));
        let headers = response.headers_mut();
        if has_body {
            let json = HeaderValue::from_static("application/json");
            headers.insert(header::CONTENT_TYPE, json);
        }
        let Some(key) = reply.session else {
            return response;
        };
        let path = match family {
            Family::Api => "/api",
            Family::Rest => "/rest",
        };
        let secure = if self.encrypted { ";Secure" } else { "" };
        let cookie = format!("{SESSION}={key};Path={path}{secure};HttpOnly");
        if wants_cookie && let Ok(cookie) = HeaderValue::try_from(cookie) {
            headers.insert(header::SET_COOKIE, cookie);
        }
        if family == Family::Api
            && let Ok(key) = HeaderValue::try_from(key)
        {
            headers.insert(SESSION, key);
        }
        response
    }
}

fn status(number: u16) -> StatusCode {
    StatusCode::from_u16(number).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// A client that sends its session in a header says so, and gets no cookie.
fn wants_cookie(headers: &HeaderMap) -> bool {
    let asked = headers.get("vmware-use-header-authn");
    !asked.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"true"))
}
