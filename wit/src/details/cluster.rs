//! A cluster of hosts.

use super::object::object;
use super::value::{Attributes, Text};

object! {
    /// A cluster of hosts.
    Cluster<'a> {
        datacenter: Text<'a>, ["parent"], "name of the datacenter above it";
        folder_path: Text<'a>, ["parent"], "names down to its folder, as of a VM";
        custom_attributes: Attributes<'a>, ["customValue"], "as of a VM";
        drs: Drs<'a>, [], "Distributed Resource Scheduler";
        ha: HighAvailability, [], "High Availability";
        hosts: u64, ["summary.numHosts"], "its hosts";
        effective_hosts: u64, ["summary.numEffectiveHosts"], "hosts that can run VMs now";
        effective_cpu_mhz: u64, ["summary.effectiveCpu"], "CPU of those hosts";
        effective_memory_bytes: u64, ["summary.effectiveMemory"], "memory of those hosts (the property is in MiB)";
        cores: u64, ["summary.numCpuCores"], "CPU cores";
        threads: u64, ["summary.numCpuThreads"], "CPU threads";
        status: Text<'a>, ["overallStatus"], "as in `green`";
    }
}

object! {
    /// Distributed Resource Scheduler.
    Drs<'a> {
        enabled: bool, ["configuration.drsConfig.enabled"], "it is on";
        level: Text<'a>, ["configuration.drsConfig.defaultVmBehavior"], "as in `fullyAutomated`";
        vmotion_rate: u64, ["configuration.drsConfig.vmotionRate"], "migration threshold, 1 to 5";
    }
}

object! {
    /// High Availability.
    HighAvailability {
        enabled: bool, ["configuration.dasConfig.enabled"], "it is on";
        admission_control: bool, ["configuration.dasConfig.admissionControlEnabled"], "admission control is on";
        failover_level: u64, ["configuration.dasConfig.failoverLevel"], "host failures that it tolerates";
    }
}
