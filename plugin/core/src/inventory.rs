//! What became of every object: announced, returned, vanished. A few bytes
//! each, so that the proof of 100,000 objects fits beside them.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use stocktake_contract::normalized::Kind;
use stocktake_contract::response::KindEvidence;

const ANNOUNCED: u8 = 1;
const RETURNED: u8 = 1 << 1;
const VANISHED: u8 = 1 << 2;
const EXCLUDED: u8 = 1 << 3;
const UNREADABLE: u8 = 1 << 4;

/// Every object of the kinds that a run emits, and where it is placed.
#[derive(Debug, Default)]
pub struct Inventory {
    vms: Objects,
    hosts: Objects,
    clusters: Objects,
    placements: Vec<Placement>,
    /// The server has said what there is.
    has_announcement: bool,
}

#[derive(Debug, Default)]
struct Objects {
    states: IndexMap<Box<str>, u8>,
    announced: u64,
    received: u64,
    missing_privileges: BTreeSet<String>,
}

/// Where an object is placed, by its number among its kind.
#[derive(Clone, Copy, Debug)]
enum Placement {
    Vm { vm: usize, host: usize },
    Host { host: usize, cluster: usize },
}

/// A relation whose both ends are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation<'i> {
    /// A VM on its host.
    Vm {
        /// Id of the VM.
        vm: &'i str,
        /// Id of the host.
        host: &'i str,
    },
    /// A host in its cluster.
    Host {
        /// Id of the host.
        host: &'i str,
        /// Id of the cluster.
        cluster: &'i str,
    },
}

impl Inventory {
    fn of(&self, kind: Kind) -> &Objects {
        match kind {
            Kind::Vm => &self.vms,
            Kind::Host => &self.hosts,
            Kind::Cluster => &self.clusters,
        }
    }

    fn of_mut(&mut self, kind: Kind) -> &mut Objects {
        match kind {
            Kind::Vm => &mut self.vms,
            Kind::Host => &mut self.hosts,
            Kind::Cluster => &mut self.clusters,
        }
    }

    /// The server is about to say, perhaps anew, what there is.
    pub fn begin_announcement(&mut self) {
        for kind in [Kind::Vm, Kind::Host, Kind::Cluster] {
            let objects = self.of_mut(kind);
            objects.announced = 0;
            for state in objects.states.values_mut() {
                *state &= !ANNOUNCED;
            }
        }
        self.has_announcement = false;
    }

    /// The server has told its list, be it empty.
    pub fn announcement_seen(&mut self) {
        self.has_announcement = true;
    }

    /// The server has said what there is.
    #[must_use]
    pub fn has_announcement(&self) -> bool {
        self.has_announcement
    }

    /// The server says that an object exists.
    pub fn announce(&mut self, kind: Kind, id: &str) {
        let objects = self.of_mut(kind);
        if objects.mark(id, ANNOUNCED) & ANNOUNCED == 0 {
            objects.announced += 1;
        }
    }

    /// The server sent an object; answers whether it is the first time.
    pub fn receive(&mut self, kind: Kind, id: &str) -> bool {
        let objects = self.of_mut(kind);
        let first = objects.mark(id, RETURNED) & RETURNED == 0;
        objects.received += u64::from(first);
        first
    }

    /// The server says that an announced object no longer exists.
    pub fn vanish(&mut self, kind: Kind, id: &str) {
        self.of_mut(kind).mark(id, VANISHED);
    }

    /// A returned object is not to be emitted.
    pub fn exclude(&mut self, kind: Kind, id: &str) {
        self.of_mut(kind).mark(id, EXCLUDED);
    }

    /// A returned object has a property that could not be read.
    pub fn unreadable(&mut self, kind: Kind, id: &str, privilege: Option<&str>) {
        let objects = self.of_mut(kind);
        objects.mark(id, UNREADABLE);
        if let Some(privilege) = privilege {
            objects.missing_privileges.insert(privilege.to_owned());
        }
    }

    /// A VM runs on a host, which need not be known.
    pub fn place_vm(&mut self, vm: &str, host: &str) {
        let placement = Placement::Vm {
            vm: self.vms.number(vm),
            host: self.hosts.number(host),
        };
        self.placements.push(placement);
    }

    /// A host belongs to a cluster, which need not be known.
    pub fn place_host(&mut self, host: &str, cluster: &str) {
        let placement = Placement::Host {
            host: self.hosts.number(host),
            cluster: self.clusters.number(cluster),
        };
        self.placements.push(placement);
    }

    /// How many placements there are.
    #[must_use]
    pub fn placements(&self) -> usize {
        self.placements.len()
    }

    /// The relation behind a placement. With `hosts_elsewhere` a VM's host need
    /// not be part of this run; else a relation to what was not emitted is none.
    #[must_use]
    pub fn relation(&self, placement: usize, hosts_elsewhere: bool) -> Option<Relation<'_>> {
        match *self.placements.get(placement)? {
            Placement::Vm { vm, host } => Some(Relation::Vm {
                vm: self.vms.emitted(vm)?,
                host: if hosts_elsewhere {
                    self.hosts.id(host)?
                } else {
                    self.hosts.emitted(host)?
                },
            }),
            Placement::Host { host, cluster } => Some(Relation::Host {
                host: self.hosts.emitted(host)?,
                cluster: self.clusters.emitted(cluster)?,
            }),
        }
    }

    /// Announced objects whose whereabouts are unknown.
    #[must_use]
    pub fn unaccounted(&self, kinds: &[Kind]) -> Vec<(Kind, String)> {
        let mut missing = Vec::new();
        for &kind in kinds {
            for (id, state) in &self.of(kind).states {
                if state & ANNOUNCED != 0 && state & (RETURNED | VANISHED) == 0 {
                    missing.push((kind, id.to_string()));
                }
            }
        }
        missing
    }

    /// Objects received so far, and objects there are once announced.
    #[must_use]
    pub fn progress(&self, kinds: &[Kind]) -> (u64, Option<u64>) {
        let done = kinds.iter().map(|&kind| self.of(kind).received).sum();
        let total = kinds.iter().map(|&kind| self.of(kind).announced).sum();
        (done, self.has_announcement.then_some(total))
    }

    /// Objects of `kind` that were emitted.
    #[must_use]
    pub fn emitted(&self, kind: Kind) -> u64 {
        self.of(kind).count(RETURNED | EXCLUDED, RETURNED)
    }

    /// The counts of `kind`.
    #[must_use]
    pub fn evidence(&self, kind: Kind) -> KindEvidence {
        let objects = self.of(kind);
        KindEvidence {
            kind: kind.as_str().to_owned(),
            announced: objects.count(ANNOUNCED, ANNOUNCED),
            returned: objects.count(ANNOUNCED | RETURNED, ANNOUNCED | RETURNED),
            unannounced: objects.count(ANNOUNCED | RETURNED, RETURNED),
            vanished: objects.count(ANNOUNCED | VANISHED | RETURNED, ANNOUNCED | VANISHED),
            quarantined: 0,
            excluded: objects.count(EXCLUDED, EXCLUDED),
            unreadable: objects.count(UNREADABLE, UNREADABLE),
            missing_privileges: objects.missing_privileges.iter().cloned().collect(),
        }
    }
}

impl Objects {
    /// Sets a flag, answering the flags from before.
    fn mark(&mut self, id: &str, flag: u8) -> u8 {
        if let Some(state) = self.states.get_mut(id) {
            let before = *state;
            *state |= flag;
            return before;
        }
        self.states.insert(id.into(), flag);
        0
    }

    fn number(&mut self, id: &str) -> usize {
        match self.states.get_index_of(id) {
            Some(number) => number,
            None => self.states.insert_full(id.into(), 0).0,
        }
    }

    fn id(&self, number: usize) -> Option<&str> {
        self.states.get_index(number).map(|(id, _)| id.as_ref())
    }

    fn emitted(&self, number: usize) -> Option<&str> {
        let (id, state) = self.states.get_index(number)?;
        (state & (RETURNED | EXCLUDED) == RETURNED).then_some(id.as_ref())
    }

    /// Objects whose flags under `mask` are exactly `flags`.
    fn count(&self, mask: u8, flags: u8) -> u64 {
        self.states
            .values()
            .filter(|&&state| state & mask == flags)
            .count() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::{Inventory, Kind, Relation};

    #[test]
    fn an_announced_object_is_accounted_for_once_returned_or_vanished() {
        let mut inventory = Inventory::default();
        for id in ["vm-1", "vm-2", "vm-3"] {
            inventory.announce(Kind::Vm, id);
        }
        assert!(inventory.receive(Kind::Vm, "vm-1"));
        assert!(!inventory.receive(Kind::Vm, "vm-1"), "a second time");
        inventory.vanish(Kind::Vm, "vm-2");
        assert!(inventory.receive(Kind::Vm, "vm-9"), "created meanwhile");
        assert_eq!(
            inventory.unaccounted(&[Kind::Vm]),
            [(Kind::Vm, "vm-3".to_owned())]
        );
        let evidence = inventory.evidence(Kind::Vm);
        assert_eq!(
            (
                evidence.announced,
                evidence.returned,
                evidence.unannounced,
                evidence.vanished
            ),
            (3, 1, 1, 1)
        );
        assert_eq!(evidence.unaccounted(), 1);
    }

    #[test]
    fn a_relation_needs_both_ends_unless_hosts_are_elsewhere() {
        let mut inventory = Inventory::default();
        inventory.receive(Kind::Vm, "vm-1");
        inventory.place_vm("vm-1", "host-1");
        assert_eq!(inventory.relation(0, false), None);
        let relation = Relation::Vm {
            vm: "vm-1",
            host: "host-1",
        };
        assert_eq!(inventory.relation(0, true), Some(relation));
        inventory.receive(Kind::Host, "host-1");
        assert_eq!(inventory.relation(0, false), Some(relation));
    }
}
