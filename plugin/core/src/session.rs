//! The session with a server: its endpoint, its description, and its cookies.

use crate::config::Config;
use crate::moref::{MoRef, OwnedMoRef};
use crate::tags::TagCall;
use crate::transport::{Head, Method, Request};
use crate::vim::service::Service;

use cookies::Cookies;

mod cookies;

const USER_AGENT: &str = concat!("stocktake/", env!("CARGO_PKG_VERSION"));

/// The session with one server.
#[derive(Default)]
pub struct Session {
    /// The server's description of itself.
    pub service: Service,
    cookies: Cookies,
    /// Whether a session is open.
    pub logged_in: bool,
    /// The container view of this session.
    pub view: Option<OwnedMoRef>,
    /// The token of a page not yet requested.
    pub token: Option<String>,
}

/// Cookies are secrets, so they are not shown.
impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("logged_in", &self.logged_in)
            .field("view", &self.view)
            .finish_non_exhaustive()
    }
}

impl Session {
    /// A POST of `body`, as this session.
    #[must_use]
    pub fn request(&self, config: &Config, body: String) -> Request {
        // Without a version real servers fall back to an ancient API.
        let action = match self.service.about.api_version.as_str() {
            "" => "\"urn:vim25\"".to_owned(),
            version => format!("\"urn:vim25/{version}\""),
        };
        let mut headers = vec![
            ("content-type", "text/xml; charset=utf-8".to_owned()),
            ("soapaction", action),
            ("user-agent", USER_AGENT.to_owned()),
        ];
        if let Some(cookies) = self.cookies.header() {
            headers.push(("cookie", cookies));
        }
        Request {
            method: Method::Post,
            scheme: config.endpoint.scheme,
            authority: config.endpoint.authority.clone(),
            path: config.endpoint.path.clone(),
            headers,
            body,
        }
    }

    /// A call of the Automation API, whose session is the host's.
    #[must_use]
    pub fn automation_request(&self, config: &Config, call: &TagCall) -> Request {
        let endpoint = &config.endpoint;
        let base = endpoint.path.strip_suffix("/sdk").unwrap_or_default();
        let method = call.method();
        let mut headers = vec![("user-agent", USER_AGENT.to_owned())];
        if method == Method::Post {
            headers.push(("content-type", "application/json".to_owned()));
        }
        Request {
            method,
            scheme: endpoint.scheme,
            authority: endpoint.authority.clone(),
            path: format!("{base}{}", call.path(self.service.about.tagging_paths())),
            headers,
            body: call.body(),
        }
    }

    /// Stores the cookies of a reply to a call of `path`; a session only when the call `is_made` to create one.
    pub fn keep_cookies(&mut self, head: &Head, path: &str, is_made: bool) {
        for (name, cookie) in &head.headers {
            if name == "set-cookie" {
                self.cookies.set(cookie, path, is_made);
            }
        }
    }

    /// Whether there is a session cookie.
    #[must_use]
    pub fn has_cookie(&self) -> bool {
        self.cookies.have_session()
    }

    /// The server has ended the session, and with it everything in it.
    pub fn lose(&mut self) {
        self.cookies.forget_session();
        self.logged_in = false;
        self.view = None;
        self.token = None;
    }

    /// The property collector.
    #[must_use]
    pub fn collector(&self) -> MoRef<'_> {
        self.service.property_collector.as_ref()
    }
}
