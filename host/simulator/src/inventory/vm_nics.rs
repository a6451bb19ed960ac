//! The network cards of a VM: one or two on standard and distributed networks; in a varied inventory also on opaque ones.

use super::draw::{Draw, Topic};
use super::names::{write_reference, write_val_references};
use super::network;
use super::object::{Kind, Object};
use super::oddity::Oddity;
use super::site::{NETWORKS_PER_DATACENTER, PORT_GROUPS_PER_DATACENTER, Site};
use super::vm::Vm;
use super::vm_devices::write_device_info;
use crate::soap::xml::Xml;

const MANY: u32 = 10;

/// A card and where it is plugged in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Nic {
    pub(crate) network: Object,
    model: &'static str,
    /// Not connected when the VM starts, nor now.
    is_unplugged: bool,
}

/// The network cards of a VM, in slot order.
pub(crate) fn nics(site: &Site, vm: &Vm) -> Vec<Nic> {
    let datacenter = site.datacenter_of_vm(vm.index);
    let mut draw = Draw::new(site.seed, Topic::VmNics, vm.index);
    let oddity = Oddity::of(site, vm).filter(|_| site.varied);
    let count = match draw.below(100) {
        _ if vm.agent => 0,
        _ if oddity == Some(Oddity::ManyDevices) => MANY,
        0..70 => 1,
        _ => 2,
    };
    let cards = (0..count).map(|nth| {
        let model = *draw.pick(&[
            "VirtualVmxnet3",
            "VirtualVmxnet3",
            "VirtualVmxnet3",
            "VirtualE1000",
            "VirtualE1000e",
        ]);
        let network = if draw.percent(20) || site.host_agent {
            let nth = draw.below(NETWORKS_PER_DATACENTER);
            Object::new(Kind::Network, site.network(datacenter, nth))
        } else {
            let nth = 1 + draw.below(PORT_GROUPS_PER_DATACENTER - 1);
            Object::new(Kind::PortGroup, site.port_group(datacenter, nth))
        };
        let nic = Nic {
            network,
            model,
            is_unplugged: false,
        };
        match oddity {
            None if !site.varied => nic,
            Some(Oddity::OpaqueNetwork) if nth == 0 => Nic {
                network: Object::new(Kind::OpaqueNetwork, datacenter),
                ..nic
            },
            _ => Nic {
                is_unplugged: (vm.index + nth).is_multiple_of(13),
                ..nic
            },
        }
    });
    cards.collect()
}

/// The networks a VM is attached to, each once.
pub(crate) fn networks(site: &Site, vm: &Vm) -> Vec<Object> {
    let mut networks = Vec::new();
    for nic in nics(site, vm) {
        if !networks.contains(&nic.network) {
            networks.push(nic.network);
        }
    }
    networks
}

pub(crate) fn write_networks(site: &Site, index: u32, xml: &mut Xml) {
    write_val_references(site, networks(site, &Vm::new(site, index)).into_iter(), xml);
}

/// `00:50:56:80…` to `bf`: the range vCenter assigns from; unique for two million VMs. Further cards have one of VMware's others.
pub(crate) fn write_mac(vm: u32, nic: u32, xml: &mut Xml) {
    if nic >= 2 {
        xml.raw("00:0c:29:")
            .hex(u64::from(nic), 2)
            .raw(":")
            .hex(u64::from(vm) >> 8, 2)
            .raw(":")
            .hex(u64::from(vm), 2);
        return;
    }
    let number = u64::from(vm) * 2 + u64::from(nic);
    xml.raw("00:50:56:")
        .hex(0x80 + ((number >> 16) & 0x3f), 2)
        .raw(":")
        .hex(number >> 8, 2)
        .raw(":")
        .hex(number, 2);
}

/// The name of a network, as markup.
pub(crate) fn write_network_name(network: Object, xml: &mut Xml) {
    match network.kind {
        Kind::PortGroup => network::write_port_group_name(network.index, xml),
        Kind::OpaqueNetwork => network::write_opaque_name(network.index, xml),
        _ => {
            xml.raw(network::standard_name(network.index));
        }
    }
}

fn write_backing(site: &Site, vm: &Vm, nth: u32, network: Object, xml: &mut Xml) {
    match network.kind {
        Kind::PortGroup => {
            xml.raw(r#"<backing xsi:type="VirtualEthernetCardDistributedVirtualPortBackingInfo"><port><switchUuid>"#);
            network::write_switch_uuid(site, network.index / PORT_GROUPS_PER_DATACENTER, xml);
            xml.raw("</switchUuid><portgroupKey>");
            site.write_id(network, xml);
            xml.raw("</portgroupKey>");
            xml.element_int("portKey", i64::from(vm.index) * 2 + i64::from(nth));
            xml.element_int("connectionCookie", vm.index);
            xml.raw("</port></backing>");
        }
        Kind::OpaqueNetwork => {
            xml.raw(r#"<backing xsi:type="VirtualEthernetCardOpaqueNetworkBackingInfo"><opaqueNetworkId>"#);
            network::write_opaque_id(site, network.index, xml);
            xml.raw("</opaqueNetworkId><opaqueNetworkType>nsx.LogicalSwitch</opaqueNetworkType></backing>");
        }
        _ => {
            xml.raw(r#"<backing xsi:type="VirtualEthernetCardNetworkBackingInfo"><deviceName>"#)
                .raw(network::standard_name(network.index))
                .raw("</deviceName><useAutoDetect>false</useAutoDetect>");
            write_reference(site, "network", network, xml);
            xml.raw("<inPassthroughMode>false</inPassthroughMode></backing>");
        }
    }
}

/// `starts` is whether the device is connected when the VM starts, `connected` whether it is now.
pub(super) fn write_connectable(xml: &mut Xml, starts: bool, connected: bool) {
    xml.raw("<connectable><migrateConnect>unset</migrateConnect>")
        .element_bool("startConnected", starts)
        .raw("<allowGuestControl>true</allowGuestControl>")
        .element_bool("connected", connected)
        .raw("<status>")
        .raw(if connected { "ok" } else { "untried" })
        .raw("</status></connectable>");
}

pub(super) fn write_nic(site: &Site, vm: &Vm, nth: u32, nic: Nic, xml: &mut Xml) {
    xml.open_typed("VirtualDevice", nic.model);
    xml.element_int("key", 4000 + nth);
    write_device_info(xml, "Network adapter ", nth + 1, |xml| {
        match nic.network.kind {
            Kind::PortGroup => {
                xml.raw("DVSwitch: ");
                let switch = nic.network.index / PORT_GROUPS_PER_DATACENTER;
                network::write_switch_uuid(site, switch, xml);
            }
            Kind::OpaqueNetwork => {
                xml.raw("nsx.LogicalSwitch: ");
                network::write_opaque_id(site, nic.network.index, xml);
            }
            _ => {
                xml.raw(network::standard_name(nic.network.index));
            }
        }
    });
    write_backing(site, vm, nth, nic.network, xml);
    let connected = vm.is_on() && !nic.is_unplugged;
    let starts = if site.varied {
        !nic.is_unplugged
    } else {
        connected
    };
    write_connectable(xml, starts, connected);
    xml.raw("<controllerKey>100</controllerKey>");
    xml.element_int("unitNumber", 7 + nth);
    xml.raw("<addressType>assigned</addressType><macAddress>");
    write_mac(vm.index, nth, xml);
    xml.raw("</macAddress><wakeOnLanEnabled>true</wakeOnLanEnabled>");
    xml.raw("<resourceAllocation><reservation>0</reservation><share><shares>50</shares><level>normal</level></share><limit>-1</limit></resourceAllocation>");
    if nic.model == "VirtualVmxnet3" {
        xml.raw("<uptCompatibilityEnabled>true</uptCompatibilityEnabled>");
    }
    xml.close("VirtualDevice");
}
