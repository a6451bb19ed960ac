//! The snapshots of a VM: most have none, some a short chain, a few branches, one the longest chain that there can be.

use super::draw::{Draw, Topic};
use super::names::write_reference;
use super::object::{Kind, Object};
use super::oddity::Oddity;
use super::property::Property;
use super::site::Site;
use super::vm::Vm;
use crate::soap::xml::Xml;

/// The longest chain that vSphere allows.
const LONGEST: u32 = 32;
/// More than any VM has, so that the number of a snapshot tells its VM.
const NUMBERS_PER_VM: u64 = 100;
/// 2017-03-01
const LONG_AGO: u64 = 1_488_326_400;
/// 2024-06-01
const LATELY: u64 = 1_717_200_000;
const DAY: u64 = 86_400;

/// A snapshot, by its place among those of its VM; a parent comes before its children.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Snapshot {
    pub(crate) nth: u32,
    pub(crate) parent: Option<u32>,
    created: Option<u64>,
    /// Whether the memory is in it.
    pub(crate) is_running: bool,
    quiesced: bool,
}

/// The snapshots of a VM; the last one is current.
pub(crate) fn snapshots(site: &Site, vm: &Vm) -> Vec<Snapshot> {
    let mut draw = Draw::new(site.seed, Topic::VmSnapshots, vm.index);
    let oddity = Oddity::of(site, vm);
    let count = match (oddity, draw.below(100)) {
        _ if vm.agent || vm.template => 0,
        (Some(Oddity::DeepSnapshots), _) => LONGEST,
        (Some(Oddity::UndatedSnapshot), _) => 2,
        (Some(Oddity::SnapshotBranches), _) => 7,
        (_, 0..86) => 0,
        (_, 86..94) => 1,
        (_, 94..97) => 2,
        _ => 4,
    };
    let is_branched = oddity == Some(Oddity::SnapshotBranches) || draw.percent(30);
    let first = match oddity {
        Some(Oddity::SnapshotBranches) => LONG_AGO,
        _ => *draw.pick(&[LONG_AGO, LATELY, LATELY, LATELY]) + u64::from(draw.below(86_400)),
    };
    let all = (0..count).map(|nth| Snapshot {
        nth,
        parent: match nth.checked_sub(1) {
            // Two roots, and two children of each that has any.
            Some(_) if is_branched => nth.checked_sub(2).map(|left| left / 2),
            parent => parent,
        },
        created: (oddity != Some(Oddity::UndatedSnapshot) || nth > 0)
            .then(|| first + u64::from(nth) * DAY),
        is_running: vm.is_on() && draw.percent(40),
        quiesced: draw.percent(30),
    });
    all.collect()
}

fn write_id(vm: u32, nth: u32, xml: &mut Xml) {
    xml.raw("snapshot-")
        .zero_padded(u64::from(vm) * NUMBERS_PER_VM + u64::from(nth) + 1, 1);
}

/// A reference to a snapshot as the content of an element.
pub(crate) fn write_snapshot(tag: &str, vm: u32, nth: u32, xml: &mut Xml) {
    xml.raw("<")
        .raw(tag)
        .raw(" type=\"VirtualMachineSnapshot\">");
    write_id(vm, nth, xml);
    xml.close(tag);
}

fn write_text(nth: u32, xml: &mut Xml) {
    xml.element(
        "name",
        match nth % 4 {
            0 => "before the upgrade",
            1 => "VM%2fSnapshot 50%25",
            2 => "Über Nacht <veeam>",
            _ => "=HYPERLINK(\"x\")",
        },
    );
    xml.element(
        "description",
        match nth % 3 {
            0 => "",
            1 => "by Jörg\nremove after the weekend",
            _ => "<RPData PointTime=\"1\"/>",
        },
    );
}

fn write_tree(site: &Site, vm: u32, all: &[Snapshot], snapshot: Snapshot, xml: &mut Xml) {
    write_snapshot("snapshot", vm, snapshot.nth, xml);
    write_reference(site, "vm", Object::new(Kind::Vm, vm), xml);
    write_text(snapshot.nth, xml);
    xml.element_int("id", snapshot.nth + 1);
    if let Some(created) = snapshot.created {
        xml.element_time("createTime", created);
    }
    let state = if snapshot.is_running {
        "poweredOn"
    } else {
        "poweredOff"
    };
    xml.element("state", state)
        .element_bool("quiesced", snapshot.quiesced);
    for child in all
        .iter()
        .filter(|other| other.parent == Some(snapshot.nth))
    {
        xml.open("childSnapshotList");
        write_tree(site, vm, all, *child, xml);
        xml.close("childSnapshotList");
    }
    xml.element_bool("replaySupported", false);
}

fn roots(all: &[Snapshot]) -> impl Iterator<Item = &Snapshot> {
    all.iter().filter(|snapshot| snapshot.parent.is_none())
}

fn write_info(site: &Site, index: u32, xml: &mut Xml) {
    let all = snapshots(site, &Vm::new(site, index));
    let Some(current) = all.last() else { return };
    xml.open_typed("val", "VirtualMachineSnapshotInfo");
    write_snapshot("currentSnapshot", index, current.nth, xml);
    for root in roots(&all) {
        xml.open("rootSnapshotList");
        write_tree(site, index, &all, *root, xml);
        xml.close("rootSnapshotList");
    }
    xml.close("val");
}

fn write_roots(site: &Site, index: u32, xml: &mut Xml) {
    let all = snapshots(site, &Vm::new(site, index));
    if all.is_empty() {
        return;
    }
    xml.open_typed("val", "ArrayOfVirtualMachineSnapshotTree");
    for root in roots(&all) {
        xml.open_typed("VirtualMachineSnapshotTree", "VirtualMachineSnapshotTree");
        write_tree(site, index, &all, *root, xml);
        xml.close("VirtualMachineSnapshotTree");
    }
    xml.close("val");
}

const REFERENCE: &str = "type=\"VirtualMachineSnapshot\" xsi:type=\"ManagedObjectReference\">";

pub(super) const PROPERTIES: &[(&str, Property)] = &[
    ("snapshot", write_info),
    ("snapshot.rootSnapshotList", write_roots),
    ("snapshot.currentSnapshot", |site, index, xml| {
        if let Some(current) = snapshots(site, &Vm::new(site, index)).last() {
            xml.raw("<val ").raw(REFERENCE);
            write_id(index, current.nth, xml);
            xml.close("val");
        }
    }),
    ("rootSnapshot", |site, index, xml| {
        xml.open_typed("val", "ArrayOfManagedObjectReference");
        for root in roots(&snapshots(site, &Vm::new(site, index))) {
            xml.raw("<ManagedObjectReference ").raw(REFERENCE);
            write_id(index, root.nth, xml);
            xml.close("ManagedObjectReference");
        }
        xml.close("val");
    }),
];
