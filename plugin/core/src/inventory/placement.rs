//! Placements of objects, and their relations.

use stocktake_contract::normalized::Kind;
use stocktake_ids::Id;

use super::{ANNOUNCED, Inventory, Placements, RETURNED, SET_ASIDE};
use crate::moref::{MoRef, OwnedMoRef};

/// The property that contains a placement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// `runtime.host` of a VM.
    RuntimeHost,
    /// `summary.runtime.host` of a VM.
    SummaryRuntimeHost,
    /// `parent` of a host.
    Parent,
    /// `datastore` of a host.
    HostDatastore,
    /// `host` of a datastore.
    DatastoreHost,
    /// `vm` of a datastore.
    DatastoreVm,
    /// The backing of a VM's disk.
    DiskBacking,
    /// `vm` of a network.
    NetworkVm,
    /// The backing of a VM's network card, on a network.
    CardNetwork,
    /// `vm` of a distributed port group.
    PortgroupVm,
    /// The backing of a VM's network card, on a distributed port group.
    CardPortgroup,
    /// `config.distributedVirtualSwitch` of a distributed port group.
    PortgroupSwitch,
    /// `parent`, `resourcePool` of a VM or `parentFolder` of a vApp: what an object of any kind lies in.
    Within(Kind, Container),
}

/// What objects lie in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// A datacenter.
    Datacenter,
    /// A folder.
    Folder,
    /// A resource pool.
    ResourcePool,
    /// A vApp.
    VApp,
    /// A datastore cluster.
    DatastorePod,
}

impl Container {
    const ALL: [Container; 5] = [
        Container::Datacenter,
        Container::Folder,
        Container::ResourcePool,
        Container::VApp,
        Container::DatastorePod,
    ];

    /// The container that an object of a kind is, if it is one.
    #[must_use]
    pub fn from_kind(kind: Kind) -> Option<Self> {
        Container::ALL
            .into_iter()
            .find(|container| container.kind() == kind)
    }

    const fn kind(self) -> Kind {
        match self {
            Container::Datacenter => Kind::Datacenter,
            Container::Folder => Kind::Folder,
            Container::ResourcePool => Kind::ResourcePool,
            Container::VApp => Kind::VApp,
            Container::DatastorePod => Kind::DatastorePod,
        }
    }
}

impl Source {
    /// Every source between two kinds, each at its own number.
    const FIXED: [Source; 12] = [
        Source::RuntimeHost,
        Source::SummaryRuntimeHost,
        Source::Parent,
        Source::HostDatastore,
        Source::DatastoreHost,
        Source::DatastoreVm,
        Source::DiskBacking,
        Source::NetworkVm,
        Source::CardNetwork,
        Source::PortgroupVm,
        Source::CardPortgroup,
        Source::PortgroupSwitch,
    ];

    /// Its number; [`Source::from_number`] finds it by that.
    #[must_use]
    pub(super) fn number(self) -> u8 {
        let number = match self {
            Source::Within(kind, container) => {
                let within = kind as usize * Container::ALL.len() + container as usize;
                Some(Source::FIXED.len() + within)
            }
            fixed => Source::FIXED.iter().position(|known| *known == fixed),
        };
        number
            .and_then(|number| u8::try_from(number).ok())
            .unwrap_or(u8::MAX)
    }

    /// The source with this number.
    #[must_use]
    pub(super) fn from_number(number: u8) -> Option<Self> {
        let number = usize::from(number);
        let Some(within) = number.checked_sub(Source::FIXED.len()) else {
            return Source::FIXED.get(number).copied();
        };
        let kind = Kind::ALL.get(within / Container::ALL.len())?;
        let container = Container::ALL[within % Container::ALL.len()];
        Some(Source::Within(*kind, container))
    }

    #[cfg(test)]
    pub(super) fn all() -> Vec<Self> {
        let numbers = (0..u8::MAX).map_while(Source::from_number);
        numbers.collect()
    }

    /// The kinds of both ends.
    #[must_use]
    pub fn ends(self) -> (Kind, Kind) {
        match self {
            Source::RuntimeHost | Source::SummaryRuntimeHost => (Kind::Vm, Kind::Host),
            Source::Parent => (Kind::Host, Kind::Cluster),
            Source::HostDatastore | Source::DatastoreHost => (Kind::Host, Kind::Datastore),
            Source::DatastoreVm | Source::DiskBacking => (Kind::Vm, Kind::Datastore),
            Source::NetworkVm | Source::CardNetwork => (Kind::Vm, Kind::Network),
            Source::PortgroupVm | Source::CardPortgroup => (Kind::Vm, Kind::DvPortgroup),
            Source::PortgroupSwitch => (Kind::DvPortgroup, Kind::DvSwitch),
            Source::Within(kind, container) => (kind, container.kind()),
        }
    }

    /// The types of its relations: forward, and backward if the contract has that.
    #[must_use]
    pub fn relations(self) -> (&'static str, Option<&'static str>) {
        match self {
            Source::RuntimeHost | Source::SummaryRuntimeHost => ("runs_on", Some("hosts_vm")),
            Source::Parent => ("member_of", None),
            Source::HostDatastore | Source::DatastoreHost => ("mounts", None),
            Source::DatastoreVm | Source::DiskBacking => ("stored_on", None),
            Source::NetworkVm
            | Source::CardNetwork
            | Source::PortgroupVm
            | Source::CardPortgroup => ("attached_to", None),
            Source::PortgroupSwitch => ("part_of", None),
            Source::Within(..) => ("contained_in", None),
        }
    }

    /// The property's path.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Source::RuntimeHost => "runtime.host",
            Source::SummaryRuntimeHost => "summary.runtime.host",
            Source::Parent => "parent",
            Source::HostDatastore => "datastore",
            Source::DatastoreHost => "host",
            Source::DatastoreVm | Source::NetworkVm | Source::PortgroupVm => "vm",
            Source::DiskBacking | Source::CardNetwork | Source::CardPortgroup => {
                "config.hardware.device"
            }
            Source::PortgroupSwitch => "config.distributedVirtualSwitch",
            Source::Within(Kind::Vm, Container::ResourcePool | Container::VApp) => "resourcePool",
            Source::Within(Kind::VApp, Container::Folder) => "parentFolder",
            Source::Within(..) => "parent",
        }
    }

    /// The object that the property refers to is of this kind.
    #[must_use]
    pub fn referred_kind(self) -> Kind {
        let (from, to) = self.ends();
        if self.told_by_target() { from } else { to }
    }

    /// The property is one of the end that the relation leads to.
    fn told_by_target(self) -> bool {
        matches!(
            self,
            Source::DatastoreHost | Source::DatastoreVm | Source::NetworkVm | Source::PortgroupVm
        )
    }
}

/// The placement of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placement {
    /// The property that it was read from.
    pub source: Source,
    /// The object that is placed.
    pub from: Id,
    /// Where.
    pub to: Id,
}

/// A relation whose both ends are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// The property that it was read from.
    pub source: Source,
    /// The object it starts at.
    pub from: OwnedMoRef,
    /// The object it leads to.
    pub to: OwnedMoRef,
}

impl Relation {
    /// The object that the property refers to.
    #[must_use]
    pub fn referred(&self) -> MoRef<'_> {
        if self.source.told_by_target() {
            self.from.as_ref()
        } else {
            self.to.as_ref()
        }
    }
}

impl Inventory {
    /// `from` is placed at `to`; neither need be known yet.
    pub fn place(&mut self, source: Source, from: &str, to: &str) {
        let (from_kind, to_kind) = source.ends();
        let placement = Placement {
            source,
            from: self.number(from_kind, from),
            to: self.number(to_kind, to),
        };
        self.placements.push(placement);
    }

    /// All placements, in the order read.
    #[must_use]
    pub fn placements(&self) -> &Placements {
        &self.placements
    }

    /// The ends of a placement of which only the referring one was returned:
    /// it, and the one it refers to, which the account does not see.
    #[must_use]
    pub fn half(&self, placement: Placement) -> Option<(OwnedMoRef, OwnedMoRef)> {
        let Placement { source, from, to } = placement;
        let (from_kind, to_kind) = source.ends();
        let (telling, referred) = if source.told_by_target() {
            ((to_kind, to), (from_kind, from))
        } else {
            ((from_kind, from), (to_kind, to))
        };
        let state = |(kind, id)| self.of(kind).states.get(id);
        let came = state(telling) & (RETURNED | SET_ASIDE) == RETURNED;
        let unseen = state(referred) & (ANNOUNCED | RETURNED | SET_ASIDE) == 0;
        let reference = |(kind, id)| self.reference(kind, state((kind, id)), id);
        (came && unseen).then(|| (reference(telling), reference(referred)))
    }

    /// The relation behind a placement. With `hosts_elsewhere` a VM's host need
    /// not be part of this run; else there is no relation to an object that was not emitted.
    #[must_use]
    pub fn relation(&self, placement: Placement, hosts_elsewhere: bool) -> Option<Relation> {
        let Placement { source, from, to } = placement;
        let (from_kind, to_kind) = source.ends();
        let end = |kind, id, elsewhere| {
            let state = self.of(kind).states.get(id);
            let emitted = state & (RETURNED | SET_ASIDE) == RETURNED;
            (emitted || elsewhere).then(|| self.reference(kind, state, id))
        };
        Some(Relation {
            source,
            from: end(from_kind, from, false)?,
            to: end(to_kind, to, hosts_elsewhere && to_kind == Kind::Host)?,
        })
    }
}
