//! The virtual hardware of a VM: one walk over a list that can be long.

use stocktake_contract::details::{Address, Cdrom, Nic, RawDevice, Text, Usb, VmDisk};

use super::Context;
use super::values::{Properties, count, filled, flag, known, present, text};
use super::vm::is_on;
use crate::tape::Value;

/// The devices that details tell of.
#[derive(Default)]
pub(super) struct Hardware<'a> {
    pub(super) nics: Vec<Nic<'a>>,
    pub(super) disks: Vec<VmDisk<'a>>,
    pub(super) cdroms: Vec<Cdrom<'a>>,
    pub(super) usb: Vec<Usb<'a>>,
    /// Unknown when the devices were not read.
    pub(super) vtpm: Option<bool>,
}

/// What a device is.
enum Class {
    Nic,
    Disk,
    Cdrom,
    Usb,
    Tpm,
    Controller,
}

impl Class {
    /// Ethernet cards, disks and controllers are known by their fields, as also those of types are that
    /// are not known yet.
    fn of(device: Value<'_>) -> Option<Self> {
        match device.type_name() {
            Some("VirtualCdrom") => return Some(Class::Cdrom),
            Some("VirtualUSB") => return Some(Class::Usb),
            Some("VirtualTPM") => return Some(Class::Tpm),
            _ => {}
        }
        device.fields().find_map(|field| match field.name() {
            "macAddress" => Some(Class::Nic),
            "capacityInKB" | "capacityInBytes" => Some(Class::Disk),
            "busNumber" => Some(Class::Controller),
            _ => None,
        })
    }
}

impl<'a> Hardware<'a> {
    /// Reads `config.hardware.device`, and the addresses of its cards from `guest.net`.
    pub(super) fn read(read: Properties<'a>, context: Context<'a>) -> Self {
        let mut hardware = Hardware::default();
        let Some(devices) = read.get("config.hardware.device") else {
            return hardware;
        };
        let mut vtpm = false;
        let mut controllers: Vec<(&str, Value<'a>)> = Vec::new();
        let mut controller_keys: Vec<Option<&str>> = Vec::new();
        for device in devices.fields() {
            match Class::of(device) {
                Some(Class::Nic) => hardware.nics.push(nic(device, read, context)),
                Some(Class::Disk) => {
                    hardware.disks.push(disk(device, context));
                    controller_keys.push(device.get("controllerKey").and_then(Value::as_str));
                }
                Some(Class::Cdrom) => hardware.cdroms.push(cdrom(device)),
                Some(Class::Usb) => hardware.usb.push(usb(device)),
                Some(Class::Tpm) => vtpm = true,
                Some(Class::Controller) => {
                    let key = device.get("key").and_then(Value::as_str);
                    controllers.extend(key.map(|key| (key, device)));
                }
                None => {}
            }
        }
        // A controller may be listed behind its disks.
        for (disk, key) in hardware.disks.iter_mut().zip(controller_keys) {
            let mut found = controllers.iter().filter(|(known, _)| Some(*known) == key);
            disk.controller = found.next().and_then(|(_, device)| label(*device));
        }
        hardware.vtpm = Some(vtpm);
        hardware
    }
}

fn label(device: Value<'_>) -> Option<Text<'_>> {
    text(device.at(["deviceInfo", "label"]))
}

fn nic<'a>(device: Value<'a>, read: Properties<'a>, context: Context<'a>) -> Nic<'a> {
    let key = count(device.get("key"));
    let connectable = device.get("connectable");
    let backing = device.get("backing");
    let network = backing.and_then(|backing| network(backing, context));
    let name = network.and_then(|network| context.places.name(network));
    Nic {
        label: label(device),
        key,
        type_name: device.type_name().and_then(|name| {
            let bare = name.strip_prefix("Virtual").unwrap_or(name);
            Text::new(bare.to_ascii_lowercase())
        }),
        mac: text(device.get("macAddress")),
        network_id: network.and_then(Text::new),
        network_name: known(name)
            .or_else(|| text(backing.and_then(|backing| backing.get("deviceName")))),
        connected: is_on(connectable, "connected"),
        start_connected: is_on(connectable, "startConnected"),
        addresses: key.and_then(|key| filled(addresses(read, key))),
    }
}

/// The id of the network that a card is plugged into.
fn network<'a>(backing: Value<'a>, context: Context<'a>) -> Option<&'a str> {
    if let Some(network) = backing.get("network").and_then(Value::as_reference) {
        return Some(network.value);
    }
    // The key of a port group is its id.
    if let Some(port_group) = backing.at(["port", "portgroupKey"]) {
        return Some(port_group.non_blank()?.trim());
    }
    let opaque = backing.get("opaqueNetworkId").and_then(Value::non_blank)?;
    context.places.opaque_network(opaque)
}

/// What the guest reports for the card with this key.
fn addresses(read: Properties<'_>, key: u64) -> Vec<Address<'_>> {
    let mut list = Vec::new();
    let adapters = read.get("guest.net").into_iter().flat_map(Value::fields);
    for adapter in adapters {
        if count(adapter.get("deviceConfigId")) != Some(key) {
            continue;
        }
        let before = list.len();
        let configured = adapter.get("ipConfig").into_iter();
        let configured = configured.flat_map(|config| config.all("ipAddress"));
        list.extend(configured.filter_map(|address| {
            Some(Address {
                ip: Some(text(address.get("ipAddress"))?),
                prefix: count(address.get("prefixLength")),
            })
        }));
        if list.len() == before {
            list.extend(adapter.all("ipAddress").filter_map(|address| {
                Some(Address {
                    ip: Some(text(Some(address))?),
                    prefix: None,
                })
            }));
        }
    }
    list
}

fn disk<'a>(device: Value<'a>, context: Context<'a>) -> VmDisk<'a> {
    let backing = device.get("backing");
    let field = |name| backing.and_then(|backing| backing.get(name));
    let path = field("fileName");
    let datastore = field("datastore").and_then(Value::as_reference);
    let datastore = datastore.map(|datastore| datastore.value);
    let known = datastore.and_then(|id| context.datastores.get(id)?.name.as_deref());
    // Servers before 5.5 report 0 in the newer field.
    let bytes = count(device.get("capacityInBytes"));
    let kilobytes = count(device.get("capacityInKB"));
    let is_raw = backing
        .and_then(Value::type_name)
        .is_some_and(|name| name.contains("RawDiskMapping"));
    VmDisk {
        label: label(device),
        key: count(device.get("key")),
        controller: None,
        unit: count(device.get("unitNumber")),
        mode: text(field("diskMode")),
        datastore_id: datastore.and_then(Text::new),
        datastore_name: known
            .or_else(|| path.and_then(Value::as_str).and_then(datastore_in))
            .and_then(Text::new),
        path: text(path),
        capacity_bytes: bytes
            .filter(|bytes| *bytes > 0)
            .or_else(|| kilobytes?.checked_mul(1024))
            .or(bytes),
        thin: flag(field("thinProvisioned")),
        rdm: is_raw
            .then(|| RawDevice {
                lun: text(field("lunUuid")),
                mode: text(field("compatibilityMode")),
            })
            .and_then(present),
        sharing: text(field("sharing")),
    }
}

/// The name in `[datastore1] vm/vm.vmdk`.
fn datastore_in(path: &str) -> Option<&str> {
    path.strip_prefix('[')?
        .split_once(']')
        .map(|(name, _)| name)
}

fn cdrom(device: Value<'_>) -> Cdrom<'_> {
    let connectable = device.get("connectable");
    Cdrom {
        label: label(device),
        connected: is_on(connectable, "connected"),
        start_connected: is_on(connectable, "startConnected"),
        path: text(device.at(["backing", "fileName"])),
        device: text(device.at(["backing", "deviceName"])),
    }
}

fn usb(device: Value<'_>) -> Usb<'_> {
    Usb {
        label: label(device),
        connected: flag(device.get("connected")),
        device: text(device.at(["backing", "deviceName"])),
    }
}
