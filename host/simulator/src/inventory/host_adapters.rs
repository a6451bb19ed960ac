//! The network and storage adapters of a host.
//!
//! Four network adapters: two of the standard switch, one of the distributed one, one without a link and of no switch. Storage: the
//! controller of the local disks, two fibre channel ports of every second host, software iSCSI of every third, NVMe of every fourth.

use super::property::Property;
use super::site::Site;
use super::version::Version;
use crate::soap::xml::Xml;

pub(crate) const ADAPTERS: u32 = 4;

/// Megabits; none without a link.
fn speed(adapter: u32) -> Option<u32> {
    [Some(1000), Some(1000), Some(25_000), None]
        .get(usize::try_from(adapter).unwrap_or(0))
        .copied()
        .flatten()
}

fn write_adapter(site: &Site, host: u32, adapter: u32, xml: &mut Xml) {
    xml.raw("<key>key-vim.host.PhysicalNic-vmnic")
        .int(adapter)
        .raw("</key><device>vmnic")
        .int(adapter)
        .raw("</device><pci>0000:")
        .hex(u64::from(0x18 + adapter), 2)
        .raw(":00.0</pci>")
        .element("driver", if adapter < 2 { "ntg3" } else { "i40en" });
    if site.version >= Version::V8_0 {
        xml.element("driverVersion", "1.14.2.0")
            .element("firmwareVersion", "9.20 0x8000d84c");
    }
    if let Some(megabits) = speed(adapter) {
        xml.open("linkSpeed")
            .element_int("speedMb", megabits)
            .element_bool("duplex", true)
            .close("linkSpeed");
    }
    xml.raw("<spec></spec><wakeOnLanSupported>true</wakeOnLanSupported><mac>b4:96:91:")
        .hex(u64::from(host >> 8), 2)
        .raw(":")
        .hex(u64::from(host), 2)
        .raw(":")
        .hex(u64::from(adapter), 2)
        .raw("</mac><vmDirectPathGen2Supported>false</vmDirectPathGen2Supported><autoNegotiateSupported>true</autoNegotiateSupported>");
}

fn write_adapters(site: &Site, index: u32, xml: &mut Xml) {
    xml.open_typed("val", "ArrayOfPhysicalNic");
    for adapter in 0..ADAPTERS {
        xml.open_typed("PhysicalNic", "PhysicalNic");
        write_adapter(site, index, adapter, xml);
        xml.close("PhysicalNic");
    }
    xml.close("val");
}

/// A bus adapter's type and device, before what is its type's own.
fn write_bus_adapter(
    kind: &str,
    device: u32,
    (model, driver): (&str, &str),
    protocol: &str,
    site: &Site,
    xml: &mut Xml,
) {
    xml.open_typed("HostHostBusAdapter", kind)
        .raw("<key>key-vim.host.")
        .raw(kind.trim_start_matches("Host"))
        .raw("-vmhba")
        .int(device)
        .raw("</key><device>vmhba")
        .int(device)
        .raw("</device>")
        .element_int("bus", device)
        .element("status", if device == 3 { "offline" } else { "online" })
        .element("model", model)
        .element("driver", driver)
        .raw("<pci>0000:")
        .hex(u64::from(0x40 + device), 2)
        .raw(":00.0</pci>");
    if site.version >= Version::V7_0 {
        xml.element("storageProtocol", protocol);
    }
}

fn write_bus_adapters(site: &Site, index: u32, xml: &mut Xml) {
    xml.open_typed("val", "ArrayOfHostHostBusAdapter");
    let local = ("Lewisburg SATA AHCI Controller", "vmw_ahci");
    write_bus_adapter("HostBlockHba", 0, local, "scsi", site, xml);
    xml.close("HostHostBusAdapter");
    if index.is_multiple_of(4) {
        let nvme = ("NVMe PCIe Storage Controller", "nvme_pcie");
        // It was a block adapter before there was a type for it.
        let kind = if site.version >= Version::V7_0 {
            "HostPcieHba"
        } else {
            "HostBlockHba"
        };
        write_bus_adapter(kind, 1, nvme, "nvme", site, xml);
        xml.close("HostHostBusAdapter");
    }
    if index.is_multiple_of(2) {
        for port in 0..2 {
            let fibre = ("Emulex LightPulse LPe32002 <32 Gb> FC Adapter", "lpfc");
            write_bus_adapter("HostFibreChannelHba", 2 + port, fibre, "scsi", site, xml);
            // 10:00:00:10:9b:… and 20:00:00:10:9b:…
            let low = 0x109b_0000_0000 | i64::from(index) << 8 | i64::from(port);
            xml.element_int("portWorldWideName", (0x1000_i64 << 48) | low)
                .element_int("nodeWorldWideName", (0x2000_i64 << 48) | low)
                .element("portType", if port == 0 { "fabric" } else { "unknown" })
                .element_int("speed", if port == 0 { 32 } else { 0 })
                .close("HostHostBusAdapter");
        }
    }
    if index.is_multiple_of(3) {
        let software = ("iSCSI Software Adapter", "iscsi_vmk");
        write_bus_adapter("HostInternetScsiHba", 64, software, "scsi", site, xml);
        xml.raw(ISCSI)
            .raw("<iScsiName>iqn.1998-01.com.vmware:esx")
            .zero_padded(u64::from(index) + 1, 4)
            .raw(".example.com:")
            .int(1_000_000 + index)
            .raw(":64</iScsiName><iScsiAlias></iScsiAlias><maxSpeedMb>0</maxSpeedMb><currentSpeedMb>0</currentSpeedMb>")
            .close("HostHostBusAdapter");
    }
    xml.close("val");
}

/// What the schema requires of an iSCSI adapter. A host never says the secret of CHAP.
const ISCSI: &str = concat!(
    "<isSoftwareBased>true</isSoftwareBased><canBeDisabled>true</canBeDisabled><networkBindingSupport>optional</networkBindingSupport>",
    "<discoveryCapabilities><iSnsDiscoverySettable>false</iSnsDiscoverySettable><slpDiscoverySettable>false</slpDiscoverySettable>",
    "<staticTargetDiscoverySettable>true</staticTargetDiscoverySettable><sendTargetsDiscoverySettable>true</sendTargetsDiscoverySettable></discoveryCapabilities>",
    "<discoveryProperties><iSnsDiscoveryEnabled>false</iSnsDiscoveryEnabled><slpDiscoveryEnabled>false</slpDiscoveryEnabled>",
    "<staticTargetDiscoveryEnabled>true</staticTargetDiscoveryEnabled><sendTargetsDiscoveryEnabled>true</sendTargetsDiscoveryEnabled></discoveryProperties>",
    "<authenticationCapabilities><chapAuthSettable>true</chapAuthSettable><krb5AuthSettable>false</krb5AuthSettable><srpAuthSettable>false</srpAuthSettable>",
    "<spkmAuthSettable>false</spkmAuthSettable></authenticationCapabilities><authenticationProperties><chapAuthEnabled>true</chapAuthEnabled>",
    "<chapName>stocktake</chapName><chapAuthenticationType>chapPreferred</chapAuthenticationType></authenticationProperties>",
    "<ipCapabilities><addressSettable>false</addressSettable><ipConfigurationMethodSettable>false</ipConfigurationMethodSettable><subnetMaskSettable>false</subnetMaskSettable>",
    "<defaultGatewaySettable>false</defaultGatewaySettable><primaryDnsServerAddressSettable>false</primaryDnsServerAddressSettable>",
    "<alternateDnsServerAddressSettable>false</alternateDnsServerAddressSettable></ipCapabilities><ipProperties><dhcpConfigurationEnabled>false</dhcpConfigurationEnabled></ipProperties>",
);

pub(super) const PROPERTIES: &[(&str, Property)] = &[
    ("config.network.pnic", write_adapters),
    ("config.storageDevice.hostBusAdapter", write_bus_adapters),
];
