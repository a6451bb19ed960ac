//! Hosts and what they have.

use std::net::Ipv4Addr;

use stocktake_contract::details::{Host, HostPortGroup, HostSwitch, PhysicalNic, Text, VmKernel};
use stocktake_contract::normalized::Kind;

use super::{Context, Sheet, columns};
use crate::cell::Cell;
use crate::index::Load;

const HOSTS: &[Kind] = &[Kind::Host];

impl<'c> Context<'c> {
    fn host(&self) -> Option<&'c Host<'c>> {
        self.asset.host()
    }

    fn host_cluster(&self) -> Cell<'c> {
        let related = self.index.hosts.get(&self.asset.id);
        let related = related.and_then(|host| self.index.cluster_of(host));
        let named = self.host().and_then(|host| host.cluster.as_ref());
        related.or(named.map(Text::as_str)).into()
    }

    fn load(&self) -> Option<&'c Load> {
        Some(&self.index.hosts.get(&self.asset.id)?.load)
    }

    fn cores_per_cpu(&self) -> Cell<'c> {
        let cores = self.asset.normalized.hardware.cpu_count;
        match (cores, self.asset.normalized.attributes.cpu_packages) {
            (Some(cores), Some(packages)) if packages > 0 && cores % packages == 0 => {
                (cores / packages).into()
            }
            _ => Cell::Empty,
        }
    }

    fn esx_version(&self) -> Cell<'c> {
        let os = &self.asset.normalized.os;
        let build = os
            .fingerprint
            .as_ref()
            .map(|build| format!("build-{build}"));
        let parts = [os.name.clone(), os.version.clone(), build];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(" ")).into()
    }

    fn pnic(&self) -> Option<&'c PhysicalNic<'c>> {
        self.host()?.pnics.as_ref()?.get(self.row)
    }

    fn switch(&self) -> Option<&'c HostSwitch<'c>> {
        self.host()?.vswitches.as_ref()?.get(self.row)
    }

    fn port(&self) -> Option<&'c HostPortGroup<'c>> {
        self.host()?.portgroups.as_ref()?.get(self.row)
    }

    fn vmkernel(&self) -> Option<&'c VmKernel<'c>> {
        self.host()?.vmkernels.as_ref()?.get(self.row)
    }

    fn vmkernel_port(&self) -> Option<&'c str> {
        let vmkernel = self.vmkernel()?;
        if let Some(name) = &vmkernel.portgroup {
            return Some(name.as_str());
        }
        let id = vmkernel.portgroup_id.as_ref()?.as_str();
        let group = self.index.portgroups.get(id);
        Some(group.and_then(|group| group.name.as_deref()).unwrap_or(id))
    }

    fn subnet_mask(&self) -> Cell<'c> {
        let prefix = self.vmkernel().and_then(|vmkernel| vmkernel.prefix);
        let prefix = prefix.and_then(|prefix| u32::try_from(prefix).ok());
        let host_bits = prefix.and_then(|prefix| 32_u32.checked_sub(prefix));
        let mask = host_bits.map(|bits| u32::MAX.checked_shl(bits).unwrap_or_default());
        mask.map(|mask| Ipv4Addr::from_bits(mask).to_string())
            .into()
    }
}

columns! {
    /// The first columns of the sheets of hosts.
    LEAD = {
        "Host", "normalized.identity.hostname", |c| c.asset.name().into();
        "Datacenter", "details.datacenter", |c| c.host().and_then(|host| host.datacenter.as_ref()).into();
        "Cluster", "relation member_of, else details.cluster", |c| c.host_cluster();
    }

    HOST_COLUMNS = {
        "Connection state", "normalized.attributes.connection_state", |c| c.asset.normalized.attributes.connection_state.as_ref().into();
        "Power state", "normalized.runtime.power_state", |c| c.asset.normalized.runtime.power_state.as_ref().into();
        "in Maintenance Mode", "details.maintenance, else normalized.attributes.in_maintenance_mode", |c| c.host().and_then(|host| host.maintenance).or(c.asset.normalized.attributes.in_maintenance_mode).into();
        "in Quarantine Mode", "details.quarantine", |c| c.host().and_then(|host| host.quarantine).into();
        "CPU Model", "normalized.attributes.cpu_model", |c| c.asset.normalized.attributes.cpu_model.as_ref().into();
        "Speed" ["MHz"], "normalized.attributes.cpu_mhz", |c| c.asset.normalized.attributes.cpu_mhz.into();
        "# CPU", "normalized.attributes.cpu_packages", |c| c.asset.normalized.attributes.cpu_packages.into();
        "Cores per CPU", "normalized.hardware.cpu_count ÷ attributes.cpu_packages", |c| c.cores_per_cpu();
        "# Cores", "normalized.hardware.cpu_count", |c| c.asset.normalized.hardware.cpu_count.into();
        "# Threads", "normalized.attributes.cpu_threads", |c| c.asset.normalized.attributes.cpu_threads.into();
        "# Memory" ["MiB"], "normalized.hardware.memory_bytes", |c| Cell::mib(c.asset.normalized.hardware.memory_bytes);
        "# NICs", "number of details.pnics", |c| c.host().and_then(|host| Some(host.pnics.as_ref()?.len() as u64)).into();
        "# VMs total", "relation runs_on", |c| c.load().map(|load| load.vms).into();
        "# VMs", "those that are powered on", |c| c.load().map(|load| load.powered_on).into();
        "VMs per Core", "VMs that are powered on ÷ normalized.hardware.cpu_count", |c| Cell::ratio(c.load().map(|load| load.powered_on), c.asset.normalized.hardware.cpu_count);
        "# vCPUs", "of VMs that are powered on", |c| c.load().map(|load| load.cpus).into();
        "vCPUs per Core", "vCPUs ÷ normalized.hardware.cpu_count", |c| Cell::ratio(c.load().map(|load| load.cpus), c.asset.normalized.hardware.cpu_count);
        "vRAM" ["MiB"], "memory of VMs that are powered on", |c| Cell::mib(c.load().map(|load| load.memory_bytes));
        "Current EVC", "details.evc.current", |c| c.host().and_then(|host| host.evc.as_ref()?.current.as_ref()).into();
        "Max EVC", "details.evc.max", |c| c.host().and_then(|host| host.evc.as_ref()?.max.as_ref()).into();
        "Host Power Policy", "details.cpu.power_policy", |c| c.host().and_then(|host| host.cpu.as_ref()?.power_policy.as_ref()).into();
        "HA state", "details.ha_state", |c| c.host().and_then(|host| host.ha_state.as_ref()).into();
        "vSAN", "details.vsan", |c| c.host().and_then(|host| host.vsan).into();
        "ESX Version", "normalized.os", |c| c.esx_version();
        "Boot time", "details.booted_at", |c| c.host().and_then(|host| host.booted_at.as_ref()).into();
        "Management IP", "normalized.network.management_ip", |c| c.asset.normalized.network.management_ip.as_ref().into();
        "Gateway", "details.gateway", |c| c.host().and_then(|host| host.gateway.as_ref()).into();
        "DNS Servers", "details.dns.servers", |c| texts(c.host().and_then(|host| host.dns.as_ref()?.servers.as_ref()));
        "Domain", "details.dns.domain", |c| c.host().and_then(|host| host.dns.as_ref()?.domain.as_ref()).into();
        "DNS Search Order", "details.dns.search_domains", |c| texts(c.host().and_then(|host| host.dns.as_ref()?.search_domains.as_ref()));
        "NTP Server(s)", "details.ntp.servers", |c| texts(c.host().and_then(|host| host.ntp.as_ref()?.servers.as_ref()));
        "Vendor", "normalized.identity.vendor", |c| c.asset.normalized.identity.vendor.as_ref().into();
        "Model", "normalized.identity.model", |c| c.asset.normalized.identity.model.as_ref().into();
        "Serial number", "normalized.identity.serial_number", |c| c.asset.normalized.identity.serial_number.as_ref().into();
        "BIOS Version", "details.bios.version", |c| c.host().and_then(|host| host.bios.as_ref()?.version.as_ref()).into();
        "BIOS Date", "details.bios.date", |c| c.host().and_then(|host| host.bios.as_ref()?.date.as_ref()).into();
        "Datastores", "details.datastores[].name, else normalized.storage.datastores[].name", |c| c.mounted();
        "Object ID", "external_id", |c| c.asset.id.as_ref().into();
    }

    /// Host bus adapters are not part of `details`: `config.storageDevice.hostBusAdapter` holds CHAP secrets.
    HBA_COLUMNS = {
        "Device", "not read", |_| Cell::Empty;
        "Type", "not read", |_| Cell::Empty;
        "Status", "not read", |_| Cell::Empty;
        "Model", "not read", |_| Cell::Empty;
        "WWN", "not read", |_| Cell::Empty;
    }

    NIC_COLUMNS = {
        "Network Device", "details.pnics[].device", |c| c.pnic().and_then(|nic| nic.device.as_ref()).into();
        "Driver", "details.pnics[].driver", |c| c.pnic().and_then(|nic| nic.driver.as_ref()).into();
        "Speed" ["Mbit/s"], "details.pnics[].speed_mbps; empty when the link is down", |c| c.pnic().and_then(|nic| nic.speed_mbps).into();
        "Duplex", "details.pnics[].full_duplex", |c| c.pnic().and_then(|nic| nic.full_duplex).into();
        "MAC", "details.pnics[].mac", |c| c.pnic().and_then(|nic| nic.mac.as_ref()).into();
        "Switch", "details.pnics[].switch", |c| c.pnic().and_then(|nic| nic.switch.as_ref()).into();
    }

    SWITCH_COLUMNS = {
        "Switch", "details.vswitches[].name", |c| c.switch().and_then(|switch| switch.name.as_ref()).into();
        "Distributed", "details.vswitches[].distributed", |c| c.switch().and_then(|switch| switch.distributed).into();
        "# Ports", "details.vswitches[].ports", |c| c.switch().and_then(|switch| switch.ports).into();
        "MTU" ["bytes"], "details.vswitches[].mtu", |c| c.switch().and_then(|switch| switch.mtu).into();
        "Uplinks", "details.vswitches[].pnics", |c| texts(c.switch().and_then(|switch| switch.pnics.as_ref()));
    }

    PORT_COLUMNS = {
        "Port Group", "details.portgroups[].name", |c| c.port().and_then(|port| port.name.as_ref()).into();
        "Switch", "details.portgroups[].switch", |c| c.port().and_then(|port| port.switch.as_ref()).into();
        "VLAN", "details.portgroups[].vlan_id", |c| c.port().and_then(|port| port.vlan_id).into();
    }

    VMKERNEL_COLUMNS = {
        "Port Group", "details.vmkernels[].portgroup, else name of the port group in portgroup_id", |c| c.vmkernel_port().into();
        "Device", "details.vmkernels[].device", |c| c.vmkernel().and_then(|vmkernel| vmkernel.device.as_ref()).into();
        "Mac Address", "details.vmkernels[].mac", |c| c.vmkernel().and_then(|vmkernel| vmkernel.mac.as_ref()).into();
        "IP Address", "details.vmkernels[].ip", |c| c.vmkernel().and_then(|vmkernel| vmkernel.ip.as_ref()).into();
        "Subnet mask", "details.vmkernels[].prefix", |c| c.subnet_mask();
        "MTU" ["bytes"], "details.vmkernels[].mtu", |c| c.vmkernel().and_then(|vmkernel| vmkernel.mtu).into();
        "Services", "details.vmkernels[].services", |c| texts(c.vmkernel().and_then(|vmkernel| vmkernel.services.as_ref()));
    }
}

fn texts<'c>(texts: Option<&'c Vec<Text<'c>>>) -> Cell<'c> {
    Cell::list(texts.into_iter().flatten().map(Text::as_str))
}

impl<'c> Context<'c> {
    fn mounted(&self) -> Cell<'c> {
        if let Some(datastores) = self.host().and_then(|host| host.datastores.as_ref()) {
            let names = datastores
                .iter()
                .filter_map(|mounted| mounted.name.as_ref());
            return Cell::list(names.map(Text::as_str));
        }
        let datastores = self.asset.normalized.storage.datastores.iter();
        Cell::list(datastores.filter_map(|datastore| datastore.name.as_deref()))
    }
}

pub(super) const HOST: Sheet = Sheet {
    name: "vHost",
    about: "hosts",
    kinds: HOSTS,
    rows: |_| 1,
    columns: &[LEAD, HOST_COLUMNS],
    has_attributes: true,
};

pub(super) const HBA: Sheet = Sheet {
    name: "vHBA",
    about: "host bus adapters; it has no rows, because the property that holds them holds CHAP secrets too and is not read",
    kinds: HOSTS,
    rows: |_| 0,
    columns: &[LEAD, HBA_COLUMNS],
    has_attributes: false,
};

pub(super) const NIC: Sheet = Sheet {
    name: "vNIC",
    about: "physical network cards",
    kinds: HOSTS,
    rows: |c| {
        c.host()
            .and_then(|host| host.pnics.as_ref())
            .map_or(0, Vec::len)
    },
    columns: &[LEAD, NIC_COLUMNS],
    has_attributes: false,
};

pub(super) const SWITCH: Sheet = Sheet {
    name: "vSwitch",
    about: "standard switches of the hosts, and the hosts' parts of distributed ones",
    kinds: HOSTS,
    rows: |c| {
        let switches = c.host().and_then(|host| host.vswitches.as_ref());
        switches.map_or(0, Vec::len)
    },
    columns: &[LEAD, SWITCH_COLUMNS],
    has_attributes: false,
};

pub(super) const PORT: Sheet = Sheet {
    name: "vPort",
    about: "port groups of standard switches",
    kinds: HOSTS,
    rows: |c| {
        let groups = c.host().and_then(|host| host.portgroups.as_ref());
        groups.map_or(0, Vec::len)
    },
    columns: &[LEAD, PORT_COLUMNS],
    has_attributes: false,
};

pub(super) const VMKERNEL: Sheet = Sheet {
    name: "vSC_VMK",
    about: "vmkernel adapters",
    kinds: HOSTS,
    rows: |c| {
        let vmkernels = c.host().and_then(|host| host.vmkernels.as_ref());
        vmkernels.map_or(0, Vec::len)
    },
    columns: &[LEAD, VMKERNEL_COLUMNS],
    has_attributes: false,
};
