//! Sheets with a row per device, file system or snapshot of a VM.

use std::net::IpAddr;

use stocktake_contract::details::{Cdrom, GuestDisk, Nic, Usb, VmDisk, VmSnapshot};

use super::vm::{LEAD, TAIL, VMS};
use super::{Context, Sheet, columns};
use crate::asset::normalized;
use crate::cell::Cell;

impl<'c> Context<'c> {
    fn disk(&self) -> Option<&'c VmDisk<'c>> {
        self.vm()?.disks.as_ref()?.get(self.row)
    }

    /// The disk in `normalized`, of a VM whose disks in `details` were not read.
    fn plain_disk(&self) -> Option<&'c normalized::Disk> {
        if self.vm().is_some_and(|vm| vm.disks.is_some()) {
            return None;
        }
        self.asset.normalized.hardware.disks.get(self.row)
    }

    fn partition(&self) -> Option<&'c GuestDisk<'c>> {
        self.vm()?.guest.as_ref()?.disks.as_ref()?.get(self.row)
    }

    fn nic(&self) -> Option<&'c Nic<'c>> {
        self.vm()?.nics.as_ref()?.get(self.row)
    }

    /// The MAC address in `normalized`, of a VM whose cards in `details` were not read.
    fn plain_mac(&self) -> Option<&'c str> {
        if self.vm().is_some_and(|vm| vm.nics.is_some()) {
            return None;
        }
        let macs = &self.asset.normalized.network.mac_addresses;
        macs.get(self.row).map(String::as_str)
    }

    fn addresses(&self, is_wanted: fn(&IpAddr) -> bool) -> Cell<'c> {
        let addresses = self.nic().and_then(|nic| nic.addresses.as_ref());
        let addresses = addresses.into_iter().flatten();
        let texts = addresses.filter_map(|address| Some(address.ip.as_ref()?.as_str()));
        Cell::list(texts.filter(|text| text.parse().is_ok_and(|address| is_wanted(&address))))
    }

    fn cdrom(&self) -> Option<&'c Cdrom<'c>> {
        self.vm()?.cdroms.as_ref()?.get(self.row)
    }

    fn usb(&self) -> Option<&'c Usb<'c>> {
        self.vm()?.usb.as_ref()?.get(self.row)
    }

    fn snapshot(&self) -> Option<&'c VmSnapshot<'c>> {
        self.vm()?.snapshots.as_ref()?.get(self.row)
    }
}

columns! {
    DISK_COLUMNS = {
        "Disk", "details.disks[].label, else normalized.hardware.disks[].name", |c| c.disk().and_then(|disk| Some(disk.label.as_ref()?.as_str())).or(c.plain_disk().and_then(|disk| disk.name.as_deref())).into();
        "Disk Key", "details.disks[].key", |c| c.disk().and_then(|disk| disk.key).into();
        "Capacity MiB" ["MiB"], "details.disks[].capacity_bytes, else normalized.hardware.disks[].size_bytes", |c| Cell::mib(c.disk().and_then(|disk| disk.capacity_bytes).or(c.plain_disk().and_then(|disk| disk.size_bytes)));
        "Raw", "whether details.disks[].rdm is present", |c| c.disk().map(|disk| disk.rdm.is_some()).into();
        "Disk Mode", "details.disks[].mode", |c| c.disk().and_then(|disk| disk.mode.as_ref()).into();
        "Sharing mode", "details.disks[].sharing", |c| c.disk().and_then(|disk| disk.sharing.as_ref()).into();
        "Thin", "details.disks[].thin, else whether normalized.hardware.disks[].type is thin", |c| c.disk().and_then(|disk| disk.thin).or(c.plain_disk().and_then(|disk| Some(disk.provisioning.as_deref()? == "thin"))).into();
        "Controller", "details.disks[].controller", |c| c.disk().and_then(|disk| disk.controller.as_ref()).into();
        "Unit #", "details.disks[].unit", |c| c.disk().and_then(|disk| disk.unit).into();
        "Path", "details.disks[].path", |c| c.disk().and_then(|disk| disk.path.as_ref()).into();
        "Raw LUN ID", "details.disks[].rdm.lun", |c| c.disk().and_then(|disk| disk.rdm.as_ref()?.lun.as_ref()).into();
        "Raw Comp. Mode", "details.disks[].rdm.mode", |c| c.disk().and_then(|disk| disk.rdm.as_ref()?.mode.as_ref()).into();
        "Datastore", "details.disks[].datastore_name", |c| c.disk().and_then(|disk| disk.datastore_name.as_ref()).into();
    }

    PARTITION_COLUMNS = {
        "Disk", "details.guest.disks[].path", |c| c.partition().and_then(|disk| disk.path.as_ref()).into();
        "Capacity MiB" ["MiB"], "details.guest.disks[].capacity_bytes", |c| Cell::mib(c.partition().and_then(|disk| disk.capacity_bytes));
        "Consumed MiB" ["MiB"], "details.guest.disks[].capacity_bytes - free_bytes", |c| Cell::mib(c.partition().and_then(|disk| disk.capacity_bytes?.checked_sub(disk.free_bytes?)));
        "Free MiB" ["MiB"], "details.guest.disks[].free_bytes", |c| Cell::mib(c.partition().and_then(|disk| disk.free_bytes));
        "Free %" ["%"], "details.guest.disks[].free_bytes ÷ capacity_bytes", |c| Cell::percent(c.partition().and_then(|disk| disk.free_bytes), c.partition().and_then(|disk| disk.capacity_bytes));
        "File system", "details.guest.disks[].file_system", |c| c.partition().and_then(|disk| disk.file_system.as_ref()).into();
    }

    NETWORK_COLUMNS = {
        "NIC label", "details.nics[].label", |c| c.nic().and_then(|nic| nic.label.as_ref()).into();
        "Adapter", "details.nics[].type_name", |c| c.nic().and_then(|nic| nic.type_name.as_ref()).into();
        "Network", "details.nics[].network_name", |c| c.nic().and_then(|nic| nic.network_name.as_ref()).into();
        "Switch", "name of the dvswitch by relation part_of of the port group in details.nics[].network_id", |c| c.nic().and_then(|nic| c.index.switch_of(nic.network_id.as_ref()?.as_str())).into();
        "Connected", "details.nics[].connected", |c| c.nic().and_then(|nic| nic.connected).into();
        "Starts Connected", "details.nics[].start_connected", |c| c.nic().and_then(|nic| nic.start_connected).into();
        "Mac Address", "details.nics[].mac, else normalized.network.mac_addresses[]", |c| c.nic().and_then(|nic| Some(nic.mac.as_ref()?.as_str())).or(c.plain_mac()).into();
        "IPv4 Address", "details.nics[].addresses[].ip", |c| c.addresses(IpAddr::is_ipv4);
        "IPv6 Address", "details.nics[].addresses[].ip", |c| c.addresses(IpAddr::is_ipv6);
        "Network ID", "details.nics[].network_id", |c| c.nic().and_then(|nic| nic.network_id.as_ref()).into();
    }

    CD_COLUMNS = {
        "Device Node", "details.cdroms[].label", |c| c.cdrom().and_then(|cdrom| cdrom.label.as_ref()).into();
        "Connected", "details.cdroms[].connected", |c| c.cdrom().and_then(|cdrom| cdrom.connected).into();
        "Starts Connected", "details.cdroms[].start_connected", |c| c.cdrom().and_then(|cdrom| cdrom.start_connected).into();
        "Image", "details.cdroms[].path", |c| c.cdrom().and_then(|cdrom| cdrom.path.as_ref()).into();
        "Device", "details.cdroms[].device", |c| c.cdrom().and_then(|cdrom| cdrom.device.as_ref()).into();
    }

    USB_COLUMNS = {
        "Device Node", "details.usb[].label", |c| c.usb().and_then(|usb| usb.label.as_ref()).into();
        "Connected", "details.usb[].connected", |c| c.usb().and_then(|usb| usb.connected).into();
        "Device", "details.usb[].device", |c| c.usb().and_then(|usb| usb.device.as_ref()).into();
    }

    SNAPSHOT_COLUMNS = {
        "Name", "details.snapshots[].name", |c| c.snapshot().and_then(|snapshot| snapshot.name.as_ref()).into();
        "Description", "details.snapshots[].description", |c| c.snapshot().and_then(|snapshot| snapshot.description.as_ref()).into();
        "Date / time", "details.snapshots[].created_at", |c| c.snapshot().and_then(|snapshot| snapshot.created_at.as_ref()).into();
        "Quiesced", "details.snapshots[].quiesced", |c| c.snapshot().and_then(|snapshot| snapshot.quiesced).into();
        "State", "details.snapshots[].state", |c| c.snapshot().and_then(|snapshot| snapshot.state.as_ref()).into();
        "Current", "details.snapshots[].current", |c| c.snapshot().and_then(|snapshot| snapshot.current).into();
        "Snapshot ID", "details.snapshots[].id", |c| c.snapshot().and_then(|snapshot| snapshot.id.as_ref()).into();
        "Parent ID", "details.snapshots[].parent", |c| c.snapshot().and_then(|snapshot| snapshot.parent.as_ref()).into();
    }
}

pub(super) const DISK: Sheet = Sheet {
    name: "vDisk",
    about: "virtual disks",
    kinds: VMS,
    rows: |c| {
        let disks = c.vm().and_then(|vm| vm.disks.as_ref());
        disks.map_or(c.asset.normalized.hardware.disks.len(), Vec::len)
    },
    columns: &[LEAD, DISK_COLUMNS, TAIL],
    has_attributes: false,
};

pub(super) const PARTITION: Sheet = Sheet {
    name: "vPartition",
    about: "file systems of the guests",
    kinds: VMS,
    rows: |c| {
        let guest = c.vm().and_then(|vm| vm.guest.as_ref());
        guest.map_or(0, |guest| guest.disks.as_ref().map_or(0, Vec::len))
    },
    columns: &[LEAD, PARTITION_COLUMNS, TAIL],
    has_attributes: false,
};

pub(super) const NETWORK: Sheet = Sheet {
    name: "vNetwork",
    about: "virtual network cards",
    kinds: VMS,
    rows: |c| {
        let nics = c.vm().and_then(|vm| vm.nics.as_ref());
        nics.map_or(c.asset.normalized.network.mac_addresses.len(), Vec::len)
    },
    columns: &[LEAD, NETWORK_COLUMNS, TAIL],
    has_attributes: false,
};

pub(super) const CD: Sheet = Sheet {
    name: "vCD",
    about: "CD-ROM drives",
    kinds: VMS,
    rows: |c| c.vm().and_then(|vm| vm.cdroms.as_ref()).map_or(0, Vec::len),
    columns: &[LEAD, CD_COLUMNS, TAIL],
    has_attributes: false,
};

pub(super) const USB: Sheet = Sheet {
    name: "vUSB",
    about: "USB devices",
    kinds: VMS,
    rows: |c| c.vm().and_then(|vm| vm.usb.as_ref()).map_or(0, Vec::len),
    columns: &[LEAD, USB_COLUMNS, TAIL],
    has_attributes: false,
};

pub(super) const SNAPSHOT: Sheet = Sheet {
    name: "vSnapshot",
    about: "snapshots",
    kinds: VMS,
    rows: |c| {
        let snapshots = c.vm().and_then(|vm| vm.snapshots.as_ref());
        snapshots.map_or(0, Vec::len)
    },
    columns: &[LEAD, SNAPSHOT_COLUMNS, TAIL],
    has_attributes: false,
};
