//! Which calls of the vSphere API may leave the host.
//!
//! The threat: an account that may read secrets and change things, used by a
//! collector that wants to. Whatever is not on the list of reading methods is
//! refused, and so is a body that holds more than its method takes, a property
//! that the vCenter collector does not read, a handle that the run did not make,
//! and everything about the session manager, whose properties list the keys of
//! all sessions.
//!
//! | module | holds |
//! | --- | --- |
//! | `methods` | the methods that may be called |
//! | `forms` | what a call of each may hold; `form` checks it |
//! | `readable` | the properties that may be read; `selection` checks what is asked for |
//! | `handles` | views, filters, collectors and tokens of the run; `reply` finds them |
//! | `head` | the headers of a call |

use std::sync::Arc;
use std::time::Duration;

use http::Method;
use http::request::Parts;

use super::automation;
use super::header;
use super::operation::{Argument, Operation, VERSIONS};
use crate::gateway::{self, Cause, Diagnosis, protocol};
use crate::quote::printable;
use held::Held;

use handles::{Effect, Handles};
pub use methods::Methods;
pub use readable::{NotReadable, Readable};

mod form;
mod forms;
mod handles;
mod head;
mod held;
mod methods;
mod readable;
mod reply;
mod selection;

/// Type and ids of the session manager: of a vCenter and of a host of its own.
const SESSION_MANAGER: [&str; 2] = ["SessionManager", "ha-sessionmgr"];

/// Longest wait for updates that a call may ask for, in seconds: proxies and firewalls cut
/// connections that are silent for five minutes.
const LONGEST_WAIT: u64 = 240;
/// What a server gets beyond the wait until the head of its response is there.
const WAIT_MARGIN: Duration = Duration::from_secs(30);

/// The place of the API on a server, and what may be called there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vsphere {
    path: String,
}

/// What a run may call and read.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    pub(crate) methods: Methods,
    pub(crate) readable: Readable,
    /// The collector logs in and out itself.
    pub(crate) logs_in: bool,
    /// The collector reads tags, over the Automation API.
    pub(crate) tags: bool,
}

/// Admits the calls of one run.
#[derive(Debug)]
pub(crate) struct Admission {
    vsphere: Vsphere,
    rules: Rules,
    handles: Handles,
}

impl Admission {
    /// Admits what `rules` allow; the run has made nothing yet.
    pub(crate) fn new(vsphere: Vsphere, rules: Rules) -> Self {
        Admission {
            vsphere,
            rules,
            handles: Handles::default(),
        }
    }
}

impl protocol::Protocol for Admission {
    fn admit(&self, head: &mut Parts, body: &[u8]) -> Result<protocol::Admitted, Diagnosis> {
        let base = self.vsphere.base();
        if self.rules.tags && automation::is_of_automation(base, head) {
            let call = automation::Call::from_request(base, head, body);
            let call = call.map_err(|what| denied(&what))?;
            header::clean_call(&mut head.headers, false);
            head.extensions.insert(call);
            return Ok(protocol::Admitted {
                call: call.call(),
                first_byte: None,
                effect: None,
            });
        }
        let admitted = self.vsphere.admit(head, body, &self.rules, &self.handles)?;
        header::clean_call(&mut head.headers, self.rules.logs_in);
        Ok(match admitted {
            None => protocol::Admitted {
                call: gateway::Call {
                    name: VERSIONS.to_owned(),
                    is_repeatable: true,
                },
                first_byte: None,
                effect: None,
            },
            Some(Admitted {
                operation,
                first_byte,
                effect,
            }) => {
                let call = operation.call();
                head.extensions.insert(Arc::new(operation));
                protocol::Admitted {
                    call,
                    first_byte,
                    effect: Some(Box::new(effect)),
                }
            }
        })
    }
}

/// A call that may leave.
#[derive(Debug)]
struct Admitted {
    operation: Operation,
    /// How long the head of the response may take, where the call itself says so.
    first_byte: Option<Duration>,
    effect: Effect,
}

impl Vsphere {
    /// The API of an endpoint whose URL has this path.
    #[must_use]
    pub fn from_path(path: &str) -> Self {
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

    /// What the paths of all APIs of the server stand behind, as in `/proxy`; mostly nothing.
    pub(crate) fn base(&self) -> &str {
        self.path.strip_suffix("/sdk").unwrap_or_default()
    }

    /// The call that a request makes in a run with these `handles`; `None` for the list of API
    /// versions.
    ///
    /// # Errors
    ///
    /// `Denied` for everything that the `rules` do not allow.
    fn admit(
        &self,
        head: &Parts,
        body: &[u8],
        rules: &Rules,
        handles: &Handles,
    ) -> Result<Option<Admitted>, Diagnosis> {
        let asked = head.uri.path_and_query().map_or("/", |path| path.as_str());
        match &head.method {
            &Method::POST if asked == self.path => {}
            &Method::GET if body.is_empty() && self.is_list_of_versions(asked) => return Ok(None),
            method => {
                let path = &self.path;
                let asked = printable(&format!("{method} {asked}"), 200);
                return Err(denied(&format!(
                    "asked for {asked}; this run allows POST {path} and GET {path}/{VERSIONS}"
                )));
            }
        }
        head::check(&head.headers).map_err(|what| denied(&what))?;
        let operation = Operation::from_body(body).map_err(|error| {
            denied(&format!(
                "sent a body that is not one call of the vSphere API: {error}"
            ))
        })?;
        rules.permit(&operation, handles)?;
        let (effect, first_byte) = effect(&operation, handles)?;
        Ok(Some(Admitted {
            operation,
            first_byte,
            effect,
        }))
    }

    fn is_list_of_versions(&self, asked: &str) -> bool {
        asked
            .strip_prefix(&self.path)
            .and_then(|rest| rest.strip_prefix('/'))
            == Some(VERSIONS)
    }
}

impl Rules {
    fn permit(&self, operation: &Operation, handles: &Handles) -> Result<(), Diagnosis> {
        let is_session = matches!(operation.method.as_str(), "Login" | "Logout");
        let method = printable(&operation.method, 100);
        if is_session && !self.logs_in {
            return Err(denied(&format!(
                "called {method}, but the session is the host's; a collector that logs in itself needs --credentials-to-guest"
            )));
        }
        if !is_session && !self.methods.contain(&operation.method) {
            return Err(denied(&format!(
                "called {method}, which is not among the reading methods that this run allows"
            )));
        }
        if !is_session {
            for name in SESSION_MANAGER {
                refuse_session_manager(operation, name)?;
            }
        }
        let formed = match forms::of(&operation.method) {
            Some(form) => form::check(form, operation),
            None => form::check_unknown(operation),
        };
        formed.map_err(|what| denied(&format!("called {method} {what}")))?;
        selection::check(operation, &self.readable, handles).map_err(|what| denied(&what))
    }
}

/// What the call does to the handles of the run, and how long it may take.
fn effect(
    operation: &Operation,
    handles: &Handles,
) -> Result<(Effect, Option<Duration>), Diagnosis> {
    let this = operation.this.as_ref().map_or("", |this| this.id.as_str());
    let method = operation.method.as_str();
    let effect = match method {
        "CreateContainerView" => making(handles, Held::View)?,
        "CreateFilter" => making(handles, Held::Filter)?,
        "CreatePropertyCollector" => making(handles, Held::Collector)?,
        "DestroyView" => ending(handles, Held::View, this, method)?,
        "DestroyPropertyFilter" => ending(handles, Held::Filter, this, method)?,
        "DestroyPropertyCollector" => ending(handles, Held::Collector, this, method)?,
        "RetrievePropertiesEx" => Effect::making(handles, Held::Token),
        "ContinueRetrievePropertiesEx" | "CancelRetrievePropertiesEx" => {
            let token = operation.argument("token").map_or("", Argument::text);
            refuse_foreign(handles, Held::Token, token, method)?;
            match method {
                "ContinueRetrievePropertiesEx" => Effect::making(handles, Held::Token),
                _ => Effect::ending(handles, Held::Token, token),
            }
        }
        "WaitForUpdatesEx" => return waiting(operation, handles, this),
        _ => Effect::none(handles),
    };
    Ok((effect, None))
}

fn making(handles: &Handles, held: Held) -> Result<Effect, Diagnosis> {
    if handles.are_full(held) {
        let name = held.name();
        return Err(denied(&format!(
            "asked for one more {name} while it holds as many as a run may; it has to destroy one first"
        )));
    }
    Ok(Effect::making(handles, held))
}

fn ending(handles: &Handles, held: Held, id: &str, method: &str) -> Result<Effect, Diagnosis> {
    refuse_foreign(handles, held, id, method)?;
    Ok(Effect::ending(handles, held, id))
}

/// The id itself is not put into a message: that of a view holds the key of its session.
fn refuse_foreign(handles: &Handles, held: Held, id: &str, method: &str) -> Result<(), Diagnosis> {
    if handles.hold(held, id) {
        Ok(())
    } else {
        Err(denied(&format!(
            "called {method} for a {} that this run did not create",
            held.name()
        )))
    }
}

fn waiting(
    operation: &Operation,
    handles: &Handles,
    collector: &str,
) -> Result<(Effect, Option<Duration>), Diagnosis> {
    let options = operation.argument("options");
    let asked = options.and_then(|options| options.first("maxWaitSeconds"));
    let asked = asked.map_or("", Argument::text);
    let seconds = asked.parse().ok().filter(|wait| *wait <= LONGEST_WAIT);
    let Some(seconds) = seconds else {
        let asked = printable(asked, 20);
        return Err(denied(&format!(
            "called WaitForUpdatesEx with a maxWaitSeconds of {asked}; a wait is from 0 to {LONGEST_WAIT} seconds"
        )));
    };
    if !handles.wait_at(collector) {
        return Err(denied(
            "called WaitForUpdatesEx at a property collector at which it waits already; the server throws away what one of two waits would have brought",
        ));
    }
    let first_byte = Duration::from_secs(seconds) + WAIT_MARGIN;
    Ok((Effect::waiting(handles, collector), Some(first_byte)))
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

#[cfg(test)]
mod tests;
