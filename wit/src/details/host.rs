//! A hypervisor host.

use super::object::object;
use super::value::{Attributes, Text, Time};

object! {
    /// A hypervisor host.
    Host<'a> {
        datacenter: Text<'a>, ["parent"], "name of the datacenter above it";
        cluster: Text<'a>, ["parent"], "name of its cluster; absent for a standalone host";
        custom_attributes: Attributes<'a>, ["customValue"], "as of a VM";
        booted_at: Time<'a>, ["runtime.bootTime"], "when it booted";
        bios: Bios<'a>, ["hardware.biosInfo"], "its firmware";
        cpu: HostCpu<'a>, [], "its CPUs";
        pnics: Vec<PhysicalNic<'a>>, ["config.network.pnic", "config.network.vswitch", "config.network.proxySwitch"], "its physical network cards";
        vmkernels: Vec<VmKernel<'a>>, ["config.network.vnic", "config.virtualNicManagerInfo.netConfig"], "its vmkernel adapters";
        vswitches: Vec<HostSwitch<'a>>, ["config.network.vswitch", "config.network.proxySwitch"], "its standard switches, then its parts of distributed ones";
        portgroups: Vec<HostPortGroup<'a>>, ["config.network.portgroup"], "port groups of its standard switches";
        dns: Dns<'a>, ["config.network.dnsConfig"], "its resolver";
        ntp: Ntp<'a>, ["config.dateTimeInfo.ntpConfig.server"], "its time source";
        gateway: Text<'a>, ["config.network.ipRouteConfig.defaultGateway"], "default gateway (IPv4)";
        datastores: Vec<MountedDatastore<'a>>, ["datastore", "config.fileSystemVolume.mountInfo"], "the datastores that it mounts";
        evc: Evc<'a>, [], "enhanced vMotion compatibility";
        vsan: bool, ["config.vsanHostConfig.enabled"], "vSAN is on";
        maintenance: bool, ["runtime.inMaintenanceMode"], "it is in maintenance mode";
        quarantine: bool, ["runtime.inQuarantineMode"], "it is in quarantine mode";
        ha_state: Text<'a>, ["runtime.dasHostState.state"], "its state in the HA cluster, as in `master`, `connectedToMaster`";
    }
}

object! {
    /// The firmware of a host.
    Bios<'a> {
        version: Text<'a>, [], "`biosVersion`";
        date: Time<'a>, [], "`releaseDate`";
    }
}

object! {
    /// The CPUs of a host.
    HostCpu<'a> {
        power_policy: Text<'a>, ["config.powerSystemInfo.currentPolicy"], "`shortName` of the power policy, as in `dynamic`";
    }
}

object! {
    /// A physical network card.
    PhysicalNic<'a> {
        device: Text<'a>, [], "as in `vmnic0`";
        mac: Text<'a>, [], "its MAC address";
        speed_mbps: u64, [], "`linkSpeed.speedMb`; absent when the link is down";
        full_duplex: bool, [], "`linkSpeed.duplex`";
        driver: Text<'a>, [], "its driver";
        switch: Text<'a>, [], "name of the switch (`vswitch` or `proxySwitch`) whose `pnic` holds its `key`";
    }
}

object! {
    /// A vmkernel adapter.
    VmKernel<'a> {
        device: Text<'a>, [], "as in `vmk0`";
        portgroup: Text<'a>, [], "name of its port group on a standard switch";
        portgroup_id: Text<'a>, [], "`spec.distributedVirtualPort.portgroupKey`: the `external_id` of a dvportgroup";
        mac: Text<'a>, [], "its MAC address";
        ip: Text<'a>, [], "IPv4 address";
        prefix: u64, [], "prefix length of its `subnetMask`";
        mtu: u64, [], "in bytes";
        services: Vec<Text<'a>>, [], "`nicType` of each entry of `netConfig` that selects it, as in `management`, `vmotion`";
    }
}

object! {
    /// A switch of a host, or its part of a distributed one.
    HostSwitch<'a> {
        name: Text<'a>, [], "`name` or `dvsName`";
        uuid: Text<'a>, [], "`dvsUuid` of a distributed switch";
        distributed: bool, [], "it is the host's part of a distributed switch";
        ports: u64, [], "`numPorts`";
        mtu: u64, [], "in bytes";
        pnics: Vec<Text<'a>>, [], "`device` of each physical card in `pnic`";
    }
}

object! {
    /// A port group of a standard switch.
    HostPortGroup<'a> {
        name: Text<'a>, [], "`spec.name`";
        switch: Text<'a>, [], "`spec.vswitchName`";
        vlan_id: u64, [], "`spec.vlanId`; 0 is none, 4095 all";
    }
}

object! {
    /// The resolver of a host.
    Dns<'a> {
        host_name: Text<'a>, [], "`hostName`";
        domain: Text<'a>, [], "`domainName`";
        servers: Vec<Text<'a>>, [], "`address`";
        search_domains: Vec<Text<'a>>, [], "`searchDomain`";
    }
}

object! {
    /// The time source of a host.
    Ntp<'a> {
        servers: Vec<Text<'a>>, [], "its servers";
    }
}

object! {
    /// A datastore that a host mounts.
    MountedDatastore<'a> {
        id: Text<'a>, [], "the `external_id` of the datastore";
        name: Text<'a>, [], "its name";
        mounted: bool, [], "`mountInfo.mounted` of the volume with that name";
        accessible: bool, [], "`mountInfo.accessible`";
        mode: Text<'a>, [], "`mountInfo.accessMode`: `readWrite` or `readOnly`";
    }
}

object! {
    /// Enhanced vMotion compatibility.
    Evc<'a> {
        current: Text<'a>, ["summary.currentEVCModeKey"], "the mode in force, as in `intel-broadwell`";
        max: Text<'a>, ["summary.maxEVCModeKey"], "the highest that the CPUs can do";
    }
}
