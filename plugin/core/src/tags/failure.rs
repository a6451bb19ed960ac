//! Why the tags of no VM are known.

use crate::endpoint::Endpoint;

/// Why the tags of no VM are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The server is a host of its own.
    NoVcenter,
    /// The session is the collector's, and covers the vSphere API alone.
    OwnSession,
    /// A call was answered by this status.
    Status(u16),
    /// The reply to this call is not what it answers.
    Unreadable(&'static str),
    /// There is no reply, for this reason.
    Lost(String),
}

impl Failure {
    /// Cause and cure, for people.
    #[must_use]
    pub fn message(&self, endpoint: &Endpoint) -> String {
        let at = &endpoint.authority;
        match self {
            Failure::NoVcenter => format!(
                "{at} is a host of its own, and tags are the vCenter's; ask the vCenter that manages it"
            ),
            Failure::OwnSession => {
                "they are read in a session of the host's, and this run was given the credential \
                instead; let the host log in"
                    .to_owned()
            }
            Failure::Status(401) => format!(
                "the Automation API of {at} refuses the login that its vSphere API takes (401); check that the account \
                 is one of vCenter Single Sign-On, and that the service vmware-vapi-endpoint runs"
            ),
            Failure::Status(403) => format!(
                "the account may not read tags on {at} (403); grant it System.Read on the root folder, with propagation"
            ),
            Failure::Status(404) => format!(
                "there is no Automation API with tags on {at} (404); it is part of vCenter 6.5 and later, or a proxy \
                 before it lets /sdk pass alone"
            ),
            Failure::Status(status @ 500..) => format!(
                "the Automation API of {at} is down (status {status}); start the service vmware-vapi-endpoint of the \
                 vCenter, or collect again later"
            ),
            Failure::Status(status) => {
                format!("the Automation API of {at} answered {status}; its own log tells more")
            }
            Failure::Unreadable(call) => format!(
                "the Automation API of {at} answered {call} by something else than its JSON; check for a proxy between"
            ),
            Failure::Lost(reason) => format!("the Automation API did not answer: {reason}"),
        }
    }
}
