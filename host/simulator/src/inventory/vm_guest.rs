//! What VMware Tools report: nothing for a VM that is off or has no tools.

use super::draw::{Draw, Topic};
use super::names::write_val_text;
use super::network;
use super::object::Kind;
use super::site::Site;
use super::vm::Vm;
use super::vm_devices::{nics, write_mac};
use crate::soap::xml::Xml;

/// The state of the tools and the layout of what they report.
struct Guest {
    vm: Vm,
    running: bool,
    version: &'static str,
    /// IPv6 next to IPv4.
    ipv6: bool,
    /// A container bridge, which belongs to no virtual card.
    bridge: bool,
    /// Old tools fill the flat address list only.
    flat: bool,
    /// Very old tools report the main address and no list at all.
    address_only: bool,
}

impl Guest {
    fn new(site: &Site, index: u32) -> Self {
        let vm = Vm::new(site, index);
        let mut draw = Draw::new(site.seed, Topic::VmGuest, index);
        let version = *draw.pick(&[
            "guestToolsCurrent",
            "guestToolsCurrent",
            "guestToolsCurrent",
            "guestToolsUnmanaged",
            "guestToolsUnmanaged",
            "guestToolsUnmanaged",
            "guestToolsSupportedOld",
            "guestToolsSupportedNew",
            "guestToolsTooOld",
            "guestToolsNotInstalled",
        ]);
        let version = if vm.agent {
            "guestToolsNotInstalled"
        } else {
            version
        };
        Self {
            running: vm.is_on() && version != "guestToolsNotInstalled" && draw.percent(96),
            version,
            ipv6: draw.percent(40),
            bridge: !vm.os.windows && draw.percent(10),
            flat: draw.percent(3),
            address_only: draw.percent(2),
            vm,
        }
    }

    fn write_ipv4(&self, nic: u32, xml: &mut Xml) {
        let number = self.vm.index * 2 + nic;
        xml.raw("10.")
            .int((number >> 16) & 0xff)
            .raw(".")
            .int((number >> 8) & 0xff)
            .raw(".")
            .int(number & 0xff);
    }

    fn write_link_local(&self, nic: u32, xml: &mut Xml) {
        let number = u64::from(self.vm.index) * 2 + u64::from(nic);
        xml.raw("fe80::250:56ff:fe")
            .hex(0x80 + ((number >> 16) & 0x3f), 2)
            .raw(":")
            .hex(number | 0x1_0000, 4);
    }

    fn write_global(&self, nic: u32, xml: &mut Xml) {
        let number = self.vm.index * 2 + nic;
        xml.raw("2001:db8:0:1::")
            .hex(u64::from(number >> 16) | 0x1000, 4)
            .raw(":")
            .hex(u64::from(number) | 0x1000, 4);
    }

    fn write_flat_addresses(&self, nic: u32, xml: &mut Xml) {
        xml.open("ipAddress");
        self.write_ipv4(nic, xml);
        xml.close("ipAddress").open("ipAddress");
        self.write_link_local(nic, xml);
        xml.close("ipAddress");
        if self.ipv6 {
            xml.open("ipAddress");
            self.write_global(nic, xml);
            xml.close("ipAddress");
        }
    }

    fn write_configured_addresses(&self, nic: u32, xml: &mut Xml) {
        xml.raw("<ipConfig><ipAddress><ipAddress>");
        self.write_ipv4(nic, xml);
        xml.raw("</ipAddress><prefixLength>24</prefixLength><state>preferred</state></ipAddress><ipAddress><ipAddress>");
        self.write_link_local(nic, xml);
        xml.raw("</ipAddress><prefixLength>64</prefixLength><state>unknown</state></ipAddress>");
        if self.ipv6 {
            xml.raw("<ipAddress><ipAddress>");
            self.write_global(nic, xml);
            xml.raw("</ipAddress><prefixLength>64</prefixLength><origin>linklayer</origin><state>preferred</state></ipAddress>");
        }
        xml.raw("</ipConfig>");
    }

    fn write_nics(&self, site: &Site, xml: &mut Xml) {
        for (nth, nic) in nics(site, &self.vm).enumerate() {
            let nth = u32::try_from(nth).unwrap_or(0);
            xml.raw("<GuestNicInfo xsi:type=\"GuestNicInfo\"><network>");
            if nic.network.kind == Kind::PortGroup {
                network::write_port_group_name(nic.network.index, xml);
            } else {
                xml.raw(network::standard_name(nic.network.index));
            }
            xml.close("network");
            self.write_flat_addresses(nth, xml);
            xml.open("macAddress");
            write_mac(self.vm.index, nth, xml);
            xml.raw("</macAddress><connected>true</connected>");
            xml.element_int("deviceConfigId", 4000 + nth);
            if !self.flat {
                self.write_configured_addresses(nth, xml);
            }
            xml.close("GuestNicInfo");
        }
        if self.bridge {
            xml.raw(BRIDGE);
        }
    }
}

const BRIDGE: &str = concat!(
    r#"<GuestNicInfo xsi:type="GuestNicInfo"><ipAddress>172.17.0.1</ipAddress><macAddress>02:42:ac:11:00:01</macAddress><connected>true</connected>"#,
    "<deviceConfigId>-1</deviceConfigId><ipConfig><ipAddress><ipAddress>172.17.0.1</ipAddress><prefixLength>16</prefixLength><state>preferred</state></ipAddress></ipConfig></GuestNicInfo>",
);

pub(super) fn write_host_name(site: &Site, index: u32, xml: &mut Xml) {
    let guest = Guest::new(site, index);
    if guest.running {
        write_val_text(xml, |xml| {
            guest.vm.write_label(site, xml);
            xml.raw(if guest.vm.os.windows {
                ".corp.example.com"
            } else {
                ".example.com"
            });
        });
    }
}

pub(super) fn write_net(site: &Site, index: u32, xml: &mut Xml) {
    let guest = Guest::new(site, index);
    if guest.running && !guest.address_only {
        xml.open_typed("val", "ArrayOfGuestNicInfo");
        guest.write_nics(site, xml);
        xml.close("val");
    }
}

pub(super) fn write_address(site: &Site, index: u32, xml: &mut Xml) {
    let guest = Guest::new(site, index);
    if guest.running && nics(site, &guest.vm).next().is_some() {
        write_val_text(xml, |xml| guest.write_ipv4(0, xml));
    }
}

pub(super) fn write_running_status(site: &Site, index: u32, xml: &mut Xml) {
    let guest = Guest::new(site, index);
    xml.val_string(if !guest.running {
        "guestToolsNotRunning"
    } else if index % 97 == 5 {
        "guestToolsExecutingScripts"
    } else {
        "guestToolsRunning"
    });
}

pub(super) fn write_version_status(site: &Site, index: u32, xml: &mut Xml) {
    xml.val_string(Guest::new(site, index).version);
}
