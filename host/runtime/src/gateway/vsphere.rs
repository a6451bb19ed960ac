//! Which calls of the vSphere API may leave the host.
//!
//! The threat: an account that may change things, used by a collector that
//! wants to. Whatever is not on the list of reading methods is refused, and so
//! is everything about the session manager, whose properties list the keys of
//! all sessions.

use std::collections::BTreeSet;

use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, Method};

use super::diagnosis::{Cause, Diagnosis};
use super::operation::{Operation, Reference};
use crate::quote::printable;

/// Methods that read, and those that begin and end what reading needs.
const READING: [&str; 12] = [
    "CancelRetrievePropertiesEx",
    "CancelWaitForUpdates",
    "ContinueRetrievePropertiesEx",
    "CreateContainerView",
    "CreateFilter",
    "CurrentTime",
    "DestroyPropertyFilter",
    "DestroyView",
    "RetrieveProperties",
    "RetrievePropertiesEx",
    "RetrieveServiceContent",
    "WaitForUpdatesEx",
];

/// Type and ids of the session manager: of a vCenter and of a host of its own.
const SESSION_MANAGER: [&str; 2] = ["SessionManager", "ha-sessionmgr"];

/// Methods of the vSphere API that a collector may call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Methods(BTreeSet<String>);

impl Methods {
    /// Exactly these. Login and Logout need no place here: they are the
    /// collector's when it is given the credential, and nobody's else.
    pub fn only<M: Into<String>>(methods: impl IntoIterator<Item = M>) -> Self {
        Methods(methods.into_iter().map(Into::into).collect())
    }

    /// Their names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

/// The methods that read.
impl Default for Methods {
    fn default() -> Self {
        Methods::only(READING)
    }
}

/// The place of the API on a server, and what may be called there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vsphere {
    path: String,
}

impl Vsphere {
    /// The API of an endpoint whose URL has this path.
    #[must_use]
    pub fn of_path(path: &str) -> Self {
        let path = path.trim_end_matches('/');
        Vsphere {
            path: if path.ends_with("/sdk") {
                path.to_owned()
            } else {
                format!("{path}/sdk")
            },
        }
    }

    /// Where calls are sent, as in `/sdk`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The call that a request makes; `None` for the list of API versions.
    ///
    /// # Errors
    ///
    /// `Denied` for everything but a listed call, or the collector's own Login
    /// and Logout when it `logs_in`.
    pub(super) fn admit(
        &self,
        head: &Parts,
        body: &[u8],
        methods: &Methods,
        logs_in: bool,
    ) -> Result<Option<Operation>, Diagnosis> {
        let asked = head.uri.path_and_query().map_or("/", |path| path.as_str());
        match &head.method {
            &Method::POST if asked == self.path => {}
            &Method::GET if body.is_empty() && self.is_list_of_versions(asked) => return Ok(None),
            method => {
                let path = &self.path;
                let asked = printable(&format!("{method} {asked}"), 200);
                return Err(denied(&format!(
                    "asked for {asked}; this run allows POST {path} and GET {path}/vimServiceVersions.xml"
                )));
            }
        }
        if !is_plain_utf8(&head.headers) {
            return Err(denied(
                "sent a body in another coding or character set than plain UTF-8",
            ));
        }
        let operation = Operation::of_body(body).map_err(|error| {
            denied(&format!(
                "sent a body that is not one call of the vSphere API: {error}"
            ))
        })?;
        self::permit(&operation, methods, logs_in)?;
        Ok(Some(operation))
    }

    fn is_list_of_versions(&self, asked: &str) -> bool {
        asked.strip_prefix(&self.path) == Some("/vimServiceVersions.xml")
    }
}

fn permit(operation: &Operation, methods: &Methods, logs_in: bool) -> Result<(), Diagnosis> {
    let method = printable(&operation.method, 100);
    if matches!(method.as_str(), "Login" | "Logout") {
        let of_manager = |this: &Reference| SESSION_MANAGER.contains(&this.type_name.as_str());
        return match &operation.this {
            Some(this) if logs_in && of_manager(this) => Ok(()),
            Some(this) if logs_in => Err(denied(&format!(
                "called {method} on {}, which is no session manager",
                printable(&this.id, 100)
            ))),
            _ => Err(denied(&format!(
                "called {method}, but the session is the host's; a collector that logs in itself needs --credentials-to-guest"
            ))),
        };
    }
    if !methods.0.contains(&operation.method) {
        return Err(denied(&format!(
            "called {method}, which is not among the reading methods that this run allows"
        )));
    }
    let traverses_content = operation
        .texts("path")
        .any(|path| path.split('.').next() == Some("content"));
    if traverses_content {
        return Err(denied(&format!(
            "called {method} along ServiceInstance.content, which leads to the session manager"
        )));
    }
    for name in SESSION_MANAGER {
        refuse_session_manager(operation, name)?;
    }
    Ok(())
}

/// Refuses a call that has to do with the session manager `id`.
pub(super) fn refuse_session_manager(operation: &Operation, id: &str) -> Result<(), Diagnosis> {
    if !operation.mentions(id) {
        return Ok(());
    }
    let method = printable(&operation.method, 100);
    Err(denied(&format!(
        "called {method} for the session manager, which lists the keys of sessions"
    )))
}

fn denied(what: &str) -> Diagnosis {
    let message = format!("the collector {what}; do not use this collector");
    Diagnosis::new(Cause::Denied, message)
}

/// What the headers say of the body must not make it another one.
fn is_plain_utf8(headers: &HeaderMap) -> bool {
    let values = |name| headers.get_all(name).iter();
    values(CONTENT_ENCODING).all(|coding| coding.as_bytes() == b"identity")
        && values(CONTENT_TYPE).count() <= 1
        && values(CONTENT_TYPE).all(|kind| {
            let Ok(kind) = kind.to_str() else {
                return false;
            };
            let kind = kind.to_ascii_lowercase();
            let mut charsets = kind
                .split(';')
                .filter_map(|part| part.trim().strip_prefix("charset"));
            charsets.all(|charset| matches!(charset.trim(), "=utf-8" | "=\"utf-8\""))
        })
}

#[cfg(test)]
mod tests;
