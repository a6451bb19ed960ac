//! Sheets with a row per VM.

use stocktake_contract::details::Vm;
use stocktake_contract::normalized::Kind;

use super::{Context, Sheet, columns};
use crate::cell::Cell;

/// VMs: the kind of all sheets of VMs.
pub(super) const VMS: &[Kind] = &[Kind::Vm];

impl<'c> Context<'c> {
    pub(super) fn vm(&self) -> Option<&'c Vm<'c>> {
        self.asset.vm()
    }

    fn network_of_nic(&self, position: usize) -> Cell<'c> {
        let nics = self.vm().and_then(|vm| vm.nics.as_ref());
        let nic = nics.and_then(|nics| nics.get(position));
        nic.and_then(|nic| nic.network_name.as_ref()).into()
    }
}

columns! {
    /// The first columns of the sheets of VMs.
    pub(super) LEAD = {
        "VM", "normalized.identity.caption", |c| c.asset.name().into();
        "Powerstate", "normalized.runtime.power_state", |c| c.asset.normalized.runtime.power_state.as_ref().into();
        "Template", "normalized.attributes.template; false when absent", |c| c.asset.normalized.attributes.template.unwrap_or_default().into();
    }

    /// The last columns of the sheets of VMs.
    pub(super) TAIL = {
        "Datacenter", "details.datacenter", |c| c.vm().and_then(|vm| vm.datacenter.as_ref()).into();
        "Cluster", "relations runs_on and member_of", |c| c.index.host_of(&c.asset.id).and_then(|host| c.index.cluster_of(host)).into();
        "Host", "relation runs_on", |c| c.index.host_of(&c.asset.id).and_then(|host| host.name.as_deref()).into();
        "Folder", "details.folder_path", |c| c.vm().and_then(|vm| vm.folder_path.as_ref()).into();
        "OS according to the configuration file", "details.guest.configured_full_name", |c| c.vm().and_then(|vm| vm.guest.as_ref()?.configured_full_name.as_ref()).into();
        "OS according to the VMware Tools", "details.guest.full_name", |c| c.vm().and_then(|vm| vm.guest.as_ref()?.full_name.as_ref()).into();
        "VM ID", "external_id", |c| c.asset.id.as_ref().into();
        "VM UUID", "normalized.attributes.instance_uuid", |c| c.asset.normalized.attributes.instance_uuid.as_ref().into();
    }

    INFO_COLUMNS = {
        "DNS Name", "normalized.identity.hostname", |c| c.asset.normalized.identity.hostname.as_ref().into();
        "Connection state", "normalized.attributes.connection_state", |c| c.asset.normalized.attributes.connection_state.as_ref().into();
        "Guest state", "details.guest.state", |c| c.vm().and_then(|vm| vm.guest.as_ref()?.state.as_ref()).into();
        "Consolidation Needed", "details.consolidation_needed", |c| c.vm().and_then(|vm| vm.consolidation_needed).into();
        "PowerOn", "details.booted_at", |c| c.vm().and_then(|vm| vm.booted_at.as_ref()).into();
        "Creation date", "details.created_at", |c| c.vm().and_then(|vm| vm.created_at.as_ref()).into();
        "CPUs", "normalized.hardware.cpu_count", |c| c.asset.normalized.hardware.cpu_count.into();
        "Memory" ["MiB"], "normalized.hardware.memory_bytes", |c| Cell::mib(c.asset.normalized.hardware.memory_bytes);
        "NICs", "number of details.nics, else of normalized.network.mac_addresses", |c| count(c.vm().and_then(|vm| Some(vm.nics.as_ref()?.len())).or(present(c.asset.normalized.network.mac_addresses.len())));
        "Disks", "number of details.disks, else of normalized.hardware.disks", |c| count(c.vm().and_then(|vm| Some(vm.disks.as_ref()?.len())).or(present(c.asset.normalized.hardware.disks.len())));
        "Total disk capacity MiB" ["MiB"], "sum of normalized.hardware.disks[].size_bytes", |c| Cell::mib(c.asset.normalized.hardware.disks.iter().filter_map(|disk| disk.size_bytes).reduce(u64::saturating_add));
        "CBT", "details.change_tracking", |c| c.vm().and_then(|vm| vm.change_tracking).into();
        "Primary IP Address", "the first of normalized.network.ip_addresses", |c| c.asset.normalized.network.ip_addresses.first().into();
        "Network #1", "details.nics[0].network_name", |c| c.network_of_nic(0);
        "Network #2", "details.nics[1].network_name", |c| c.network_of_nic(1);
        "Network #3", "details.nics[2].network_name", |c| c.network_of_nic(2);
        "Network #4", "details.nics[3].network_name", |c| c.network_of_nic(3);
        "Network #5", "details.nics[4].network_name", |c| c.network_of_nic(4);
        "Network #6", "details.nics[5].network_name", |c| c.network_of_nic(5);
        "Network #7", "details.nics[6].network_name", |c| c.network_of_nic(6);
        "Network #8", "details.nics[7].network_name", |c| c.network_of_nic(7);
        "Resource pool", "details.path of the pool or vApp by relation contained_in, else details.resource_pool", |c| c.index.pool_of(&c.asset.id).and_then(|pool| pool.path.as_deref()).or(c.vm().and_then(|vm| Some(vm.resource_pool.as_ref()?.as_str()))).into();
        "vApp", "details.vapp", |c| c.vm().and_then(|vm| vm.vapp.as_ref()).into();
        "FT State", "details.fault_tolerance", |c| c.vm().and_then(|vm| vm.fault_tolerance.as_ref()).into();
        "Provisioned MiB" ["MiB"], "details.storage.committed_bytes + uncommitted_bytes", |c| Cell::mib(c.vm().and_then(|vm| { let storage = vm.storage.as_ref()?; Some(storage.committed_bytes?.saturating_add(storage.uncommitted_bytes?)) }));
        "In Use MiB" ["MiB"], "details.storage.committed_bytes", |c| Cell::mib(c.vm().and_then(|vm| vm.storage.as_ref()?.committed_bytes));
        "Unshared MiB" ["MiB"], "details.storage.unshared_bytes", |c| Cell::mib(c.vm().and_then(|vm| vm.storage.as_ref()?.unshared_bytes));
        "EFI Secure boot", "details.secure_boot", |c| c.vm().and_then(|vm| vm.secure_boot).into();
        "Firmware", "details.firmware", |c| c.vm().and_then(|vm| vm.firmware.as_ref()).into();
        "HW version", "number in details.hardware_version", |c| c.hardware_version();
        "Path", "normalized.attributes.vm_path", |c| c.asset.normalized.attributes.vm_path.as_ref().into();
        "Annotation", "details.annotation", |c| c.vm().and_then(|vm| vm.annotation.as_ref()).into();
        "SMBIOS UUID", "normalized.attributes.bios_uuid", |c| c.asset.normalized.attributes.bios_uuid.as_ref().into();
        "Guest OS ID", "normalized.os.fingerprint", |c| c.asset.normalized.os.fingerprint.as_ref().into();
        "vTPM", "details.vtpm", |c| c.vm().and_then(|vm| vm.vtpm).into();
        "Encrypted", "details.encrypted", |c| c.vm().and_then(|vm| vm.encrypted).into();
        "Managed by", "details.managed_by.extension", |c| c.vm().and_then(|vm| vm.managed_by.as_ref()?.extension.as_ref()).into();
        "Not a machine because", "normalized.attributes.ghost_class", |c| c.asset.normalized.attributes.ghost_class.as_ref().into();
    }

    CPU_COLUMNS = {
        "CPUs", "normalized.hardware.cpu_count", |c| c.asset.normalized.hardware.cpu_count.into();
        "Sockets", "details.cpu.sockets", |c| c.vm().and_then(|vm| vm.cpu.as_ref()?.sockets).into();
        "Cores p/s", "details.cpu.cores_per_socket", |c| c.vm().and_then(|vm| vm.cpu.as_ref()?.cores_per_socket).into();
        "Level", "details.cpu.shares_level", |c| c.vm().and_then(|vm| vm.cpu.as_ref()?.shares_level.as_ref()).into();
        "Shares", "details.cpu.shares", |c| c.vm().and_then(|vm| vm.cpu.as_ref()?.shares).into();
        "Reservation" ["MHz"], "details.cpu.reservation_mhz", |c| c.vm().and_then(|vm| vm.cpu.as_ref()?.reservation_mhz).into();
        "Limit" ["MHz"], "details.cpu.limit_mhz; empty when it is unlimited", |c| c.vm().and_then(|vm| vm.cpu.as_ref()?.limit_mhz).into();
        "Hot Add", "details.cpu.hot_add", |c| c.vm().and_then(|vm| vm.cpu.as_ref()?.hot_add).into();
    }

    MEMORY_COLUMNS = {
        "Size MiB" ["MiB"], "normalized.hardware.memory_bytes", |c| Cell::mib(c.asset.normalized.hardware.memory_bytes);
        "Level", "details.memory.shares_level", |c| c.vm().and_then(|vm| vm.memory.as_ref()?.shares_level.as_ref()).into();
        "Shares", "details.memory.shares", |c| c.vm().and_then(|vm| vm.memory.as_ref()?.shares).into();
        "Reservation" ["MiB"], "details.memory.reservation_bytes", |c| Cell::mib(c.vm().and_then(|vm| vm.memory.as_ref()?.reservation_bytes));
        "Limit" ["MiB"], "details.memory.limit_bytes; empty when it is unlimited", |c| Cell::mib(c.vm().and_then(|vm| vm.memory.as_ref()?.limit_bytes));
        "Hot Add", "details.memory.hot_add", |c| c.vm().and_then(|vm| vm.memory.as_ref()?.hot_add).into();
    }

    TOOLS_COLUMNS = {
        "VM Version", "number in details.hardware_version", |c| c.hardware_version();
        "Tools", "details.tools.status, else normalized.runtime.tools_status", |c| c.tools_status().into();
        "Tools Version", "details.tools.version_number", |c| c.vm().and_then(|vm| vm.tools.as_ref()?.version_number).into();
        "Tools Version Name", "details.tools.version", |c| c.vm().and_then(|vm| vm.tools.as_ref()?.version.as_ref()).into();
        "Running", "details.tools.running, else normalized.runtime.tools_running", |c| c.tools_running().into();
        "Install Type", "details.tools.install_type", |c| c.vm().and_then(|vm| vm.tools.as_ref()?.install_type.as_ref()).into();
    }
}

fn present(number: usize) -> Option<usize> {
    (number > 0).then_some(number)
}

fn count<'c>(number: Option<usize>) -> Cell<'c> {
    number.map(|number| number as u64).into()
}

impl<'c> Context<'c> {
    fn hardware_version(&self) -> Cell<'c> {
        let version = self.vm().and_then(|vm| vm.hardware_version.as_ref());
        let Some(version) = version.map(|version| version.as_str()) else {
            return Cell::Empty;
        };
        let number = version.strip_prefix("vmx-");
        match number.and_then(|number| number.parse::<u64>().ok()) {
            Some(number) => number.into(),
            None => version.into(),
        }
    }

    fn tools_status(&self) -> Option<&'c str> {
        let status = self.vm().and_then(|vm| vm.tools.as_ref()?.status.as_ref());
        let known = self.asset.normalized.runtime.tools_status.as_deref();
        status.map(|status| status.as_str()).or(known)
    }

    fn tools_running(&self) -> Option<bool> {
        let running = self.vm().and_then(|vm| vm.tools.as_ref()?.running);
        running.or(self.asset.normalized.runtime.tools_running)
    }
}

fn one(_: &Context<'_>) -> usize {
    1
}

pub(super) const INFO: Sheet = Sheet {
    name: "vInfo",
    about: "VMs",
    kinds: VMS,
    rows: one,
    columns: &[LEAD, INFO_COLUMNS, TAIL],
    has_attributes: true,
};

pub(super) const CPU: Sheet = Sheet {
    name: "vCPU",
    about: "CPUs of a VM",
    kinds: VMS,
    rows: one,
    columns: &[LEAD, CPU_COLUMNS, TAIL],
    has_attributes: false,
};

pub(super) const MEMORY: Sheet = Sheet {
    name: "vMemory",
    about: "memory of a VM",
    kinds: VMS,
    rows: one,
    columns: &[LEAD, MEMORY_COLUMNS, TAIL],
    has_attributes: false,
};

pub(super) const TOOLS: Sheet = Sheet {
    name: "vTools",
    about: "guest tools of a VM",
    kinds: VMS,
    rows: one,
    columns: &[LEAD, TOOLS_COLUMNS, TAIL],
    has_attributes: false,
};
