//! Resource pools and vApps: a root pool in every cluster and compute resource, others below those of clusters, ten deep.
//!
//! A varied inventory has two vApps in each cluster, one inside the other.

use super::allocation::{Allocation, allocation_properties};
use super::draw::{Draw, Topic};
use super::folder::folder;
use super::names::{write_val_list, write_val_reference, write_val_references, write_val_text};
use super::object::{Kind, Object};
use super::property::Property;
use super::site::Site;
use super::tree::write_parent;
use super::vm::Vm;
use crate::soap::xml::Xml;

/// Name and parent of the pools of a cluster; vCenter escapes `/`, `\` and `%` in names.
const SHAPES: [(&str, u32); 14] = [
    ("Resources", 0),
    ("Production", 0),
    ("Test", 0),
    ("Gold %2f SLA 100%25", 1),
    ("Level 02", 2),
    ("Level 03", 4),
    ("Level 04", 5),
    ("Level 05", 6),
    ("Level 06", 7),
    ("Level 07", 8),
    ("Level 08", 9),
    ("Level 09", 10),
    ("Level 10", 11),
    ("Dev&#xA;and &lt;Lab&gt;", 2),
];
pub(crate) const POOLS_PER_CLUSTER: u32 = 14;
pub(crate) const VAPPS_PER_CLUSTER: u32 = 2;
const PRODUCTION: u32 = 1;

/// The compute resource and the slot of a pool.
fn placement(site: &Site, pool: u32) -> (Object, u32) {
    let of_clusters = site.clusters * POOLS_PER_CLUSTER;
    match pool.checked_sub(of_clusters) {
        Some(standalone) => (Object::new(Kind::Compute, standalone), 0),
        None => (
            Object::new(Kind::Cluster, pool / POOLS_PER_CLUSTER),
            pool % POOLS_PER_CLUSTER,
        ),
    }
}

impl Site {
    /// The root pool of a cluster or a compute resource.
    pub(crate) fn root_pool(&self, compute: Object) -> Object {
        let index = match compute.kind {
            Kind::Cluster => compute.index * POOLS_PER_CLUSTER,
            _ => self.clusters * POOLS_PER_CLUSTER + compute.index,
        };
        Object::new(Kind::Pool, index)
    }

    pub(super) fn parent_of_pool(&self, pool: u32) -> Object {
        match placement(self, pool) {
            (compute, 0) => compute,
            (_, slot) => {
                let (_, parent) = SHAPES[usize::try_from(slot).unwrap_or(0)];
                Object::new(Kind::Pool, pool - slot + parent)
            }
        }
    }

    pub(super) fn parent_of_vapp(&self, vapp: u32) -> Object {
        match vapp % VAPPS_PER_CLUSTER {
            0 => Object::new(
                Kind::Pool,
                vapp / VAPPS_PER_CLUSTER * POOLS_PER_CLUSTER + PRODUCTION,
            ),
            _ => Object::new(Kind::VApp, vapp - 1),
        }
    }

    /// The folder of a vApp that is not inside another one.
    pub(super) fn folder_of_vapp(&self, vapp: u32) -> Option<Object> {
        let datacenter = (vapp / VAPPS_PER_CLUSTER).checked_rem(self.datacenters)?;
        vapp.is_multiple_of(VAPPS_PER_CLUSTER)
            .then(|| folder(self, datacenter, 0))
    }

    /// The vApp of a VM. Templates and agents are in none.
    pub(crate) fn vapp_of_vm(&self, vm: u32) -> Option<u32> {
        // Most VMs are decided without looking at them.
        if !self.varied || vm % 11 != 5 {
            return None;
        }
        let cluster = self.cluster_of_host(self.host_of_vm(vm)?)?;
        let facts = Vm::new(self, vm);
        let nth = vm / 11 % VAPPS_PER_CLUSTER;
        (!facts.template && !facts.agent).then_some(cluster * VAPPS_PER_CLUSTER + nth)
    }

    /// The resource pool or vApp of a VM; a template has none.
    pub(crate) fn pool_of_vm(&self, vm: u32) -> Option<Object> {
        if let Some(vapp) = self.vapp_of_vm(vm) {
            return Some(Object::new(Kind::VApp, vapp));
        }
        let facts = Vm::new(self, vm);
        let root = self.root_pool(self.compute_of_host(self.host_of_vm(vm)?));
        let slots = match placement(self, root.index) {
            _ if facts.template => return None,
            (compute, _) if compute.kind == Kind::Cluster && !facts.agent => POOLS_PER_CLUSTER,
            _ => 1,
        };
        let slot = Draw::new(self.seed, Topic::VmPool, vm).below(slots);
        Some(Object::new(Kind::Pool, root.index + slot))
    }
}

fn name(site: &Site, pool: u32) -> &'static str {
    let (_, slot) = placement(site, pool);
    SHAPES[usize::try_from(slot).unwrap_or(0)].0
}

fn vapp_name(vapp: u32) -> &'static str {
    match vapp % VAPPS_PER_CLUSTER {
        0 => "shop%2ffrontend",
        _ => "shop database",
    }
}

fn allocation(site: &Site, pool: u32, of_cpu: bool) -> Allocation {
    let (_, slot) = placement(site, pool);
    let mut draw = Draw::new(site.seed ^ u64::from(of_cpu), Topic::VmPool, pool);
    let (level, shares) = *draw.pick(&[("low", 2000), ("normal", 4000), ("high", 8000)]);
    let root = slot == 0;
    Allocation {
        reservation: if root { 100_000 } else { draw.below(4) * 1000 },
        expandable: !root && draw.percent(80),
        limit: if root {
            Some(100_000)
        } else {
            draw.percent(25).then_some(16_000)
        },
        level,
        shares: if of_cpu { shares } else { shares * 41 },
    }
}

fn cpu(site: &Site, pool: u32) -> Allocation {
    allocation(site, pool, true)
}

fn memory(site: &Site, pool: u32) -> Allocation {
    allocation(site, pool, false)
}

fn vapp_allocation(_: &Site, vapp: u32) -> Allocation {
    Allocation {
        reservation: 500 * vapp,
        expandable: true,
        limit: (vapp % 2 == 1).then_some(8192),
        level: "custom",
        shares: 1234,
    }
}

pub(super) const CPU: &[(&str, Property)] = allocation_properties!("config.cpuAllocation", cpu);
pub(super) const MEMORY: &[(&str, Property)] =
    allocation_properties!("config.memoryAllocation", memory);
pub(super) const VAPP_CPU: &[(&str, Property)] =
    allocation_properties!("config.cpuAllocation", vapp_allocation);
pub(super) const VAPP_MEMORY: &[(&str, Property)] =
    allocation_properties!("config.memoryAllocation", vapp_allocation);

fn write_config(cpu: Allocation, memory: Allocation, xml: &mut Xml) {
    xml.open_typed("val", "ResourceConfigSpec")
        .open("cpuAllocation");
    cpu.write_fields(xml);
    xml.close("cpuAllocation").open("memoryAllocation");
    memory.write_fields(xml);
    xml.close("memoryAllocation").close("val");
}

/// The VMs of a pool or vApp of a compute resource; they run on its hosts.
fn members(site: &Site, compute: Object, pool: Object) -> impl Iterator<Item = u32> + '_ {
    let hosts: Vec<u32> = match compute.kind {
        Kind::Cluster => site.hosts_in_cluster(compute.index).collect(),
        _ => vec![site.clustered + compute.index],
    };
    hosts
        .into_iter()
        .flat_map(|host| site.vms_on_host(host))
        .filter(move |&vm| site.pool_of_vm(vm) == Some(pool))
}

fn children(site: &Site, parent: Object) -> impl Iterator<Item = Object> + '_ {
    [Kind::Pool, Kind::VApp]
        .into_iter()
        .flat_map(|kind| (0..site.count(kind)).map(move |index| Object::new(kind, index)))
        .filter(move |&object| super::tree::parent(site, object) == Some(parent))
}

pub(super) const PROPERTIES: &[(&str, Property)] = &[
    ("name", |site, index, xml| {
        write_val_text(xml, |xml| {
            xml.raw(name(site, index));
        });
    }),
    ("parent", |site, index, xml| {
        write_parent(site, Object::new(Kind::Pool, index), xml);
    }),
    ("owner", |site, index, xml| {
        write_val_reference(site, placement(site, index).0, xml);
    }),
    ("resourcePool", |site, index, xml| {
        write_val_references(site, children(site, Object::new(Kind::Pool, index)), xml);
    }),
    ("vm", |site, index, xml| {
        let (compute, _) = placement(site, index);
        let pool = Object::new(Kind::Pool, index);
        write_val_list(site, Kind::Vm, members(site, compute, pool), xml);
    }),
    ("config", |site, index, xml| {
        write_config(cpu(site, index), memory(site, index), xml);
    }),
];

pub(super) const VAPP_PROPERTIES: &[(&str, Property)] = &[
    ("name", |_, index, xml| xml.val_string(vapp_name(index))),
    ("parent", |site, index, xml| {
        write_parent(site, Object::new(Kind::VApp, index), xml);
    }),
    ("parentFolder", |site, index, xml| {
        if let Some(folder) = site.folder_of_vapp(index) {
            write_val_reference(site, folder, xml);
        }
    }),
    ("parentVApp", |site, index, xml| {
        let parent = site.parent_of_vapp(index);
        if parent.kind == Kind::VApp {
            write_val_reference(site, parent, xml);
        }
    }),
    ("owner", |site, index, xml| {
        let cluster = Object::new(Kind::Cluster, index / VAPPS_PER_CLUSTER);
        write_val_reference(site, cluster, xml);
    }),
    ("resourcePool", |site, index, xml| {
        write_val_references(site, children(site, Object::new(Kind::VApp, index)), xml);
    }),
    ("vm", |site, index, xml| {
        let cluster = Object::new(Kind::Cluster, index / VAPPS_PER_CLUSTER);
        let vapp = Object::new(Kind::VApp, index);
        write_val_list(site, Kind::Vm, members(site, cluster, vapp), xml);
    }),
    ("config", |site, index, xml| {
        let allocation = vapp_allocation(site, index);
        write_config(allocation, allocation, xml);
    }),
    ("summary.vAppState", |_, index, xml| {
        let state = if index.is_multiple_of(VAPPS_PER_CLUSTER) {
            "started"
        } else {
            "stopped"
        };
        xml.val_of("VirtualAppVAppState", state);
    }),
];
