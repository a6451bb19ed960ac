//! Single VMs with what breaks readers: the first ordinary ones, one for each oddity.

use super::site::Site;
use super::vm::Vm;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Oddity {
    /// 300 custom attributes.
    ManyAttributes,
    /// Notes of 64 kB with formulas and control characters.
    LongNotes,
    /// A chain of 32 snapshots, the most that there can be.
    DeepSnapshots,
    /// A snapshot without the time of its creation.
    UndatedSnapshot,
    /// Years-old snapshots in several branches.
    SnapshotBranches,
    /// Sixty disks on four controllers, and ten network cards.
    ManyDevices,
    /// Raw device mappings, physical and virtual.
    RawDevices,
    /// Disks that snapshots leave out.
    IndependentDisks,
    /// Disks that other VMs write too.
    SharedDisks,
    /// A virtual TPM, which there is since 6.7, and files that are encrypted.
    Tpm,
    /// USB devices, and disks on NVMe and SATA.
    Usb,
    /// A network card on an opaque network, and one without a backing that exists.
    OpaqueNetwork,
}

const ALL: [Oddity; 12] = [
    Oddity::ManyAttributes,
    Oddity::LongNotes,
    Oddity::DeepSnapshots,
    Oddity::UndatedSnapshot,
    Oddity::SnapshotBranches,
    Oddity::ManyDevices,
    Oddity::RawDevices,
    Oddity::IndependentDisks,
    Oddity::SharedDisks,
    Oddity::Tpm,
    Oddity::Usb,
    Oddity::OpaqueNetwork,
];
/// Templates and agents among the first VMs are passed over; so many are enough.
const SEARCHED: u32 = 32;

impl Oddity {
    /// What is odd about a VM, if anything is.
    pub(crate) fn of(site: &Site, vm: &Vm) -> Option<Self> {
        let first = site.clusters.min(site.clustered);
        let past = vm.index.checked_sub(first)?;
        if past >= SEARCHED || vm.template || vm.agent {
            return None;
        }
        let before = (first..vm.index).filter(|&index| {
            let other = Vm::new(site, index);
            !other.template && !other.agent
        });
        ALL.get(before.count()).copied()
    }
}
