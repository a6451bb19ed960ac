//! The networking of a host: its adapters and switches, which refer to each other by keys.

use stocktake_contract::details::{HostPortGroup, HostSwitch, PhysicalNic, Text, VmKernel};

use super::values::{Properties, count, filled, flag, text};
use crate::tape::Value;

/// The lists that refer to each other.
pub(super) struct Network<'a> {
    pnics: Vec<Value<'a>>,
    vmkernels: Vec<Value<'a>>,
    services: Vec<Value<'a>>,
    /// Standard switches, then parts of distributed ones.
    switches: Vec<Switch<'a>>,
}

struct Switch<'a> {
    switch: Value<'a>,
    distributed: bool,
}

impl<'a> Switch<'a> {
    fn name(&self) -> Option<Text<'a>> {
        let field = if self.distributed { "dvsName" } else { "name" };
        text(self.switch.get(field))
    }

    /// The keys of its physical cards.
    fn pnics(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.switch.all("pnic").filter_map(Value::as_str)
    }
}

impl<'a> Network<'a> {
    pub(super) fn read(read: Properties<'a>) -> Self {
        let list = |path| read.get(path).into_iter().flat_map(Value::fields);
        let switches = |path, distributed| {
            list(path).map(move |switch| Switch {
                switch,
                distributed,
            })
        };
        Network {
            pnics: list("config.network.pnic").collect(),
            vmkernels: list("config.network.vnic").collect(),
            services: list("config.virtualNicManagerInfo.netConfig").collect(),
            switches: switches("config.network.vswitch", false)
                .chain(switches("config.network.proxySwitch", true))
                .collect(),
        }
    }

    pub(super) fn pnics(&self) -> Vec<PhysicalNic<'a>> {
        let pnics = self.pnics.iter().map(|pnic| {
            let key = pnic.get("key").and_then(Value::as_str);
            let speed = pnic.get("linkSpeed");
            let mut switches = self.switches.iter();
            let switch = switches.find(|switch| switch.pnics().any(|pnic| Some(pnic) == key));
            PhysicalNic {
                device: text(pnic.get("device")),
                mac: text(pnic.get("mac")),
                speed_mbps: count(speed.and_then(|speed| speed.get("speedMb"))),
                full_duplex: flag(speed.and_then(|speed| speed.get("duplex"))),
                driver: text(pnic.get("driver")),
                switch: switch.and_then(Switch::name),
            }
        });
        pnics.collect()
    }

    pub(super) fn vmkernels(&self) -> Vec<VmKernel<'a>> {
        let vmkernels = self.vmkernels.iter().map(|vmkernel| {
            let spec = vmkernel.get("spec");
            let field = |name| spec.and_then(|spec| spec.get(name));
            let ip = field("ip");
            let mask = ip.and_then(|ip| ip.get("subnetMask")?.as_str());
            let port_group = vmkernel.get("portgroup").or_else(|| field("portgroup"));
            VmKernel {
                device: text(vmkernel.get("device")),
                portgroup: text(port_group),
                portgroup_id: text(
                    field("distributedVirtualPort").and_then(|port| port.get("portgroupKey")),
                ),
                mac: text(field("mac")),
                ip: text(ip.and_then(|ip| ip.get("ipAddress"))),
                prefix: mask.and_then(prefix),
                mtu: count(field("mtu")),
                services: filled(self.services_of(*vmkernel)),
            }
        });
        vmkernels.collect()
    }

    /// The services that an adapter is selected for.
    fn services_of(&self, vmkernel: Value<'a>) -> Vec<Text<'a>> {
        let device = vmkernel.get("device").and_then(Value::as_str);
        let services = self.services.iter().filter(|service| {
            service.all("candidateVnic").any(|candidate| {
                let key = candidate.get("key").and_then(Value::as_str);
                let mut selected = service.all("selectedVnic").filter_map(Value::as_str);
                candidate.get("device").and_then(Value::as_str) == device
                    && selected.any(|selected| Some(selected) == key)
            })
        });
        services
            .filter_map(|service| text(service.get("nicType")))
            .collect()
    }

    pub(super) fn switches(&self) -> Vec<HostSwitch<'a>> {
        let switches = self.switches.iter().map(|switch| {
            let of = switch.switch;
            let devices = switch.pnics().filter_map(|key| {
                let mut pnics = self.pnics.iter();
                let pnic = pnics.find(|pnic| pnic.get("key").and_then(Value::as_str) == Some(key));
                text(pnic?.get("device"))
            });
            HostSwitch {
                name: switch.name(),
                uuid: text(of.get("dvsUuid")),
                distributed: Some(switch.distributed),
                ports: count(of.get("numPorts")),
                mtu: count(of.get("mtu")),
                pnics: filled(devices.collect()),
            }
        });
        switches.collect()
    }
}

/// The port groups of standard switches.
pub(super) fn port_groups(list: Option<Value<'_>>) -> Vec<HostPortGroup<'_>> {
    let specs = list.into_iter().flat_map(Value::fields);
    let specs = specs.filter_map(|port_group| port_group.get("spec"));
    let port_groups = specs.map(|spec| HostPortGroup {
        name: text(spec.get("name")),
        switch: text(spec.get("vswitchName")),
        vlan_id: count(spec.get("vlanId")),
    });
    port_groups.collect()
}

/// The prefix length of a mask such as `255.255.255.0`.
fn prefix(mask: &str) -> Option<u64> {
    let mask = u32::from(mask.trim().parse::<std::net::Ipv4Addr>().ok()?);
    let ones = mask.leading_ones();
    (mask.count_ones() == ones).then_some(u64::from(ones))
}

#[cfg(test)]
mod tests {
    use super::prefix;

    #[test]
    fn a_mask_has_a_prefix_length_when_its_ones_are_in_front() {
        assert_eq!(prefix("255.255.240.0"), Some(20));
        assert_eq!(prefix("0.0.0.0"), Some(0));
        assert_eq!(prefix("255.255.255.255"), Some(32));
        assert_eq!(prefix("255.0.255.0"), None);
        assert_eq!(prefix("ffff"), None);
    }
}
