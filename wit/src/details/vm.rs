//! A virtual machine.

use super::object::object;
use super::value::{Attributes, Text, Time};
use super::vm_devices::{Cdrom, Nic, Usb, VmDisk};

object! {
    /// A virtual machine.
    Vm<'a> {
        datacenter: Text<'a>, ["parent", "resourcePool"], "name of the datacenter above its folder, or above its resource pool when it has no folder";
        folder_path: Text<'a>, ["parent", "parentVApp"], "names from below the root folder down to its folder, as vCenter stores them (`/` in a name is `%2f`) and as `inventory_scope.folder_paths` takes them: `/Berlin/vm/web`; of a VM in a vApp those of the folder of the outermost vApp";
        resource_pool: Text<'a>, ["resourcePool"], "name of the resource pool or vApp that it draws on";
        vapp: Text<'a>, ["parentVApp"], "name of the vApp that it is part of";
        annotation: Text<'a>, ["config.annotation"], "its notes, as they are";
        custom_attributes: Attributes<'a>, ["customValue"], "values by the name of the attribute (`CustomFieldsManager.field`); of two attributes with one name each is `name [key]`; values without text are absent";
        tags: Vec<Tag<'a>>, [], "its tags, by category and name; with `source.config.tags` only, over the Automation API";
        hardware_version: Text<'a>, ["config.version"], "as in `vmx-19`";
        firmware: Text<'a>, ["config.firmware"], "`bios` or `efi`";
        secure_boot: bool, ["config.bootOptions.efiSecureBootEnabled"], "UEFI secure boot is on";
        vtpm: bool, ["config.hardware.device"], "it has a virtual TPM; absent when its devices were not read";
        encrypted: bool, ["config.keyId", "config.version"], "its configuration is encrypted; absent when `config.version` was not read";
        created_at: Time<'a>, ["config.createDate"], "when it was created; as any time, absent for 1970-01-01T00:00:00Z";
        booted_at: Time<'a>, ["runtime.bootTime"], "when it was last powered on";
        tools: Tools<'a>, [], "its guest tools";
        guest: VmGuest<'a>, [], "its guest operating system";
        cpu: VmCpu<'a>, [], "its virtual CPUs";
        memory: VmMemory<'a>, [], "its memory";
        nics: Vec<Nic<'a>>, ["config.hardware.device"], "its network cards (devices with a `macAddress` field), in the order of its devices";
        disks: Vec<VmDisk<'a>>, ["config.hardware.device"], "its virtual disks, in the order of its devices";
        cdroms: Vec<Cdrom<'a>>, ["config.hardware.device"], "its CD-ROM drives";
        usb: Vec<Usb<'a>>, ["config.hardware.device"], "its USB devices (`VirtualUSB`), without controllers";
        snapshots: Vec<VmSnapshot<'a>>, ["snapshot.rootSnapshotList", "snapshot.currentSnapshot"], "its snapshots, each before its children";
        consolidation_needed: bool, ["runtime.consolidationNeeded"], "disks of removed snapshots are left to consolidate";
        change_tracking: bool, ["config.changeTrackingEnabled"], "changed block tracking is on";
        fault_tolerance: Text<'a>, ["runtime.faultToleranceState"], "as in `notConfigured`, `running`";
        storage: VmStorage, ["summary.storage"], "its use of storage";
        managed_by: ManagedBy<'a>, ["config.managedBy"], "the extension that manages it";
    }
}

object! {
    /// A tag of an object.
    Tag<'a> {
        category: Text<'a>, [], "name of its category; of two categories with one name each is `name [UUID]`";
        name: Text<'a>, [], "its name";
    }
}

object! {
    /// The guest tools of a VM.
    Tools<'a> {
        version: Text<'a>, ["config.tools.toolsVersion"], "`version_number` as major.minor.patch: number ÷ 1024, (number mod 1024) ÷ 32, number mod 32; absent for numbers below 1024 and 2147483647";
        version_number: u64, ["config.tools.toolsVersion"], "as in 12352; absent for 0";
        status: Text<'a>, ["guest.toolsVersionStatus2"], "as `normalized.runtime.tools_status`: `CURRENT`, `NOT_INSTALLED`, `SUPPORTED_OLD`, …";
        running: bool, ["guest.toolsRunningStatus"], "they run";
        install_type: Text<'a>, ["guest.toolsInstallType"], "as in `guestToolsTypeOpenVMTools`";
    }
}

object! {
    /// The guest operating system of a VM.
    VmGuest<'a> {
        full_name: Text<'a>, ["guest.guestFullName"], "its name, as the guest reports it";
        configured_full_name: Text<'a>, ["config.guestFullName"], "its name, as the VM is configured for";
        family: Text<'a>, ["guest.guestFamily"], "as in `linuxGuest`";
        state: Text<'a>, ["guest.guestState"], "as in `running`";
        disks: Vec<GuestDisk<'a>>, ["guest.disk"], "its file systems, as the guest reports them";
    }
}

object! {
    /// A file system of a guest.
    GuestDisk<'a> {
        path: Text<'a>, [], "`diskPath`: mount point or drive";
        file_system: Text<'a>, [], "`filesystemType`";
        capacity_bytes: u64, [], "`capacity`";
        free_bytes: u64, [], "`freeSpace`";
    }
}

object! {
    /// The virtual CPUs of a VM.
    VmCpu<'a> {
        sockets: u64, ["config.hardware.numCPU", "config.hardware.numCoresPerSocket"], "`numCPU` ÷ `numCoresPerSocket`; absent when that is no whole number";
        cores_per_socket: u64, ["config.hardware.numCoresPerSocket"], "absent for 0";
        hot_add: bool, ["config.cpuHotAddEnabled"], "CPUs can be added while it runs";
        reservation_mhz: u64, ["config.cpuAllocation"], "`reservation`";
        limit_mhz: u64, ["config.cpuAllocation"], "`limit`; absent when it is unlimited (-1)";
        shares: u64, ["config.cpuAllocation"], "`shares.shares`";
        shares_level: Text<'a>, ["config.cpuAllocation"], "`shares.level`: `low`, `normal`, `high`, `custom`";
    }
}

object! {
    /// The memory of a VM.
    VmMemory<'a> {
        hot_add: bool, ["config.memoryHotAddEnabled"], "memory can be added while it runs";
        reservation_bytes: u64, ["config.memoryAllocation"], "`reservation` × 1,048,576";
        limit_bytes: u64, ["config.memoryAllocation"], "`limit` × 1,048,576; absent when it is unlimited (-1)";
        shares: u64, ["config.memoryAllocation"], "`shares.shares`";
        shares_level: Text<'a>, ["config.memoryAllocation"], "`shares.level`";
    }
}

object! {
    /// A snapshot of a VM.
    VmSnapshot<'a> {
        id: Text<'a>, [], "the managed object id, as in `snapshot-12`";
        name: Text<'a>, [], "its name, with `%2f`, `%5c` and `%25` decoded and nothing else";
        description: Text<'a>, [], "as it is";
        created_at: Time<'a>, [], "`createTime`";
        state: Text<'a>, [], "power state of the VM in it, as in `poweredOff`";
        quiesced: bool, [], "the file systems were quiesced";
        parent: Text<'a>, [], "`id` of the snapshot that it was made after; absent for a root";
        current: bool, [], "the VM runs on top of it";
    }
}

object! {
    /// The use of storage by a VM.
    VmStorage {
        committed_bytes: u64, [], "`committed`";
        uncommitted_bytes: u64, [], "`uncommitted`";
        unshared_bytes: u64, [], "`unshared`";
    }
}

object! {
    /// The extension that manages a VM or vApp.
    ManagedBy<'a> {
        extension: Text<'a>, [], "`extensionKey`";
        type_name: Text<'a>, [], "`type`";
    }
}
