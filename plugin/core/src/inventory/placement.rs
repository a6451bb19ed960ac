//! Which object is placed where: two numbers each, until both ends are known.

use stocktake_contract::normalized::Kind;

use super::{EXCLUDED, Inventory, RETURNED, moref};
use crate::moref::MoRef;

/// The property that tells of a placement.
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
    /// `vm` of a network.
    NetworkVm,
    /// `vm` of a distributed port group.
    PortgroupVm,
    /// `config.distributedVirtualSwitch` of a distributed port group.
    PortgroupSwitch,
}

impl Source {
    /// From which kind to which.
    #[must_use]
    pub fn ends(self) -> (Kind, Kind) {
        match self {
            Source::RuntimeHost | Source::SummaryRuntimeHost => (Kind::Vm, Kind::Host),
            Source::Parent => (Kind::Host, Kind::Cluster),
            Source::HostDatastore | Source::DatastoreHost => (Kind::Host, Kind::Datastore),
            Source::DatastoreVm => (Kind::Vm, Kind::Datastore),
            Source::NetworkVm => (Kind::Vm, Kind::Network),
            Source::PortgroupVm => (Kind::Vm, Kind::DvPortgroup),
            Source::PortgroupSwitch => (Kind::DvPortgroup, Kind::DvSwitch),
        }
    }

    /// The types of the relations it makes: there, and back when the contract has that.
    #[must_use]
    pub fn relations(self) -> (&'static str, Option<&'static str>) {
        match self {
            Source::RuntimeHost | Source::SummaryRuntimeHost => ("runs_on", Some("hosts_vm")),
            Source::Parent => ("member_of", None),
            Source::HostDatastore | Source::DatastoreHost => ("mounts", None),
            Source::DatastoreVm => ("stored_on", None),
            Source::NetworkVm | Source::PortgroupVm => ("attached_to", None),
            Source::PortgroupSwitch => ("part_of", None),
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
            Source::PortgroupSwitch => "config.distributedVirtualSwitch",
        }
    }

    /// The property is one of the end that the relation leads to.
    fn told_by_target(self) -> bool {
        matches!(
            self,
            Source::DatastoreHost | Source::DatastoreVm | Source::NetworkVm | Source::PortgroupVm
        )
    }
}

/// Two objects by their numbers among their kinds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placement {
    source: Source,
    from: u32,
    to: u32,
}

/// A relation whose both ends are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relation<'i> {
    /// What told of it.
    pub source: Source,
    /// The object it starts at.
    pub from: MoRef<'i>,
    /// The object it leads to.
    pub to: MoRef<'i>,
}

impl<'i> Relation<'i> {
    /// The object that the property refers to.
    #[must_use]
    pub fn referred(&self) -> MoRef<'i> {
        if self.source.told_by_target() {
            self.from
        } else {
            self.to
        }
    }
}

impl Inventory {
    /// `from` is placed at `to`; neither need be known yet.
    pub fn place(&mut self, source: Source, from: &str, to: &str) {
        let (from_kind, to_kind) = source.ends();
        let from = self.of_mut(from_kind).number(from);
        let to = self.of_mut(to_kind).number(to);
        // More objects than that do not fit into memory.
        if let (Ok(from), Ok(to)) = (u32::try_from(from), u32::try_from(to)) {
            self.placements.push(Placement { source, from, to });
        }
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
        let Placement { source, from, to } = *self.placements.get(placement)?;
        let (from_kind, to_kind) = source.ends();
        let end = |kind, number, elsewhere| {
            let (id, state) = self.of(kind).get(number)?;
            let emitted = state & (RETURNED | EXCLUDED) == RETURNED;
            (emitted || elsewhere).then(|| moref(kind, state, id))
        };
        Some(Relation {
            source,
            from: end(from_kind, from, false)?,
            to: end(to_kind, to, hosts_elsewhere && to_kind == Kind::Host)?,
        })
    }
}
