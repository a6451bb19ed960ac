//! Tags over the vSphere Automation API: which calls may leave, and the host's session for them.
//!
//! The threat: an API that can do everything the vSphere API can, with a session of its own whose
//! token is as good as a password. So a run that asks for tags gets the few calls that read them, by
//! exact method, path and body, and another run none; the host makes the session, adds its token to
//! what leaves, and ends it with the run. The collector is shown neither the token nor the body of a
//! reply that is no answer, in which a server may quote the request.
//!
//! | module | holds |
//! | --- | --- |
//! | `call` | the calls that may leave |
//! | `session` | the session of a run: made, added to calls, renewed once a call and ended by the host |

mod call;
mod session;

pub(super) use call::{Call, is_of_automation};
pub(crate) use session::{AutomationAccount, AutomationSession};

/// The header of a session.
pub(super) const TOKEN: &str = "vmware-api-session-id";

/// A family of paths: of vCenter 7.0 U2 and later, and of those before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Api,
    Rest,
}

impl Family {
    const ALL: [Family; 2] = [Family::Api, Family::Rest];

    /// What its paths begin with.
    fn root(self) -> &'static str {
        match self {
            Family::Api => "/api/",
            Family::Rest => "/rest/",
        }
    }

    fn session(self) -> &'static str {
        match self {
            Family::Api => "/api/session",
            Family::Rest => "/rest/com/vmware/cis/session",
        }
    }

    fn tagging(self) -> &'static str {
        match self {
            Family::Api => "/api/cis/tagging/",
            Family::Rest => "/rest/com/vmware/cis/tagging/",
        }
    }

    /// The tags of many objects, behind [`Family::tagging`].
    fn attached(self) -> &'static str {
        match self {
            Family::Api => "tag-association?action=list-attached-tags-on-objects",
            Family::Rest => "tag-association?~action=list-attached-tags-on-objects",
        }
    }

    /// What an id in a path stands behind.
    fn id(self) -> &'static str {
        match self {
            Family::Api => "",
            Family::Rest => "id:",
        }
    }
}
