//! A cluster.

use stocktake_contract::details::{Cluster, Drs, HighAvailability};

use super::Context;
use super::values::{Properties, mebibytes, present};
use crate::gaps::Gap;
use crate::tape::Tape;

/// The details of a cluster.
pub(super) fn cluster<'a>(
    properties: &'a Tape,
    context: Context<'a>,
    gaps: &mut Vec<Gap>,
) -> Cluster<'a> {
    let read = Properties(properties);
    Cluster {
        datacenter: read.datacenter(context),
        folder_path: read.folder_path(context),
        custom_attributes: read.custom_attributes(context, gaps),
        drs: present(Drs {
            enabled: read.flag("configuration.drsConfig.enabled"),
            level: read.text("configuration.drsConfig.defaultVmBehavior"),
            vmotion_rate: read.count("configuration.drsConfig.vmotionRate"),
        }),
        ha: present(HighAvailability {
            enabled: read.flag("configuration.dasConfig.enabled"),
            admission_control: read.flag("configuration.dasConfig.admissionControlEnabled"),
            failover_level: read.count("configuration.dasConfig.failoverLevel"),
        }),
        hosts: read.count("summary.numHosts"),
        effective_hosts: read.count("summary.numEffectiveHosts"),
        effective_cpu_mhz: read.count("summary.effectiveCpu"),
        effective_memory_bytes: mebibytes(read.get("summary.effectiveMemory")),
        cores: read.count("summary.numCpuCores"),
        threads: read.count("summary.numCpuThreads"),
        status: read.text("overallStatus"),
    }
}
