//! How many objects of each kind there are and how they belong together, as arithmetic on indexes.
//!
//! * Clusters take turns over the datacenters (`cluster % datacenters`), clustered hosts over the clusters, VMs over all hosts.
//! * The last hosts are standalone, one per datacenter, each in a `ComputeResource` of its own; without clusters all of them are.
//! * Datastores: two VMFS per cluster, an NFS41 per datacenter, one vsan in the first cluster, a local VMFS per host, in this order.

use std::sync::Arc;

use super::churn::Churn;
use super::folder::{BASE_FOLDERS, FOLDERS_PER_DATACENTER};
use super::object::{Kind, Object};
use super::pool::{POOLS_PER_CLUSTER, VAPPS_PER_CLUSTER};
use super::version::Version;

pub(crate) const VMFS_PER_CLUSTER: u32 = 2;
pub(crate) const NETWORKS_PER_DATACENTER: u32 = 2;
pub(crate) const PORT_GROUPS_PER_DATACENTER: u32 = 9;
const CLUSTERS_PER_DATACENTER: u32 = 8;

/// What the caller may choose.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sizes {
    pub(crate) vms: u32,
    pub(crate) hosts: u32,
    pub(crate) clusters: u32,
}

/// The dimensions of an inventory.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    pub(crate) seed: u64,
    pub(crate) vms: u32,
    pub(crate) hosts: u32,
    pub(crate) clusters: u32,
    pub(crate) datacenters: u32,
    /// The whole inventory is one host, without a vCenter.
    pub(crate) host_agent: bool,
    /// Hosts in clusters; the rest are standalone.
    pub(crate) clustered: u32,
    /// The number in the first MoRef of each kind.
    pub(super) first_id: [u32; Kind::COUNT],
    /// What changes while it is read.
    pub(crate) churn: Option<Arc<Churn>>,
    /// Some VMs have what few have: raw devices, vApps, opaque networks and so on.
    pub(crate) varied: bool,
    /// The version of the server, whose properties there are.
    pub(crate) version: Version,
    /// A result that has further pages takes in what came since its first.
    pub(crate) grows_results: bool,
}

/// The type of a datastore and the hosts that it serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Backing {
    Vmfs { cluster: u32 },
    Nfs { datacenter: u32 },
    Vsan,
    Local { host: u32 },
}

impl Site {
    pub(crate) fn new(seed: u64, sizes: Sizes) -> Self {
        let Sizes {
            vms,
            hosts,
            clusters,
        } = sizes;
        let least = if clusters >= 2 { 2 } else { 1 };
        let datacenters = clusters.div_ceil(CLUSTERS_PER_DATACENTER).max(least);
        let standalone = if clusters == 0 {
            hosts
        } else {
            datacenters.min(hosts.saturating_sub(clusters))
        };
        let mut site = Self {
            seed,
            vms,
            hosts,
            clusters,
            datacenters,
            host_agent: false,
            clustered: hosts - standalone,
            first_id: [0; Kind::COUNT],
            churn: None,
            varied: false,
            version: Version::default(),
            grows_results: false,
        };
        site.number_objects();
        site
    }

    /// The same with rare hardware and containers.
    #[cfg(test)]
    pub(crate) fn varied(seed: u64, sizes: Sizes) -> Self {
        Self {
            varied: true,
            ..Self::new(seed, sizes)
        }
    }

    /// The inventory of a host without a vCenter.
    pub(crate) fn host_agent(seed: u64, vms: u32) -> Self {
        let sizes = Sizes {
            vms,
            hosts: 1,
            clusters: 0,
        };
        let mut site = Self {
            host_agent: true,
            ..Self::new(seed, sizes)
        };
        site.number_objects();
        site
    }

    pub(crate) fn count(&self, kind: Kind) -> u32 {
        match kind {
            Kind::Folder if self.host_agent => 1 + BASE_FOLDERS,
            Kind::PortGroup | Kind::Switch if self.host_agent => 0,
            Kind::Folder => 1 + FOLDERS_PER_DATACENTER * self.datacenters,
            Kind::Datacenter => self.datacenters,
            Kind::Vm => self.churn.as_ref().map_or(self.vms, |churn| churn.vms()),
            Kind::Cluster => self.clusters,
            Kind::Compute => self.hosts - self.clustered,
            Kind::Host => self.hosts,
            Kind::Datastore => {
                self.clusters * VMFS_PER_CLUSTER
                    + self.datacenters
                    + u32::from(self.clusters > 0)
                    + self.hosts
            }
            Kind::Network => NETWORKS_PER_DATACENTER * self.datacenters,
            Kind::PortGroup => PORT_GROUPS_PER_DATACENTER * self.datacenters,
            Kind::Switch => self.datacenters,
            Kind::Pool => self.clusters * POOLS_PER_CLUSTER + self.hosts - self.clustered,
            Kind::VApp if self.varied => self.clusters * VAPPS_PER_CLUSTER,
            Kind::Pod | Kind::OpaqueNetwork if self.varied => self.datacenters,
            Kind::VApp | Kind::Pod | Kind::OpaqueNetwork => 0,
            Kind::CustomFields => u32::from(!self.host_agent),
        }
    }

    /// Whether the object with an assigned number still exists.
    pub(crate) fn exists(&self, object: Object) -> bool {
        let churn = self.churn.as_ref().filter(|_| object.kind == Kind::Vm);
        !churn.is_some_and(|churn| churn.is_gone(object.index))
    }

    pub(crate) fn host_of_vm(&self, vm: u32) -> Option<u32> {
        let moved = self.churn.as_ref().map_or(0, |churn| churn.moved(vm));
        vm.wrapping_add(moved).checked_rem(self.hosts)
    }

    pub(crate) fn vms_on_host(&self, host: u32) -> Box<dyn Iterator<Item = u32> + '_> {
        if self.churn.is_some() {
            let here = move |vm: &u32| self.host_of_vm(*vm) == Some(host);
            return Box::new(self.living_vms().filter(here));
        }
        let step = usize::try_from(self.hosts.max(1)).unwrap_or(usize::MAX);
        Box::new((host..self.vms).step_by(step))
    }

    /// Every existing VM.
    pub(crate) fn living_vms(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.count(Kind::Vm)).filter(|&vm| self.exists(Object::new(Kind::Vm, vm)))
    }

    pub(crate) fn cluster_of_host(&self, host: u32) -> Option<u32> {
        (host < self.clustered).then(|| host % self.clusters)
    }

    pub(crate) fn hosts_in_cluster(&self, cluster: u32) -> impl Iterator<Item = u32> + use<> {
        (cluster..self.clustered)
            .step_by(usize::try_from(self.clusters.max(1)).unwrap_or(usize::MAX))
    }

    /// The cluster or the compute resource of its own that a host stands in.
    pub(crate) fn compute_of_host(&self, host: u32) -> Object {
        match self.cluster_of_host(host) {
            Some(cluster) => Object::new(Kind::Cluster, cluster),
            None => Object::new(Kind::Compute, host - self.clustered),
        }
    }

    pub(crate) fn datacenter_of_host(&self, host: u32) -> u32 {
        match self.cluster_of_host(host) {
            Some(cluster) => cluster % self.datacenters,
            None => (host - self.clustered) % self.datacenters,
        }
    }

    pub(crate) fn datacenter_of_vm(&self, vm: u32) -> u32 {
        match self.host_of_vm(vm) {
            Some(host) => self.datacenter_of_host(host),
            None => vm % self.datacenters,
        }
    }

    pub(crate) fn hosts_in_datacenter(&self, datacenter: u32) -> impl Iterator<Item = u32> + '_ {
        (0..self.hosts).filter(move |&host| self.datacenter_of_host(host) == datacenter)
    }

    pub(crate) fn vms_in_datacenter(&self, datacenter: u32) -> impl Iterator<Item = u32> + '_ {
        self.living_vms()
            .filter(move |&vm| self.datacenter_of_vm(vm) == datacenter)
    }

    pub(crate) fn backing(&self, datastore: u32) -> Backing {
        let vmfs = self.clusters * VMFS_PER_CLUSTER;
        let nfs = vmfs + self.datacenters;
        let vsan = nfs + u32::from(self.clusters > 0);
        if datastore < vmfs {
            Backing::Vmfs {
                cluster: datastore / VMFS_PER_CLUSTER,
            }
        } else if datastore < nfs {
            Backing::Nfs {
                datacenter: datastore - vmfs,
            }
        } else if datastore < vsan {
            Backing::Vsan
        } else {
            Backing::Local {
                host: datastore - vsan,
            }
        }
    }

    pub(crate) fn shared_vmfs(&self, cluster: u32, nth: u32) -> u32 {
        cluster * VMFS_PER_CLUSTER + nth
    }

    pub(crate) fn nfs(&self, datacenter: u32) -> u32 {
        self.clusters * VMFS_PER_CLUSTER + datacenter
    }

    pub(crate) fn vsan(&self) -> Option<u32> {
        (self.clusters > 0).then(|| self.nfs(self.datacenters))
    }

    pub(crate) fn local_datastore(&self, host: u32) -> u32 {
        self.nfs(self.datacenters) + u32::from(self.clusters > 0) + host
    }

    /// The datastores a host mounts.
    pub(crate) fn datastores_of_host(&self, host: u32) -> Vec<u32> {
        let mut mounted = vec![self.local_datastore(host)];
        if let Some(cluster) = self.cluster_of_host(host) {
            mounted.extend((0..VMFS_PER_CLUSTER).map(|nth| self.shared_vmfs(cluster, nth)));
            if cluster == 0 {
                mounted.extend(self.vsan());
            }
        }
        mounted.push(self.nfs(self.datacenter_of_host(host)));
        mounted
    }

    /// The hosts that mount a datastore.
    pub(crate) fn hosts_of_datastore(&self, datastore: u32) -> Vec<u32> {
        match self.backing(datastore) {
            Backing::Vmfs { cluster } => self.hosts_in_cluster(cluster).collect(),
            Backing::Nfs { datacenter } => self.hosts_in_datacenter(datacenter).collect(),
            Backing::Vsan => self.hosts_in_cluster(0).collect(),
            Backing::Local { host } => vec![host],
        }
    }

    /// Port group `nth` of a datacenter; 0 is the switch's uplink group, which no VM uses.
    pub(crate) fn port_group(&self, datacenter: u32, nth: u32) -> u32 {
        datacenter * PORT_GROUPS_PER_DATACENTER + nth
    }

    pub(crate) fn network(&self, datacenter: u32, nth: u32) -> u32 {
        datacenter * NETWORKS_PER_DATACENTER + nth
    }
}

#[cfg(test)]
mod tests {
    use super::{Site, Sizes};
    use crate::inventory::Kind;

    fn site(vms: u32, hosts: u32, clusters: u32) -> Site {
        Site::new(
            1,
            Sizes {
                vms,
                hosts,
                clusters,
            },
        )
    }

    #[test]
    fn two_clusters_make_two_datacenters_with_a_standalone_host_each() {
        let site = site(100, 8, 2);
        assert_eq!(site.datacenters, 2);
        assert_eq!(site.count(Kind::Compute), 2);
        assert_eq!(site.hosts_in_cluster(0).collect::<Vec<_>>(), [0, 2, 4]);
        assert_eq!(site.datacenter_of_host(7), 1);
    }

    #[test]
    fn mounts_are_the_same_seen_from_hosts_and_from_datastores() {
        for site in [
            site(10, 8, 2),
            site(0, 3, 0),
            site(5, 1, 1),
            site(7, 40, 17),
        ] {
            for datastore in 0..site.count(Kind::Datastore) {
                let seen: Vec<u32> = (0..site.hosts)
                    .filter(|&host| site.datastores_of_host(host).contains(&datastore))
                    .collect();
                let mut mounted = site.hosts_of_datastore(datastore);
                mounted.sort_unstable();
                assert_eq!(mounted, seen);
            }
        }
    }
}
