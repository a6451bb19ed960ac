//! Which objects a fault affects: chosen by the seed, so the same ones in every run.

use super::Faults;
use crate::Fault;
use crate::inventory::{Draw, Kind, Object, Site, Topic, Vm};

/// The objects that active faults affect.
pub(super) fn all(active: &[Fault], site: &Site) -> Vec<(Fault, Vec<Object>)> {
    let horizon = active.contains(&Fault::LimitedRole).then_some(SEEN);
    active
        .iter()
        .map(|&fault| match fault {
            Fault::LimitedRole => (fault, vec![Object::new(Kind::Datacenter, SEEN)]),
            Fault::HostOutOfSight => (fault, vec![Object::new(Kind::Host, 0)]),
            _ => (fault, machines(fault, horizon, site)),
        })
        .collect()
}

/// The datacenter that a limited account sees.
const SEEN: u32 = 0;

fn machines(fault: Fault, horizon: Option<u32>, site: &Site) -> Vec<Object> {
    let count = strikes(fault).min(site.vms);
    let first = match fault {
        Fault::GoneOnContinue => site.vms.saturating_sub(1),
        _ => Draw::new(site.seed, Topic::Victim, fault as u32).below(site.vms),
    };
    let mut chosen: Vec<Object> = Vec::new();
    for nth in 0..count {
        // As far apart as they can be, so that they are on different pages.
        let start = u64::from(first) + u64::from(nth) * u64::from(site.vms / count);
        let fits = |vm: &Object| {
            let seen = horizon.is_none_or(|seen| site.datacenter_of_vm(vm.index) == seen);
            seen && !chosen.contains(vm) && (is_blind(fault) || is_ordinary(site, vm.index))
        };
        let next = (0..u64::from(site.vms))
            .map(|step| match fault {
                Fault::GoneOnContinue => start - step,
                _ => (start + step) % u64::from(site.vms),
            })
            .map(|index| Object::new(Kind::Vm, u32::try_from(index).unwrap_or(0)))
            .find(fits);
        chosen.extend(next);
    }
    chosen
}

/// Templates and agents are omitted from many inventories; a fault that affects them would not be noticed.
fn is_ordinary(site: &Site, vm: u32) -> bool {
    let vm = Vm::new(site, vm);
    !vm.template && !vm.agent
}

/// Whether a fault affects any VM, ordinary or not.
fn is_blind(fault: Fault) -> bool {
    matches!(
        fault,
        Fault::WithholdVm | Fault::VanishedVm | Fault::ConfigUnreadable
    )
}

/// How many VMs a fault affects when there are enough; 0 when it affects no particular ones.
fn strikes(fault: Fault) -> u32 {
    match fault {
        Fault::WithholdVm
        | Fault::VanishedVm
        | Fault::ConfigUnreadable
        | Fault::GoneOnContinue
        | Fault::NameUnreadable
        | Fault::UndecodableVm
        | Fault::IllegalReference
        | Fault::ManyDisks => 1,
        Fault::DuplicateUuid => 4,
        Fault::Ghosts => super::ghosts::ROLES,
        Fault::OddNames => super::names::ODD_NAMES,
        _ => 0,
    }
}

impl Faults {
    /// The objects that a fault affects, in the order of their roles; empty when it is not active.
    pub(crate) fn victims(&self, fault: Fault) -> &[Object] {
        self.victims
            .iter()
            .find(|(active, _)| *active == fault)
            .map_or(&[], |(_, victims)| victims)
    }

    /// The object that a fault affects, when it is active and affects exactly one.
    pub(crate) fn victim(&self, fault: Fault) -> Option<Object> {
        match self.victims(fault) {
            &[victim] => Some(victim),
            _ => None,
        }
    }

    /// Which role an object plays in a fault.
    pub(super) fn role(&self, fault: Fault, object: Object) -> Option<usize> {
        self.victims(fault)
            .iter()
            .position(|&victim| victim == object)
    }

    pub(super) fn strikes(&self, fault: Fault, object: Object) -> bool {
        self.role(fault, object).is_some()
    }
}
