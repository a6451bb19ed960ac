//! Faults of the paging protocol.

use super::Faults;
use crate::Fault;
use crate::inventory::{Object, Site};
use crate::soap::fault::SoapFault;
use crate::soap::request::Element;
use std::sync::atomic::Ordering;

/// The result of a continuation.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Continuation {
    Proceed,
    /// The call is refused, its token stays open.
    Refuse(SoapFault),
    /// The session is over, its views and tokens with it.
    EndSession,
    /// Likewise, but a page without readable properties is sent.
    EndSessionQuietly,
    /// Likewise, with a fault of another protocol.
    EndSessionInJson,
}

impl Faults {
    pub(crate) fn continuation(&self, site: &Site) -> Continuation {
        if self.has(Fault::SessionLostForever)
            || (self.has(Fault::SessionLost)
                && !self.session_was_lost.swap(true, Ordering::Relaxed))
        {
            return Continuation::EndSession;
        }
        if self.has(Fault::SessionLostInJson)
            && !self.session_was_lost_in_json.swap(true, Ordering::Relaxed)
        {
            return Continuation::EndSessionInJson;
        }
        if self.has(Fault::CanceledOnContinue)
            && !self.page_was_canceled.swap(true, Ordering::Relaxed)
        {
            return Continuation::Refuse(SoapFault::Passing {
                name: "RequestCanceled",
                reason: "The request was canceled.",
            });
        }
        if self.has(Fault::ContinueRefused) {
            return Continuation::Refuse(SoapFault::NoPermission {
                kind: Object::ROOT.kind.type_name(),
                id: site.id(Object::ROOT),
                privilege: "System.Read",
            });
        }
        if let Some(gone) = self.victim(Fault::GoneOnContinue)
            && !self.last_vm_is_gone.swap(true, Ordering::Relaxed)
        {
            return Continuation::Refuse(SoapFault::NotFound {
                kind: gone.kind.type_name().to_owned(),
                id: site.id(gone),
            });
        }
        if self.has(Fault::SessionLostQuietly)
            && !self.session_was_lost_quietly.swap(true, Ordering::Relaxed)
        {
            return Continuation::EndSessionQuietly;
        }
        if self.has(Fault::DyingToken) {
            return Continuation::Refuse(SoapFault::Runtime {
                reason: "A general system error occurred: the result set is gone",
            });
        }
        Continuation::Proceed
    }

    /// The fault that answers every retrieval.
    pub(crate) fn refused_retrieval(&self) -> Option<SoapFault> {
        if self.has(Fault::SystemError) {
            return Some(SoapFault::Passing {
                name: "SystemError",
                reason: "A general system error occurred: internal error",
            });
        }
        self.has(Fault::SoapFault).then_some(SoapFault::Runtime {
            reason: "A general system error occurred: internal error",
        })
    }

    /// Whether a view that is about to be read is gone.
    pub(crate) fn loses_view(&self) -> bool {
        self.has(Fault::ViewLost) && !self.view_was_lost.swap(true, Ordering::Relaxed)
    }

    /// Whether a view that is about to be destroyed is gone.
    pub(crate) fn view_is_gone(&self) -> bool {
        self.has(Fault::ViewGone)
    }

    /// The fault of a server that cannot parse the login and quotes it.
    pub(crate) fn refused_login(&self, password: &str) -> Option<SoapFault> {
        self.has(Fault::LoginQuoted)
            .then(|| SoapFault::InvalidRequest {
                reason: format!("cannot parse: <password>{password}</password>"),
            })
    }

    /// An element of a retrieval that this server does not know.
    pub(crate) fn unexpected_element(&self, call: &Element) -> Option<SoapFault> {
        let tag = "reportMissingObjectsInResults";
        let used = || {
            call.children("specSet")
                .any(|filter| filter.child(tag).is_some())
        };
        (self.has(Fault::UnknownOption) && used()).then(|| SoapFault::InvalidRequest {
            reason: format!(
                "Unexpected element tag \"{tag}\" seen\n\nwhile parsing serialized DataObject of type vmodl.query.PropertyCollector.FilterSpec\n\nwhile parsing call information for method {}",
                call.name
            ),
        })
    }

    /// Whether `maxObjects` is ignored.
    pub(crate) fn ignores_page_size(&self) -> bool {
        self.has(Fault::SinglePage)
    }

    /// How many objects of a page the next one starts with. A page of one object would repeat it for ever.
    pub(crate) fn repeated(&self, max_objects: u32) -> u32 {
        u32::from(self.has(Fault::DuplicateObjects) && max_objects > 1)
    }

    /// Whether the objects after this page (counted from 1) are silently omitted.
    pub(crate) fn stops_after(&self, page: u32) -> bool {
        self.has(Fault::ShortList) && page >= 2
    }
}
