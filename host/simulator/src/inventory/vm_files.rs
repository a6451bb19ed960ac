//! The files of a VM and the space that they take: `layoutEx`, `storage` and `summary.storage`, which agree with each other.

use super::draw::{Draw, Topic};
use super::names::write_reference;
use super::object::{Kind, Object};
use super::property::Property;
use super::site::Site;
use super::vm::Vm;
use super::vm_devices::write_path;
use super::vm_disks::{Disk, Format, datastores, disks};
use super::vm_snapshots::{Snapshot, snapshots, write_snapshot};
use crate::soap::xml::Xml;

const MIB: i64 = 1 << 20;
/// 2025-06-30: when the server looked last.
const UPDATED: u64 = 1_751_241_600;

/// What a file belongs to.
#[derive(Clone, Copy, Debug)]
enum Role {
    /// Its type and the end of its name.
    Home(&'static str, &'static str),
    /// The file of a snapshot's state, or of its memory.
    Snapshot { nth: u32, is_memory: bool },
    /// The descriptor or the data of a disk's file: the first one, or that of a snapshot.
    Disk {
        disk: usize,
        delta: u32,
        is_data: bool,
    },
}

#[derive(Clone, Copy, Debug)]
struct File {
    role: Role,
    datastore: u32,
    bytes: i64,
}

struct Files {
    vm: Vm,
    disks: Vec<Disk>,
    snapshots: Vec<Snapshot>,
    /// A file's key is its place.
    files: Vec<File>,
}

impl Files {
    fn new(site: &Site, index: u32) -> Self {
        let vm = Vm::new(site, index);
        let disks = disks(site, &vm);
        let snapshots = snapshots(site, &vm);
        let mut draw = Draw::new(site.seed, Topic::VmFiles, index);
        let home = vm.datastore;
        let mut files = Vec::new();
        let mut add = |role, datastore, bytes| {
            files.push(File {
                role,
                datastore,
                bytes,
            });
        };
        add(Role::Home("config", ".vmx"), home, 3211);
        add(Role::Home("nvram", ".nvram"), home, 270_840);
        add(Role::Home("snapshotList", ".vmsd"), home, 43);
        add(
            Role::Home("log", ".log"),
            home,
            i64::from(draw.below(900_000)),
        );
        if vm.is_on() {
            add(
                Role::Home("swap", ".vswp"),
                home,
                i64::from(vm.memory_mb) * MIB,
            );
        }
        for snapshot in &snapshots {
            let nth = snapshot.nth;
            let state = Role::Snapshot {
                nth,
                is_memory: false,
            };
            add(state, home, 28_000 + i64::from(draw.below(5000)));
            if snapshot.is_running {
                let memory = Role::Snapshot {
                    nth,
                    is_memory: true,
                };
                add(memory, home, i64::from(vm.memory_mb) * MIB);
            }
        }
        for (nth, disk) in disks.iter().enumerate() {
            let used = disk.kib / 100 * i64::from(draw.below(100)) * 1024;
            for delta in 0..=deltas(disk, &snapshots) {
                let file = |is_data| Role::Disk {
                    disk: nth,
                    delta,
                    is_data,
                };
                add(file(false), disk.datastore, 500);
                let bytes = match (delta, disk.format) {
                    (1.., _) => i64::from(1 + draw.below(4096)) * MIB,
                    (0, Format::Thin) => used,
                    (0, Format::Raw { .. }) => 0,
                    (0, _) => disk.kib * 1024,
                };
                add(file(true), disk.datastore, bytes);
            }
        }
        Self {
            vm,
            disks,
            snapshots,
            files,
        }
    }

    fn committed(&self, datastore: Option<u32>) -> i64 {
        self.on(datastore).map(|file| file.bytes).sum()
    }

    /// What thin disks may still take.
    fn uncommitted(&self, datastore: Option<u32>) -> i64 {
        let thin = self.disks.iter().enumerate().filter(|(_, disk)| {
            disk.format == Format::Thin && datastore.is_none_or(|wanted| disk.datastore == wanted)
        });
        thin.map(|(nth, disk)| {
            let taken = self.files.iter().filter(|file| {
                matches!(file.role, Role::Disk { disk, delta: 0, is_data: true } if disk == nth)
            });
            disk.kib * 1024 - taken.map(|file| file.bytes).sum::<i64>()
        })
        .sum()
    }

    fn unshared(&self, datastore: Option<u32>) -> i64 {
        let own = self.on(datastore).filter(
            |file| !matches!(file.role, Role::Disk { disk, .. } if self.disks[disk].is_shared),
        );
        own.map(|file| file.bytes).sum()
    }

    fn on(&self, datastore: Option<u32>) -> impl Iterator<Item = &File> {
        let here = move |file: &&File| datastore.is_none_or(|wanted| file.datastore == wanted);
        self.files.iter().filter(here)
    }

    fn key(&self, wanted: impl Fn(Role) -> bool) -> i64 {
        let place = self.files.iter().position(|file| wanted(file.role));
        place.and_then(|key| i64::try_from(key).ok()).unwrap_or(-1)
    }

    fn write_file(&self, site: &Site, key: usize, file: &File, xml: &mut Xml) {
        xml.element_int("key", i64::try_from(key).unwrap_or(-1));
        xml.open("name");
        match file.role {
            Role::Home(_, end) => write_path(site, &self.vm, end, xml),
            Role::Snapshot { nth, is_memory } => {
                write_path(site, &self.vm, "-Snapshot", xml);
                xml.int(nth + 1)
                    .raw(if is_memory { ".vmem" } else { ".vmsn" });
            }
            Role::Disk {
                disk,
                delta,
                is_data,
            } => {
                let end = match (self.disks[disk].format, delta, is_data) {
                    (.., false) => ".vmdk",
                    (_, 1.., true) => "-delta.vmdk",
                    (Format::Raw { is_physical: true }, ..) => "-rdmp.vmdk",
                    (Format::Raw { is_physical: false }, ..) => "-rdm.vmdk",
                    _ => "-flat.vmdk",
                };
                self.disks[disk].write_path(site, &self.vm, delta, end, xml);
            }
        }
        xml.close("name");
        let kind = match file.role {
            Role::Home(kind, _) => kind,
            Role::Snapshot {
                is_memory: false, ..
            } => "snapshotData",
            Role::Snapshot {
                is_memory: true, ..
            } => "snapshotMemory",
            Role::Disk { is_data: false, .. } => "diskDescriptor",
            Role::Disk { is_data: true, .. } => "diskExtent",
        };
        xml.element("type", kind)
            .element_int("size", file.bytes)
            .element_int("uniqueSize", file.bytes)
            .element("backingObjectId", "")
            .element_bool("accessible", true);
    }

    /// The files of a disk from the first one up to a snapshot's.
    fn write_chain(&self, nth: usize, top: u32, xml: &mut Xml) {
        xml.element_int("key", self.disks[nth].key);
        for level in 0..=top.min(deltas(&self.disks[nth], &self.snapshots)) {
            xml.open("chain");
            for wanted in [false, true] {
                xml.element_int(
                    "fileKey",
                    self.key(|role| {
                        matches!(role, Role::Disk { disk, delta, is_data }
                            if disk == nth && delta == level && is_data == wanted)
                    }),
                );
            }
            xml.close("chain");
        }
    }

    fn write_files(&self, site: &Site, tag: &str, xml: &mut Xml) {
        for (key, file) in self.files.iter().enumerate() {
            xml.raw("<").raw(tag).raw(">");
            self.write_file(site, key, file, xml);
            xml.close(tag);
        }
    }

    fn write_disks(&self, tag: &str, xml: &mut Xml) {
        for nth in 0..self.disks.len() {
            xml.open(tag);
            self.write_chain(nth, u32::MAX, xml);
            xml.close(tag);
        }
    }

    fn write_snapshots(&self, tag: &str, xml: &mut Xml) {
        for snapshot in &self.snapshots {
            let file = |memory: bool| {
                self.key(|role| {
                    matches!(role, Role::Snapshot { nth, is_memory }
                        if nth == snapshot.nth && is_memory == memory)
                })
            };
            xml.open(tag);
            write_snapshot("key", self.vm.index, snapshot.nth, xml);
            xml.element_int("dataKey", file(false))
                .element_int("memoryKey", file(true));
            for nth in 0..self.disks.len() {
                xml.open("disk");
                self.write_chain(nth, snapshot.nth, xml);
                xml.close("disk");
            }
            xml.close(tag);
        }
    }

    fn write_usage(&self, datastore: Option<u32>, xml: &mut Xml) {
        xml.element_int("committed", self.committed(datastore))
            .element_int("uncommitted", self.uncommitted(datastore))
            .element_int("unshared", self.unshared(datastore));
    }

    fn write_usages(&self, site: &Site, tag: &str, xml: &mut Xml) {
        for datastore in datastores(site, &self.vm) {
            xml.open(tag);
            let reference = Object::new(Kind::Datastore, datastore);
            write_reference(site, "datastore", reference, xml);
            self.write_usage(Some(datastore), xml);
            xml.close(tag);
        }
    }
}

/// Every snapshot begins a file, except of what snapshots leave out.
fn deltas(disk: &Disk, snapshots: &[Snapshot]) -> u32 {
    if disk.is_independent() {
        0
    } else {
        u32::try_from(snapshots.len()).unwrap_or(0)
    }
}

pub(super) const PROPERTIES: &[(&str, Property)] = &[
    ("layoutEx", |site, index, xml| {
        let files = Files::new(site, index);
        xml.open_typed("val", "VirtualMachineFileLayoutEx");
        files.write_files(site, "file", xml);
        files.write_disks("disk", xml);
        files.write_snapshots("snapshot", xml);
        xml.element_time("timestamp", UPDATED).close("val");
    }),
    ("layoutEx.file", |site, index, xml| {
        xml.open_typed("val", "ArrayOfVirtualMachineFileLayoutExFileInfo");
        let tag = "VirtualMachineFileLayoutExFileInfo";
        Files::new(site, index).write_files(site, tag, xml);
        xml.close("val");
    }),
    ("layoutEx.disk", |site, index, xml| {
        xml.open_typed("val", "ArrayOfVirtualMachineFileLayoutExDiskLayout");
        Files::new(site, index).write_disks("VirtualMachineFileLayoutExDiskLayout", xml);
        xml.close("val");
    }),
    ("layoutEx.snapshot", |site, index, xml| {
        xml.open_typed("val", "ArrayOfVirtualMachineFileLayoutExSnapshotLayout");
        Files::new(site, index).write_snapshots("VirtualMachineFileLayoutExSnapshotLayout", xml);
        xml.close("val");
    }),
    ("storage", |site, index, xml| {
        xml.open_typed("val", "VirtualMachineStorageInfo");
        Files::new(site, index).write_usages(site, "perDatastoreUsage", xml);
        xml.element_time("timestamp", UPDATED).close("val");
    }),
    ("storage.perDatastoreUsage", |site, index, xml| {
        xml.open_typed("val", "ArrayOfVirtualMachineUsageOnDatastore");
        Files::new(site, index).write_usages(site, "VirtualMachineUsageOnDatastore", xml);
        xml.close("val");
    }),
    ("summary.storage", |site, index, xml| {
        xml.open_typed("val", "VirtualMachineStorageSummary");
        Files::new(site, index).write_usage(None, xml);
        xml.element_time("timestamp", UPDATED).close("val");
    }),
    ("summary.storage.committed", |site, index, xml| {
        xml.val_long(Files::new(site, index).committed(None));
    }),
    ("summary.storage.uncommitted", |site, index, xml| {
        xml.val_long(Files::new(site, index).uncommitted(None));
    }),
    ("summary.storage.unshared", |site, index, xml| {
        xml.val_long(Files::new(site, index).unshared(None));
    }),
];
