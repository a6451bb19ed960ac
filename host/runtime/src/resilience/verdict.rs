//! What a run says about its vCenter.

/// What a run says about its vCenter.
///
/// A breaker asks one thing only: does the vCenter answer? So not every failed run is
/// a failure, and the first error decides, because the others follow from it:
///
/// | what happened | verdict |
/// | --- | --- |
/// | nothing was sent, or the caller cancelled it | unknown |
/// | no error | answered |
/// | `VCENTER_NETWORK_ERROR`, `VCENTER_RATE_LIMIT`; `VCENTER_PARSE_ERROR`: a proxy's page; `PLUGIN_TIMEOUT`: a vCenter that crawls | failed |
/// | `VCENTER_AUTH_FAILED`, `VCENTER_PERMISSION_DENIED`, `VCENTER_API_VERSION_UNSUPPORTED`, `INVENTORY_INCOMPLETE`, `INVENTORY_RELATIONS_EMPTY`: the vCenter itself said so, or let itself be read | answered |
/// | `VCENTER_TLS_ERROR`: as a rule this side's trust is wrong, and another run's may be right | unknown |
/// | a wrong request, a trap, a spent budget, a denied exchange, anything else that is the collector's or the host's | unknown |
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The vCenter answers.
    Answered,
    /// It does not.
    Failed {
        /// Why, in the host's words; nothing that a guest said.
        reason: String,
    },
    /// The run did not find out.
    Unknown,
}
