//! The types of fields that the wire does not name.
//!
//! Only polymorphic elements carry an `xsi:type`. Inside a data object the type
//! of a field is known from the schema alone, and the schema is known here for
//! what the property profiles read. Text and data objects need no entry: an
//! undeclared element is text, or an object when it has children. So a label
//! stays text although it looks like a number.

mod index;

use crate::tape::Type;

/// The namespace of XML Schema's own types.
const XSD: &str = "http://www.w3.org/2001/XMLSchema";

/// What the schema says of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Its type. A reference's own type stands in its `type` attribute.
    pub declared: Type<'static>,
    /// It is an array, though it may stand but once.
    pub repeats: bool,
}

impl Shape {
    const UNKNOWN: Shape = one(Type::Undeclared);
}

/// What the schema says of `field` inside an element named `parent`: a field, an
/// item of an array, or a property path.
#[must_use]
pub fn shape(parent: &str, field: &str) -> Shape {
    match field {
        // Items of arrays of scalars are named after their type.
        "string" => one(Type::Text),
        "int" | "long" | "short" | "byte" | "double" | "float" => NUMBER,
        "boolean" => FLAG,
        _ => index::find(parent, field).unwrap_or(Shape::UNKNOWN),
    }
}

/// The type that an `xsi:type` names, its prefix resolved to `namespace`.
/// `reference` is the element's `type` attribute, which names the type of a
/// referenced object.
#[must_use]
pub fn declared_by_xsi<'a>(
    namespace: &str,
    local: &'a str,
    reference: Option<&'a str>,
) -> Type<'a> {
    if namespace == XSD {
        return match local {
            "int" | "long" | "short" | "byte" | "integer" | "decimal" | "double" | "float" => {
                Type::Number
            }
            "boolean" => Type::Flag,
            "anyType" => Type::Undeclared,
            _ if local.starts_with("unsigned") => Type::Number,
            _ => Type::Text,
        };
    }
    match local {
        "ManagedObjectReference" => Type::Reference(reference.unwrap_or_default()),
        _ if local.starts_with("ArrayOf") => Type::Array,
        _ => Type::Data(local),
    }
}

const fn one(declared: Type<'static>) -> Shape {
    Shape {
        declared,
        repeats: false,
    }
}

const fn many(declared: Type<'static>) -> Shape {
    Shape {
        declared,
        repeats: true,
    }
}

const NUMBER: Shape = one(Type::Number);
const NUMBERS: Shape = many(Type::Number);
const FLAG: Shape = one(Type::Flag);
const TEXTS: Shape = many(Type::Text);
const OBJECTS: Shape = many(Type::Undeclared);
const REFERENCE: Shape = one(Type::Reference(""));

/// Fields by the name of the element around them.
#[rustfmt::skip]
const FIELDS: &[(&str, &[(&str, Shape)])] = &[
    // config.hardware.device: VirtualDevice and everything derived from it.
    ("VirtualDevice", &[
        ("key", NUMBER), ("controllerKey", NUMBER), ("unitNumber", NUMBER), ("numaNode", NUMBER),
        // Controllers.
        ("busNumber", NUMBER), ("device", NUMBERS), ("scsiCtlrUnitNumber", NUMBER), ("hotAddRemove", FLAG),
        ("autoConnectDevices", FLAG), ("ehciEnabled", FLAG),
        // Disks and persistent memory.
        ("capacityInKB", NUMBER), ("capacityInBytes", NUMBER), ("capacityInMB", NUMBER), ("configuredCapacityInMB", NUMBER),
        ("iofilter", TEXTS), ("independentFilters", OBJECTS), ("nativeUnmanagedLinkedClone", FLAG), ("guestReadOnly", FLAG),
        ("vDiskVersion", NUMBER),
        // Ethernet cards.
        ("wakeOnLanEnabled", FLAG), ("uptCompatibilityEnabled", FLAG), ("uptv2Enabled", FLAG), ("strictLatencyConfig", FLAG),
        ("allowGuestOSMtuChange", FLAG),
        // USB.
        ("connected", FLAG), ("vendor", NUMBER), ("product", NUMBER), ("family", TEXTS), ("speed", TEXTS),
        // Video.
        ("videoRamSizeInKB", NUMBER), ("numDisplays", NUMBER), ("useAutoDetect", FLAG), ("enable3DSupport", FLAG),
        ("graphicsMemorySizeInKB", NUMBER),
        // VMCI.
        ("id", NUMBER), ("allowUnrestrictedCommunication", FLAG), ("filterEnable", FLAG),
        // TPM, serial port, watchdog.
        ("endorsementKeyCertificateSigningRequest", TEXTS), ("endorsementKeyCertificate", TEXTS), ("yieldOnPoll", FLAG),
        ("runOnBoot", FLAG), ("running", FLAG),
    ]),
    ("connectable", &[("startConnected", FLAG), ("allowGuestControl", FLAG), ("connected", FLAG)]),
    ("slotInfo", &[("pciSlotNumber", NUMBER), ("ehciPciSlotNumber", NUMBER)]),
    ("deviceGroupInfo", &[("groupInstanceKey", NUMBER), ("sequenceId", NUMBER)]),
    ("shares", &[("shares", NUMBER)]),
    ("share", &[("shares", NUMBER)]),
    ("storageIOAllocation", &[("limit", NUMBER), ("reservation", NUMBER)]),
    ("resourceAllocation", &[("limit", NUMBER), ("reservation", NUMBER)]),
    ("vFlashCacheConfigInfo", &[("reservationInMB", NUMBER), ("blockSizeInKB", NUMBER)]),
    ("independentFilters", &[("filterCapabilities", OBJECTS)]),
    ("filterInfo", &[("filters", OBJECTS)]),
    ("filters", &[("rank", NUMBER), ("lowerDstPortBoundary", NUMBER), ("upperDstPortBoundary", NUMBER)]),
    ("sriovBacking", &[("virtualFunctionIndex", NUMBER)]),
    ("physicalFunctionBacking", PCI_BACKING),
    ("virtualFunctionBacking", PCI_BACKING),
    ("allowedDevice", &[
        ("vendorId", NUMBER), ("deviceId", NUMBER), ("subVendorId", NUMBER), ("subDeviceId", NUMBER), ("revisionId", NUMBER),
    ]),
    ("backing", BACKING),
    ("parent", BACKING),
    ("port", &[("connectionCookie", NUMBER)]),

    // guest.net
    ("GuestNicInfo", &[("ipAddress", TEXTS), ("connected", FLAG), ("deviceConfigId", NUMBER)]),
    ("dnsConfig", &[("dhcp", FLAG), ("ipAddress", TEXTS), ("searchDomain", TEXTS)]),
    ("ipConfig", &[("ipAddress", OBJECTS), ("autoConfigurationEnabled", FLAG)]),
    ("ipAddress", &[("prefixLength", NUMBER)]),
    ("ipv4", &[("enable", FLAG), ("config", OBJECTS)]),
    ("ipv6", &[("enable", FLAG), ("config", OBJECTS)]),

    // config.network.vnic and consoleVnic
    ("spec", &[
        ("mtu", NUMBER), ("tsoEnabled", FLAG), ("systemOwned", FLAG), ("vlanId", NUMBER), ("numPorts", NUMBER),
    ]),
    ("ip", &[("dhcp", FLAG)]),
    ("ipV6Config", &[("ipV6Address", OBJECTS), ("autoConfigurationEnabled", FLAG), ("dhcpV6Enabled", FLAG)]),
    ("ipV6Address", &[("prefixLength", NUMBER)]),
    ("distributedVirtualPort", &[("connectionCookie", NUMBER)]),

    // config.virtualNicManagerInfo.netConfig
    ("VirtualNicManagerNetConfig", &[("multiSelectAllowed", FLAG), ("candidateVnic", OBJECTS), ("selectedVnic", TEXTS)]),

    // config.storageDevice.scsiLun: ScsiLun and HostScsiDisk.
    ("ScsiLun", &[
        ("descriptor", OBJECTS), ("alternateName", OBJECTS), ("standardInquiry", NUMBERS), ("operationalState", TEXTS),
        ("physicalLocation", TEXTS), ("scsiLevel", NUMBER), ("queueDepth", NUMBER), ("protocolEndpoint", FLAG),
        ("perenniallyReserved", FLAG), ("clusteredVmdkSupported", FLAG), ("ssd", FLAG), ("localDisk", FLAG),
        ("emulatedDIXDIFEnabled", FLAG), ("usedByMemoryTiering", FLAG),
    ]),
    ("durableName", DURABLE_NAME),
    ("alternateName", DURABLE_NAME),
    ("capabilities", &[("updateDisplayNameSupported", FLAG)]),
    ("capacity", &[("blockSize", NUMBER), ("block", NUMBER)]),
    ("vsanDiskInfo", &[("formatVersion", NUMBER)]),

    // config.storageDevice.nvmeTopology
    ("config.storageDevice.nvmeTopology", &[("adapter", OBJECTS)]),
    ("adapter", &[("connectedController", OBJECTS)]),
    ("connectedController", &[
        ("controllerNumber", NUMBER), ("numberOfQueues", NUMBER), ("queueSize", NUMBER), ("fusedOperationSupported", FLAG),
        ("attachedNamespace", OBJECTS),
    ]),
    ("attachedNamespace", NAMESPACE),
    ("HostNvmeNamespace", NAMESPACE),

    // hardware.cpuInfo
    ("hardware.cpuInfo", &[
        ("numCpuPackages", NUMBER), ("numCpuCores", NUMBER), ("numCpuThreads", NUMBER), ("hz", NUMBER),
    ]),

    // The hosts of a datastore.
    ("DatastoreHostMount", &[("key", REFERENCE)]),
    ("mountInfo", &[("mounted", FLAG), ("accessible", FLAG), ("vmknicActive", FLAG), ("numTcpConnections", NUMBER)]),

    // customValue, and the definitions of CustomFieldsManager.field.
    ("CustomFieldValue", &[("key", NUMBER)]),
    ("CustomFieldDef", &[("key", NUMBER)]),

    // snapshot.rootSnapshotList
    ("VirtualMachineSnapshotTree", SNAPSHOT),
    ("childSnapshotList", SNAPSHOT),

    // guest.disk
    ("GuestDiskInfo", &[("capacity", NUMBER), ("freeSpace", NUMBER), ("mappings", OBJECTS)]),
    ("mappings", &[("key", NUMBER)]),

    // Allocation of VMs and pools, storage of VMs.
    ("config.cpuAllocation", ALLOCATION),
    ("config.memoryAllocation", ALLOCATION),
    ("summary.storage", &[("committed", NUMBER), ("uncommitted", NUMBER), ("unshared", NUMBER)]),

    // Firmware and power policy of hosts.
    ("hardware.biosInfo", &[
        ("majorRelease", NUMBER), ("minorRelease", NUMBER), ("firmwareMajorRelease", NUMBER), ("firmwareMinorRelease", NUMBER),
    ]),
    ("config.powerSystemInfo.currentPolicy", &[("key", NUMBER)]),

    // config.network.pnic, vswitch, proxySwitch, portgroup and dnsConfig
    ("PhysicalNic", &[
        ("validLinkSpecification", OBJECTS), ("wakeOnLanSupported", FLAG), ("autoNegotiateSupported", FLAG),
        ("resourcePoolSchedulerAllowed", FLAG), ("resourcePoolSchedulerDisallowedReason", TEXTS),
        ("vmDirectPathGen2Supported", FLAG), ("enhancedNetworkingStackSupported", FLAG), ("ensInterruptSupported", FLAG),
        ("rdmaDevice", TEXTS),
    ]),
    ("linkSpeed", LINK_SPEED),
    ("validLinkSpecification", LINK_SPEED),
    ("HostVirtualSwitch", &[
        ("numPorts", NUMBER), ("numPortsAvailable", NUMBER), ("mtu", NUMBER), ("portgroup", TEXTS), ("pnic", TEXTS),
    ]),
    ("HostProxySwitch", &[
        ("numPorts", NUMBER), ("configNumPorts", NUMBER), ("numPortsAvailable", NUMBER), ("mtu", NUMBER), ("uplinkPort", OBJECTS),
        ("pnic", TEXTS), ("networkReservationSupported", FLAG), ("nsxtEnabled", FLAG), ("ensEnabled", FLAG),
        ("ensInterruptEnabled", FLAG), ("hostLag", OBJECTS),
    ]),
    ("HostPortGroup", &[("port", OBJECTS)]),
    ("config.network.dnsConfig", &[("dhcp", FLAG), ("address", TEXTS), ("searchDomain", TEXTS)]),

    // Volumes of hosts and datastores.
    ("volume", VOLUME),
    ("vmfs", VOLUME),
    ("info", &[("freeSpace", NUMBER), ("maxFileSize", NUMBER), ("maxVirtualDiskCapacity", NUMBER), ("maxMemoryFileSize", NUMBER)]),

    // config.defaultPortConfig and config.uplinkPortPolicy; the VLAN is a number, or the ranges of a trunk.
    ("vlan", &[("vlanId", NUMBER), ("pvlanId", NUMBER), ("inherited", FLAG)]),
    ("vlanId", &[("start", NUMBER), ("end", NUMBER)]),
    ("config.uplinkPortPolicy", &[("uplinkPortName", TEXTS)]),
];

/// A snapshot has its children inside.
const SNAPSHOT: &[(&str, Shape)] = &[
    ("snapshot", REFERENCE),
    ("vm", REFERENCE),
    ("id", NUMBER),
    ("quiesced", FLAG),
    ("replaySupported", FLAG),
    ("childSnapshotList", OBJECTS),
];

const ALLOCATION: &[(&str, Shape)] = &[
    ("reservation", NUMBER),
    ("expandableReservation", FLAG),
    ("limit", NUMBER),
    ("overheadLimit", NUMBER),
];

const LINK_SPEED: &[(&str, Shape)] = &[("speedMb", NUMBER), ("duplex", FLAG)];

#[rustfmt::skip]
const VOLUME: &[(&str, Shape)] = &[
    ("capacity", NUMBER), ("blockSizeMb", NUMBER), ("blockSize", NUMBER), ("unmapGranularity", NUMBER), ("maxBlocks", NUMBER),
    ("majorVersion", NUMBER), ("extent", OBJECTS), ("vmfsUpgradable", FLAG), ("ssd", FLAG), ("local", FLAG),
];

const PCI_BACKING: &[(&str, Shape)] = &[("vendorId", NUMBER), ("useAutoDetect", FLAG)];

/// Every backing of a device. A snapshot's disk has its parent's backing inside its own.
#[rustfmt::skip]
const BACKING: &[(&str, Shape)] = &[
    ("datastore", REFERENCE), ("network", REFERENCE), ("thinProvisioned", FLAG), ("eagerlyScrub", FLAG), ("split", FLAG),
    ("writeThrough", FLAG), ("digestEnabled", FLAG), ("deltaGrainSize", NUMBER), ("grainSize", NUMBER),
    ("spaceUsedInKB", NUMBER), ("partition", NUMBERS), ("useAutoDetect", FLAG), ("exclusive", FLAG),
    ("inPassthroughMode", FLAG), ("noRxLoss", FLAG), ("vendorId", NUMBER), ("virtualFunctionIndex", NUMBER),
    ("allowedDevice", OBJECTS), ("migrateSupported", FLAG), ("enhancedMigrateCapability", FLAG),
    ("vgpuMigrateDataSizeMB", NUMBER),
];

const DURABLE_NAME: &[(&str, Shape)] = &[("namespaceId", NUMBER), ("data", NUMBERS)];

const NAMESPACE: &[(&str, Shape)] = &[
    ("id", NUMBER),
    ("blockSize", NUMBER),
    ("capacityInBlocks", NUMBER),
];

#[cfg(test)]
mod tests;
