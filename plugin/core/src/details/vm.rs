//! A virtual machine.

use stocktake_contract::details::{
    GuestDisk, ManagedBy, Tag, Text, Tools, Vm, VmCpu, VmGuest, VmMemory, VmStorage,
};

use super::time::time;
use super::values::{Properties, count, filled, flag, known, mebibytes, present, text};
use super::vm_devices::Hardware;
use super::{Context, vm_snapshots};
use crate::gaps::Gap;
use crate::tape::{Tape, Value};
use crate::tools;

/// The number of tools that a distribution maintains and does not count.
const UNCOUNTED_VERSION: u64 = 2_147_483_647;

/// The details of a VM.
pub(super) fn vm<'a>(properties: &'a Tape, context: Context<'a>, gaps: &mut Vec<Gap>) -> Vm<'a> {
    let read = Properties(properties);
    let places = context.places;
    let pool = read.reference("resourcePool").map(|pool| pool.value);
    let vapp = read.reference("parentVApp").map(|vapp| vapp.value);
    let folder = read.reference("parent").map(|folder| folder.value);
    let folder = folder.or_else(|| places.folder_of_vapp(vapp?));
    let hardware = Hardware::read(read, context);
    let is_encrypted = read.get("config.keyId").is_some();
    Vm {
        datacenter: known(
            folder
                .and_then(|folder| places.datacenter(folder))
                .or_else(|| places.datacenter(pool?)),
        ),
        folder_path: folder.and_then(|folder| Text::new(places.path(folder)?)),
        resource_pool: known(pool.and_then(|pool| places.name(pool))),
        vapp: known(vapp.and_then(|vapp| places.name(vapp))),
        annotation: read.text("config.annotation"),
        custom_attributes: read.custom_attributes(context, gaps),
        tags: tags(context, gaps),
        hardware_version: read.text("config.version"),
        firmware: read.text("config.firmware"),
        secure_boot: read.flag("config.bootOptions.efiSecureBootEnabled"),
        vtpm: hardware.vtpm,
        encrypted: read.get("config.version").map(|_| is_encrypted),
        created_at: time(read.get("config.createDate")),
        booted_at: time(read.get("runtime.bootTime")),
        tools: present(tools(read)),
        guest: present(guest(read)),
        cpu: present(cpu(read)),
        memory: present(memory(read)),
        nics: filled(hardware.nics),
        disks: filled(hardware.disks),
        cdroms: filled(hardware.cdroms),
        usb: filled(hardware.usb),
        snapshots: filled(vm_snapshots::snapshots(
            read.get("snapshot.rootSnapshotList"),
            read.reference("snapshot.currentSnapshot"),
        )),
        consolidation_needed: read.flag("runtime.consolidationNeeded"),
        change_tracking: read.flag("config.changeTrackingEnabled"),
        fault_tolerance: read.text("runtime.faultToleranceState"),
        storage: read.get("summary.storage").and_then(storage),
        managed_by: read.get("config.managedBy").and_then(managed_by),
    }
}

fn tags<'a>(context: Context<'a>, gaps: &mut Vec<Gap>) -> Option<Vec<Tag<'a>>> {
    let attached = context.tags?;
    if !attached.are_known() {
        gaps.push(Gap::Tags);
    }
    let (names, is_nameless) = attached.names();
    if is_nameless {
        gaps.push(Gap::TagName);
    }
    let tags = names.into_iter().map(|(category, name)| Tag {
        category: Text::new(category),
        name: Text::new(name),
    });
    filled(tags.collect())
}

fn tools(read: Properties<'_>) -> Tools<'_> {
    let number = read
        .count("config.tools.toolsVersion")
        .filter(|number| *number > 0);
    let status = read
        .get("guest.toolsVersionStatus2")
        .and_then(Value::as_str);
    let running = read.get("guest.toolsRunningStatus").and_then(Value::as_str);
    let dotted = number.filter(|number| (1024..UNCOUNTED_VERSION).contains(number));
    Tools {
        version: dotted.and_then(|number| {
            let (major, minor, patch) = (number / 1024, number % 1024 / 32, number % 32);
            Text::new(format!("{major}.{minor}.{patch}"))
        }),
        version_number: number,
        status: status.and_then(tools::version_status).map(Text::from),
        running: running.and_then(tools::running),
        install_type: read.text("guest.toolsInstallType"),
    }
}

fn guest(read: Properties<'_>) -> VmGuest<'_> {
    let disks = read.get("guest.disk").into_iter().flat_map(Value::fields);
    let disks = disks.map(|disk| GuestDisk {
        path: text(disk.get("diskPath")),
        file_system: text(disk.get("filesystemType")),
        capacity_bytes: count(disk.get("capacity")),
        free_bytes: count(disk.get("freeSpace")),
    });
    VmGuest {
        full_name: read.text("guest.guestFullName"),
        configured_full_name: read.text("config.guestFullName"),
        family: read.text("guest.guestFamily"),
        state: read.text("guest.guestState"),
        disks: filled(disks.filter_map(present).collect()),
    }
}

fn cpu(read: Properties<'_>) -> VmCpu<'_> {
    let cores = read
        .count("config.hardware.numCoresPerSocket")
        .filter(|cores| *cores > 0);
    let cpus = read.count("config.hardware.numCPU");
    let allocation = read.get("config.cpuAllocation");
    let field = |name| allocation.and_then(|allocation| allocation.get(name));
    let shares = field("shares");
    VmCpu {
        sockets: cpus
            .zip(cores)
            .filter(|(cpus, cores)| cpus % cores == 0)
            .map(|(cpus, cores)| cpus / cores),
        cores_per_socket: cores,
        hot_add: read.flag("config.cpuHotAddEnabled"),
        reservation_mhz: count(field("reservation")),
        limit_mhz: count(field("limit")),
        shares: count(shares.and_then(|shares| shares.get("shares"))),
        shares_level: text(shares.and_then(|shares| shares.get("level"))),
    }
}

fn memory(read: Properties<'_>) -> VmMemory<'_> {
    let allocation = read.get("config.memoryAllocation");
    let field = |name| allocation.and_then(|allocation| allocation.get(name));
    let shares = field("shares");
    VmMemory {
        hot_add: read.flag("config.memoryHotAddEnabled"),
        reservation_bytes: mebibytes(field("reservation")),
        limit_bytes: mebibytes(field("limit")),
        shares: count(shares.and_then(|shares| shares.get("shares"))),
        shares_level: text(shares.and_then(|shares| shares.get("level"))),
    }
}

fn storage(summary: Value<'_>) -> Option<VmStorage> {
    present(VmStorage {
        committed_bytes: count(summary.get("committed")),
        uncommitted_bytes: count(summary.get("uncommitted")),
        unshared_bytes: count(summary.get("unshared")),
    })
}

fn managed_by(manager: Value<'_>) -> Option<ManagedBy<'_>> {
    present(ManagedBy {
        extension: text(manager.get("extensionKey")),
        type_name: text(manager.get("type")),
    })
}

pub(super) fn is_on(value: Option<Value<'_>>, field: &str) -> Option<bool> {
    flag(value?.get(field))
}

#[cfg(test)]
mod tests;
