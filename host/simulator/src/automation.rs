//! The vSphere Automation API, as far as tags need it: JSON over HTTP, in two families of paths.
//!
//! | | `/api` (7.0 U2 and later) | `/rest` |
//! | --- | --- | --- |
//! | session | `/api/session` | `/rest/com/vmware/cis/session` |
//! | tags | `/api/cis/tagging/…` | `/rest/com/vmware/cis/tagging/…` |
//! | id in a path | as it is | behind `id:` |
//! | action | `?action=` | `?~action=` |
//! | reply | the value | the value in `{"value": …}` |

mod failure;
mod reply;
mod session;
mod tagging;

pub(crate) use reply::Reply;
pub(crate) use session::Sessions;

use crate::counters::count;
use crate::inventory::Version;
use crate::vim::service::Service;
use failure::Failure;
use http::Method;
use serde_json::Value;

/// The header and the cookie of a session.
pub(crate) const SESSION: &str = "vmware-api-session-id";

/// How the API departs from what it should do.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Conduct {
    /// Every request is answered by status 503.
    pub(crate) is_down: bool,
    /// The account may log in, and read no tags.
    pub(crate) refuses_tags: bool,
    /// Calls after which the first session ends by itself.
    pub(crate) first_session_calls: Option<u32>,
}

/// A family of paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    Api,
    Rest,
}

impl Family {
    /// The family of a path, and the rest of the path; none when it belongs to neither.
    pub(crate) fn from_path(path: &str) -> Option<(Self, &str)> {
        let api = path.strip_prefix("/api/").map(|rest| (Self::Api, rest));
        api.or_else(|| {
            let rest = path.strip_prefix("/rest/com/vmware/cis/")?;
            Some((Self::Rest, rest))
        })
    }

    /// Where tagging is, behind the prefix.
    fn tagging(self) -> &'static str {
        match self {
            Self::Api => "cis/tagging/",
            Self::Rest => "tagging/",
        }
    }

    /// The value of `action` in a query.
    fn action(self, query: &str) -> Option<&str> {
        let name = match self {
            Self::Api => "action",
            Self::Rest => "~action",
        };
        query.split('&').find_map(|pair| {
            let (key, value) = pair.split_once('=')?;
            // Some clients escape the tilde, although nothing requires it.
            (key == name || key.replace("%7E", "~") == name).then_some(value)
        })
    }

    /// The id at the end of a path.
    fn id(self, text: &str) -> Option<String> {
        let text = text.replace("%3A", ":").replace("%3a", ":");
        match self {
            Self::Api => Some(text),
            Self::Rest => text.strip_prefix("id:").map(str::to_owned),
        }
    }
}

/// A request, free of any transport.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    pub(crate) family: Family,
    pub(crate) method: &'a Method,
    /// Behind the prefix of the family.
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    /// The value of `Authorization`.
    pub(crate) authorization: Option<&'a str>,
    /// The session that the client presents.
    pub(crate) session: Option<&'a str>,
    pub(crate) body: &'a [u8],
}

impl Request<'_> {
    fn action(&self) -> Option<&str> {
        self.family.action(self.query)
    }

    fn json(&self) -> Result<Value, Failure> {
        serde_json::from_slice(self.body).map_err(|_| Failure::InvalidArgument)
    }
}

/// Answers a request.
pub(crate) fn answer(service: &Service, request: &Request<'_>) -> Reply {
    count(&service.tally.automation_calls);
    let answered = if service.conduct.is_down {
        Err(Failure::ServiceUnavailable)
    } else if is_absent(service, request.family) {
        Err(Failure::NotFound)
    } else {
        route(service, request)
    };
    answered.unwrap_or_else(|failure| failure.reply(request.family))
}

/// A host without a vCenter has no Automation API, an old vCenter one family only.
fn is_absent(service: &Service, family: Family) -> bool {
    let site = &service.site;
    site.host_agent || (family == Family::Api && site.version < Version::V7_0_2)
}

fn route(service: &Service, request: &Request<'_>) -> Result<Reply, Failure> {
    if !matches!(request.path, "session" | "session/") {
        session::authenticated(service, request)?;
        if service.conduct.refuses_tags {
            return Err(Failure::Unauthorized);
        }
        return tagging::answer(service, request);
    }
    match (request.method.as_str(), request.action()) {
        ("POST", None) => session::open(service, request),
        ("DELETE", None) => session::close(service, request),
        ("GET", None) | ("POST", Some("get")) => session::describe(service, request),
        _ => Err(Failure::NotFound),
    }
}
