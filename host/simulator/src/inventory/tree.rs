//! The parent of an object, and whether a container contains it.

use super::folder::{folder, placement, slot};
use super::names::write_val_reference;
use super::object::{Kind, Object};
use super::site::{Backing, Site};
use super::vm::Vm;
use crate::soap::xml::Xml;

/// The `parent` property of an object; none for the root folder.
pub(crate) fn parent(site: &Site, object: Object) -> Option<Object> {
    let index = object.index;
    Some(match object.kind {
        Kind::Folder => {
            let (datacenter, _, shape) = placement(index)?;
            match (shape.parent, datacenter) {
                (Some(outer), _) => folder(site, datacenter, outer),
                (None, _) => Object::new(Kind::Datacenter, datacenter),
            }
        }
        Kind::Datacenter => Object::ROOT,
        Kind::Vm if site.vapp_of_vm(index).is_some() => return None,
        Kind::Vm => folder(
            site,
            site.datacenter_of_vm(index),
            Vm::new(site, index).folder_slot(),
        ),
        Kind::Cluster => folder(site, index % site.datacenters, slot::CLUSTERS),
        Kind::Compute => folder(site, index % site.datacenters, slot::HOSTS),
        Kind::Host => site.compute_of_host(index),
        Kind::Datastore => match site.backing(index) {
            Backing::Local { host } => folder(site, site.datacenter_of_host(host), slot::LOCAL),
            Backing::Vmfs { cluster } if site.varied => {
                Object::new(Kind::Pod, cluster % site.datacenters)
            }
            Backing::Vmfs { cluster } => folder(site, cluster % site.datacenters, slot::DATASTORES),
            Backing::Nfs { datacenter } => folder(site, datacenter, slot::DATASTORES),
            Backing::Vsan => folder(site, 0, slot::DATASTORES),
        },
        Kind::Network => folder(
            site,
            index / super::site::NETWORKS_PER_DATACENTER,
            slot::NETWORKS,
        ),
        Kind::PortGroup => folder(
            site,
            index / super::site::PORT_GROUPS_PER_DATACENTER,
            slot::SWITCHES,
        ),
        Kind::Switch => folder(site, index, slot::SWITCHES),
        Kind::Pool => site.parent_of_pool(index),
        Kind::VApp => site.parent_of_vapp(index),
        Kind::Pod => folder(site, index, slot::DATASTORES),
        Kind::OpaqueNetwork => folder(site, index, slot::NETWORKS),
        Kind::CustomFields => return None,
    })
}

/// What holds an object in the tree of folders: a vApp lies in a folder although its parent is a resource pool, and so do its VMs.
pub(crate) fn folder_side(site: &Site, object: Object) -> Option<Object> {
    match object.kind {
        Kind::Vm => {
            let vapp = site.vapp_of_vm(object.index);
            vapp.map(|vapp| Object::new(Kind::VApp, vapp))
                .or_else(|| parent(site, object))
        }
        Kind::VApp => site
            .folder_of_vapp(object.index)
            .or_else(|| parent(site, object)),
        _ => parent(site, object),
    }
}

pub(crate) fn write_parent(site: &Site, object: Object, xml: &mut Xml) {
    if let Some(parent) = parent(site, object) {
        write_val_reference(site, parent, xml);
    }
}

impl Site {
    /// Whether a view of `container` lists `object`.
    ///
    /// Compute resources and hosts contain VMs by where they run, folders and datacenters by their folder.
    pub(crate) fn holds(&self, container: Object, recursive: bool, object: Object) -> bool {
        if container == object {
            return false;
        }
        if recursive && container == Object::ROOT {
            return true;
        }
        let by_host = matches!(container.kind, Kind::Cluster | Kind::Compute | Kind::Host);
        let by_pool = matches!(container.kind, Kind::Pool | Kind::VApp);
        let above = |object: Object| match object.kind {
            Kind::Vm if by_host => self
                .host_of_vm(object.index)
                .map(|host| Object::new(Kind::Host, host)),
            Kind::Vm if by_pool => self.pool_of_vm(object.index),
            Kind::Pool | Kind::VApp if by_host || by_pool => parent(self, object),
            _ => folder_side(self, object),
        };
        let mut at = above(object);
        while let Some(ancestor) = at {
            if ancestor == container {
                return true;
            }
            if !recursive {
                return false;
            }
            at = above(ancestor);
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use crate::inventory::{Kind, Object, Site, Sizes};

    #[test]
    fn every_object_is_in_exactly_one_datacenter() {
        let site = Site::varied(
            3,
            Sizes {
                vms: 60,
                hosts: 9,
                clusters: 3,
            },
        );
        let in_tree = |kind: &Kind| *kind != Kind::CustomFields;
        for kind in Kind::ALL.into_iter().filter(in_tree) {
            for index in 0..site.count(kind) {
                let object = Object::new(kind, index);
                let holders = (0..site.datacenters)
                    .filter(|&dc| site.holds(Object::new(Kind::Datacenter, dc), true, object))
                    .count();
                let expected = usize::from(!(kind == Kind::Datacenter || object == Object::ROOT));
                assert_eq!(holders, expected, "{object:?}");
            }
        }
    }

    #[test]
    fn a_cluster_holds_its_hosts_and_the_machines_on_them() {
        let site = Site::new(
            3,
            Sizes {
                vms: 60,
                hosts: 9,
                clusters: 3,
            },
        );
        let cluster = Object::new(Kind::Cluster, 1);
        for vm in 0..site.vms {
            let inside = site
                .host_of_vm(vm)
                .and_then(|host| site.cluster_of_host(host))
                == Some(1);
            assert_eq!(site.holds(cluster, true, Object::new(Kind::Vm, vm)), inside);
        }
        assert!(!site.holds(cluster, true, Object::new(Kind::Datastore, 2)));
    }
}
