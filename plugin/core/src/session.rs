//! The session with a server: where it is, what it is, and who we are to it.

use crate::config::Config;
use crate::moref::{MoRef, OwnedMoRef};
use crate::transport::{Head, Request};
use crate::vim::service::Service;

/// The session with one server.
#[derive(Default)]
pub struct Session {
    /// What the server said of itself.
    pub service: Service,
    cookie: Option<String>,
    /// A login was answered and not yet ended.
    pub logged_in: bool,
    /// The container view of this session.
    pub view: Option<OwnedMoRef>,
    /// The token of a page not yet asked for.
    pub token: Option<String>,
}

/// The cookie is as good as a password, so it is not shown.
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
            (
                "user-agent",
                concat!("stocktake/", env!("CARGO_PKG_VERSION")).to_owned(),
            ),
        ];
        if let Some(cookie) = &self.cookie {
            headers.push(("cookie", cookie.clone()));
        }
        Request {
            scheme: config.endpoint.scheme,
            authority: config.endpoint.authority.clone(),
            path: config.endpoint.path.clone(),
            headers,
            body,
        }
    }

    /// Keeps the session cookie of a reply, as spelled: quoted or not.
    pub fn keep_cookie(&mut self, head: &Head) {
        let cookies = head.headers.iter().filter(|(name, _)| name == "set-cookie");
        for (_, cookie) in cookies {
            let pair = cookie.split(';').next().unwrap_or_default().trim();
            if pair.starts_with("vmware_soap_session=") {
                self.cookie = Some(pair.to_owned());
            }
        }
    }

    /// The server has named a session.
    #[must_use]
    pub fn has_cookie(&self) -> bool {
        self.cookie.is_some()
    }

    /// The server has ended the session, and with it everything in it.
    pub fn lose(&mut self) {
        self.cookie = None;
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

#[cfg(test)]
mod tests {
    use super::Session;
    use crate::transport::Head;

    #[test]
    fn the_cookie_is_kept_as_the_server_spells_it() {
        for (header, cookie) in [
            (
                "vmware_soap_session=\"52a-b\"; Path=/; HttpOnly; Secure;",
                "vmware_soap_session=\"52a-b\"",
            ),
            ("vmware_soap_session=52a-b", "vmware_soap_session=52a-b"),
        ] {
            let mut session = Session::default();
            session.keep_cookie(&Head {
                status: 200,
                headers: vec![
                    ("set-cookie".to_owned(), "other=1".to_owned()),
                    ("set-cookie".to_owned(), header.to_owned()),
                ],
            });
            assert_eq!(session.cookie.as_deref(), Some(cookie));
        }
    }
}
