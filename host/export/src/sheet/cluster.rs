//! Clusters.

use stocktake_contract::details::{Cluster, Drs, HighAvailability};
use stocktake_contract::normalized::Kind;

use super::{Context, Sheet, columns};
use crate::cell::Cell;

impl<'c> Context<'c> {
    fn cluster(&self) -> Option<&'c Cluster<'c>> {
        self.asset.cluster()
    }

    fn drs(&self) -> Option<&'c Drs<'c>> {
        self.cluster()?.drs.as_ref()
    }

    fn ha(&self) -> Option<&'c HighAvailability> {
        self.cluster()?.ha.as_ref()
    }
}

columns! {
    CLUSTER_COLUMNS = {
        "Name", "normalized.identity.caption", |c| c.asset.name().into();
        "OverallStatus", "details.status", |c| c.cluster().and_then(|cluster| cluster.status.as_ref()).into();
        "NumHosts", "details.hosts, else normalized.attributes.num_hosts", |c| c.cluster().and_then(|cluster| cluster.hosts).or(c.asset.normalized.attributes.num_hosts).into();
        "numEffectiveHosts", "details.effective_hosts, else normalized.attributes.num_effective_hosts", |c| c.cluster().and_then(|cluster| cluster.effective_hosts).or(c.asset.normalized.attributes.num_effective_hosts).into();
        "TotalCpu" ["MHz"], "normalized.attributes.total_cpu_mhz", |c| c.asset.normalized.attributes.total_cpu_mhz.into();
        "NumCpuCores", "details.cores", |c| c.cluster().and_then(|cluster| cluster.cores).into();
        "NumCpuThreads", "details.threads", |c| c.cluster().and_then(|cluster| cluster.threads).into();
        "Effective Cpu" ["MHz"], "details.effective_cpu_mhz", |c| c.cluster().and_then(|cluster| cluster.effective_cpu_mhz).into();
        "TotalMemory" ["MiB"], "normalized.attributes.total_memory_bytes", |c| Cell::mib(c.asset.normalized.attributes.total_memory_bytes);
        "Effective Memory" ["MiB"], "details.effective_memory_bytes", |c| Cell::mib(c.cluster().and_then(|cluster| cluster.effective_memory_bytes));
        "HA enabled", "details.ha.enabled", |c| c.ha().and_then(|ha| ha.enabled).into();
        "Failover Level", "details.ha.failover_level", |c| c.ha().and_then(|ha| ha.failover_level).into();
        "AdmissionControlEnabled", "details.ha.admission_control", |c| c.ha().and_then(|ha| ha.admission_control).into();
        "DRS enabled", "details.drs.enabled", |c| c.drs().and_then(|drs| drs.enabled).into();
        "DRS default VM behavior", "details.drs.level", |c| c.drs().and_then(|drs| drs.level.as_ref()).into();
        "DRS vmotion rate", "details.drs.vmotion_rate", |c| c.drs().and_then(|drs| drs.vmotion_rate).into();
        "Datacenter", "details.datacenter", |c| c.cluster().and_then(|cluster| cluster.datacenter.as_ref()).into();
        "Folder", "details.folder_path", |c| c.cluster().and_then(|cluster| cluster.folder_path.as_ref()).into();
        "Object ID", "external_id", |c| c.asset.id.as_ref().into();
    }
}

pub(super) const CLUSTER: Sheet = Sheet {
    name: "vCluster",
    about: "clusters",
    kinds: &[Kind::Cluster],
    rows: |_| 1,
    columns: &[CLUSTER_COLUMNS],
    has_attributes: true,
};
