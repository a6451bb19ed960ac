//! Faults of existence and visibility.

use super::Faults;
use crate::Fault;
use crate::inventory::{Object, Site, Sizes};
use std::sync::atomic::Ordering;

impl Faults {
    /// The sizes after faults are applied.
    pub(crate) fn sizes(active: &[Fault], asked: Sizes) -> Sizes {
        if active.contains(&Fault::EmptyInventory) {
            Sizes {
                vms: 0,
                hosts: 0,
                clusters: 0,
            }
        } else {
            asked
        }
    }

    /// Announced by a view, but not among its objects.
    pub(crate) fn is_unlisted(&self, object: Object) -> bool {
        self.is_withheld(object) || self.is_gone(object)
    }

    /// Silently omitted even when requested by id.
    pub(crate) fn is_withheld(&self, object: Object) -> bool {
        self.strikes(Fault::WithholdVm, object)
    }

    /// Deleted since it was announced.
    pub(crate) fn is_gone(&self, object: Object) -> bool {
        self.strikes(Fault::VanishedVm, object)
            || (self.last_vm_is_gone.load(Ordering::Relaxed)
                && self.strikes(Fault::GoneOnContinue, object))
    }

    /// The only object whose content the account sees, when it does not see everything.
    pub(crate) fn horizon(&self) -> Option<Object> {
        self.victim(Fault::LimitedRole)
    }

    /// An object that the account does not see although it sees what is around it.
    pub(crate) fn unseen(&self) -> Option<Object> {
        self.victim(Fault::HostOutOfSight)
    }

    pub(crate) fn is_out_of_sight(&self, site: &Site, object: Object) -> bool {
        let beyond = self
            .horizon()
            .is_some_and(|horizon| object != horizon && !site.holds(horizon, true, object));
        beyond || self.unseen() == Some(object)
    }

    /// A property that this server does not know.
    pub(crate) fn is_unknown(&self, path: &str) -> bool {
        self.has(Fault::InvalidProperty) && path == "config.storageDevice.nvmeTopology"
    }
}
