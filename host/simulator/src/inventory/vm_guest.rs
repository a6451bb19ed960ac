//! What VMware Tools report: nothing for a VM that is off or has no tools.

use super::draw::{Draw, Topic};
use super::names::write_val_text;
use super::property::Property;
use super::site::Site;
use super::version::Version;
use super::vm::Vm;
use super::vm_nics::{nics, write_mac, write_network_name};
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

    /// Makes the addresses of a card its own.
    fn number(&self, nic: u32) -> u32 {
        match nic {
            0 | 1 => self.vm.index * 2 + nic,
            _ => ((0x80 + nic) << 16) | (self.vm.index & 0xffff),
        }
    }

    fn write_ipv4(&self, nic: u32, xml: &mut Xml) {
        let number = self.number(nic);
        xml.raw("10.")
            .int((number >> 16) & 0xff)
            .raw(".")
            .int((number >> 8) & 0xff)
            .raw(".")
            .int(number & 0xff);
    }

    fn write_link_local(&self, nic: u32, xml: &mut Xml) {
        let number = u64::from(self.number(nic));
        xml.raw("fe80::250:56ff:fe")
            .hex(0x80 + ((number >> 16) & 0x3f), 2)
            .raw(":")
            .hex(number | 0x1_0000, 4);
    }

    fn write_global(&self, nic: u32, xml: &mut Xml) {
        let number = self.number(nic);
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
        for (nth, nic) in nics(site, &self.vm).into_iter().enumerate() {
            let nth = u32::try_from(nth).unwrap_or(0);
            xml.raw("<GuestNicInfo xsi:type=\"GuestNicInfo\"><network>");
            write_network_name(nic.network, xml);
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
    if guest.running && !nics(site, &guest.vm).is_empty() {
        write_val_text(xml, |xml| guest.write_ipv4(0, xml));
    }
}

/// As `toolsVersion` spells a version: 12389 is 12.3.5.
fn tools_number(guest: &Guest) -> Option<u32> {
    Some(match guest.version {
        "guestToolsNotInstalled" => return None,
        "guestToolsCurrent" => 12_389,
        "guestToolsSupportedNew" => 13_313,
        "guestToolsTooOld" => 8_384,
        // Of a package of the distribution, which counts differently.
        "guestToolsUnmanaged" => 12_325 + guest.vm.index % 3,
        _ => 11_365,
    })
}

fn install_type(guest: &Guest) -> &'static str {
    match (guest.version, guest.vm.os.windows) {
        ("guestToolsNotInstalled", _) => "guestToolsTypeUnknown",
        ("guestToolsUnmanaged", _) => "guestToolsTypeOpenVMTools",
        (_, true) => "guestToolsTypeMSI",
        _ => "guestToolsTypeTar",
    }
}

const GIB: u64 = 1 << 30;
/// Path, type, the disk below and its size in GiB.
const LINUX: [(&str, &str, u64); 4] = [
    ("/", "xfs", 40),
    ("/boot", "ext4", 1),
    ("/var/lib/data 100%", "ext4", 200),
    ("/mnt/ünïcode & <more>", "nfs", 500),
];
const WINDOWS: [(&str, &str, u64); 2] = [("C:\\", "NTFS", 60), ("D:\\", "NTFS", 500)];

fn write_disks(site: &Site, index: u32, xml: &mut Xml) {
    let guest = Guest::new(site, index);
    if !guest.running || guest.address_only {
        return;
    }
    let mut draw = Draw::new(site.seed ^ 1, Topic::VmGuest, index);
    let all: &[_] = if guest.vm.os.windows {
        &WINDOWS
    } else {
        &LINUX
    };
    let count = 1 + draw.below(u32::try_from(all.len()).unwrap_or(1));
    xml.open_typed("val", "ArrayOfGuestDiskInfo");
    for &(path, kind, gib) in all.iter().take(usize::try_from(count).unwrap_or(1)) {
        let capacity = gib * GIB - 0x10_0000;
        let free = capacity / 100 * u64::from(draw.below(100));
        xml.open_typed("GuestDiskInfo", "GuestDiskInfo")
            .element("diskPath", path)
            .open("capacity")
            .zero_padded(capacity, 1)
            .raw("</capacity><freeSpace>")
            .zero_padded(free, 1)
            .close("freeSpace");
        if site.version >= Version::V7_0 {
            xml.element("filesystemType", kind);
            if kind != "nfs" {
                xml.raw("<mappings><key>2000</key></mappings>");
            }
        }
        xml.close("GuestDiskInfo");
    }
    xml.close("val");
}

fn full_name(site: &Site, index: u32, xml: &mut Xml) {
    xml.val_string(Vm::new(site, index).os.full_name);
}

fn state(site: &Site, index: u32, xml: &mut Xml) {
    let running = Guest::new(site, index).running;
    xml.val_string(if running { "running" } else { "notRunning" });
}

pub(super) const PROPERTIES: &[(&str, Property)] = &[
    ("config.guestFullName", full_name),
    ("summary.config.guestFullName", full_name),
    // What the tools report: an appliance calls itself by another name.
    ("guest.guestFullName", |site, index, xml| {
        let guest = Guest::new(site, index);
        if guest.running {
            xml.val_string(match guest.vm.os.id {
                "other5xLinux64Guest" => "VMware Photon OS (64-bit)",
                _ => guest.vm.os.full_name,
            });
        }
    }),
    ("guest.guestId", |site, index, xml| {
        let guest = Guest::new(site, index);
        if guest.running {
            xml.val_string(guest.vm.os.id);
        }
    }),
    ("guest.guestFamily", |site, index, xml| {
        let guest = Guest::new(site, index);
        if guest.running {
            xml.val_string(match guest.vm.os {
                os if os.windows => "windowsGuest",
                os if os.id.starts_with("freebsd") => "otherGuestFamily",
                _ => "linuxGuest",
            });
        }
    }),
    ("guest.guestState", state),
    ("guest.disk", write_disks),
    ("guest.toolsVersion", |site, index, xml| {
        let number = tools_number(&Guest::new(site, index)).unwrap_or(0);
        write_val_text(xml, |xml| {
            xml.int(number);
        });
    }),
    ("config.tools.toolsVersion", |site, index, xml| {
        xml.val_int(tools_number(&Guest::new(site, index)).unwrap_or(0));
    }),
    ("guest.toolsInstallType", |site, index, xml| {
        let guest = Guest::new(site, index);
        if guest.running {
            xml.val_string(install_type(&guest));
        }
    }),
    ("config.tools.toolsInstallType", |site, index, xml| {
        xml.val_string(install_type(&Guest::new(site, index)));
    }),
];

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
