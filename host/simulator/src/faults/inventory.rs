//! Faults of what there is and what may be seen.

use super::Faults;
use crate::Fault;
use crate::inventory::{Draw, Kind, Object, Sizes, Topic};

impl Faults {
    /// The sizes as they are once faults have had their say.
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

    /// The VM that a fault strikes, when the fault is active and strikes one.
    pub(crate) fn victim(&self, fault: Fault) -> Option<Object> {
        let strikes_vm = matches!(
            fault,
            Fault::WithholdVm | Fault::VanishedVm | Fault::ConfigUnreadable
        );
        if !strikes_vm || !self.has(fault) || self.vms == 0 {
            return None;
        }
        let index = Draw::new(self.seed, Topic::Victim, fault as u32).below(self.vms);
        Some(Object::new(Kind::Vm, index))
    }

    /// Announced by a view, but not among its objects.
    pub(crate) fn is_unlisted(&self, object: Object) -> bool {
        self.is_withheld(object) || self.is_gone(object)
    }

    /// Left out without a word even when asked for.
    pub(crate) fn is_withheld(&self, object: Object) -> bool {
        self.victim(Fault::WithholdVm) == Some(object)
    }

    /// Deleted since it was announced.
    pub(crate) fn is_gone(&self, object: Object) -> bool {
        self.victim(Fault::VanishedVm) == Some(object)
    }

    /// The privilege that is missing to read a property.
    pub(crate) fn missing_privilege(&self, object: Object, path: &str) -> Option<&'static str> {
        let hidden =
            path.starts_with("config.") && self.victim(Fault::ConfigUnreadable) == Some(object);
        hidden.then_some("System.Read")
    }

    /// A property that this server has never heard of.
    pub(crate) fn is_unknown(&self, path: &str) -> bool {
        self.has(Fault::InvalidProperty) && path == "config.storageDevice.nvmeTopology"
    }
}
