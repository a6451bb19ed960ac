//! The virtual hardware of a VM.

use super::object::object;
use super::value::Text;

object! {
    /// A virtual network card.
    Nic<'a> {
        label: Text<'a>, [], "`deviceInfo.label`";
        key: u64, [], "`key` of the device";
        type_name: Text<'a>, [], "the device's type without `Virtual`, in lower case: `vmxnet3`, `e1000e`, `sriovethernetcard`";
        mac: Text<'a>, [], "`macAddress`, as spelled";
        network_id: Text<'a>, [], "`backing.network` or `backing.port.portgroupKey`: the `external_id` of a network or dvportgroup; of an opaque network the one with `backing.opaqueNetworkId`";
        network_name: Text<'a>, [], "name of that network; when it is not known, `backing.deviceName`";
        connected: bool, [], "`connectable.connected`";
        start_connected: bool, [], "`connectable.startConnected`";
        addresses: Vec<Address<'a>>, ["guest.net"], "addresses that the guest reports for the card (`deviceConfigId` is the device's key): those of `ipConfig`, else of `ipAddress`";
    }
}

object! {
    /// An IP address of a guest.
    Address<'a> {
        ip: Text<'a>, [], "IPv4 or IPv6, as spelled";
        prefix: u64, [], "prefix length";
    }
}

object! {
    /// A virtual disk.
    VmDisk<'a> {
        label: Text<'a>, [], "`deviceInfo.label`";
        key: u64, [], "`key` of the device";
        controller: Text<'a>, [], "`deviceInfo.label` of the device with `controllerKey`";
        unit: u64, [], "`unitNumber` on the controller";
        mode: Text<'a>, [], "`backing.diskMode`: `persistent`, `independent_persistent`, …";
        datastore_id: Text<'a>, [], "`backing.datastore`: the `external_id` of a datastore";
        datastore_name: Text<'a>, [], "name of that datastore; when it is not known, the one in `path`";
        path: Text<'a>, [], "`backing.fileName`, as in `[datastore1] vm/vm.vmdk`";
        capacity_bytes: u64, [], "`capacityInBytes`, or `capacityInKB` × 1024 when that is absent or 0";
        thin: bool, [], "`backing.thinProvisioned`";
        rdm: RawDevice<'a>, [], "the mapped device of a raw device mapping; absent for others";
        sharing: Text<'a>, [], "`backing.sharing`: `sharingNone`, `sharingMultiWriter`";
    }
}

object! {
    /// A raw device mapping.
    RawDevice<'a> {
        lun: Text<'a>, [], "`backing.lunUuid`";
        mode: Text<'a>, [], "`backing.compatibilityMode`: `physicalMode` or `virtualMode`";
    }
}

object! {
    /// A CD-ROM drive.
    Cdrom<'a> {
        label: Text<'a>, [], "`deviceInfo.label`";
        connected: bool, [], "`connectable.connected`";
        start_connected: bool, [], "`connectable.startConnected`";
        path: Text<'a>, [], "`backing.fileName` of an image";
        device: Text<'a>, [], "`backing.deviceName` of a drive of host or client";
    }
}

object! {
    /// A USB device.
    Usb<'a> {
        label: Text<'a>, [], "`deviceInfo.label`";
        connected: bool, [], "`connected`";
        device: Text<'a>, [], "`backing.deviceName`";
    }
}
