//! A hypervisor host.

use std::borrow::Cow;

use stocktake_contract::normalized::{
    Attributes, Hardware, Identity, Kind, Normalized, Os, Runtime, Storage,
};

use super::{host_network, host_storage, name, number, power_state, serial_number, text};
use crate::datastores::Datastores;
use crate::gaps::Gap;
use crate::tape::{Tape, Value};

/// The properties of a host, each where it stands.
#[derive(Default)]
struct Properties<'t> {
    name: Option<Value<'t>>,
    serial_number: Option<Value<'t>>,
    other_identifiers: Option<Value<'t>>,
    vendor: Option<Value<'t>>,
    model: Option<Value<'t>>,
    version: Option<Value<'t>>,
    build: Option<Value<'t>>,
    cores: Option<Value<'t>>,
    threads: Option<Value<'t>>,
    packages: Option<Value<'t>>,
    cpu_model: Option<Value<'t>>,
    mhz: Option<Value<'t>>,
    memory: Option<Value<'t>>,
    cpu_info: Option<Value<'t>>,
    memory_size: Option<Value<'t>>,
    nics: Option<Value<'t>>,
    console_nics: Option<Value<'t>>,
    nic_services: Option<Value<'t>>,
    datastores: Option<Value<'t>>,
    luns: Option<Value<'t>>,
    nvme: Option<Value<'t>>,
    power_state: Option<Value<'t>>,
    connection_state: Option<Value<'t>>,
    in_maintenance_mode: Option<Value<'t>>,
}

impl<'t> Properties<'t> {
    fn read(tape: &'t Tape) -> Self {
        let mut read = Properties::default();
        for property in tape.fields() {
            let slot = match property.name() {
                "name" => &mut read.name,
                "hardware.systemInfo.serialNumber" => &mut read.serial_number,
                "hardware.systemInfo.otherIdentifyingInfo" => &mut read.other_identifiers,
                "hardware.cpuInfo" => &mut read.cpu_info,
                "hardware.memorySize" => &mut read.memory_size,
                "summary.hardware.vendor" => &mut read.vendor,
                "summary.hardware.model" => &mut read.model,
                "summary.hardware.numCpuCores" => &mut read.cores,
                "summary.hardware.numCpuThreads" => &mut read.threads,
                "summary.hardware.numCpuPkgs" => &mut read.packages,
                "summary.hardware.cpuModel" => &mut read.cpu_model,
                "summary.hardware.cpuMhz" => &mut read.mhz,
                "summary.hardware.memorySize" => &mut read.memory,
                "summary.config.product.version" => &mut read.version,
                "summary.config.product.build" => &mut read.build,
                "summary.runtime.powerState" => &mut read.power_state,
                "summary.runtime.connectionState" => &mut read.connection_state,
                "runtime.inMaintenanceMode" => &mut read.in_maintenance_mode,
                "config.network.vnic" => &mut read.nics,
                "config.network.consoleVnic" => &mut read.console_nics,
                "config.virtualNicManagerInfo.netConfig" => &mut read.nic_services,
                "config.storageDevice.scsiLun" => &mut read.luns,
                "config.storageDevice.nvmeTopology" => &mut read.nvme,
                "datastore" => &mut read.datastores,
                _ => continue,
            };
            *slot = Some(property);
        }
        read
    }

    /// A number of the hardware summary, else of `hardware.cpuInfo`, which the smaller profile reads.
    fn cpu(&self, summary: Option<Value<'t>>, field: &str, gaps: &mut Vec<Gap>) -> Option<u64> {
        let info = self.cpu_info.and_then(|info| info.get(field));
        number(summary, gaps).or_else(|| number(info, gaps))
    }
}

/// The host with these properties. `datastores` are those of the inventory;
/// without them the host's storage was not asked for, and is not missed.
#[must_use]
pub fn host<'t>(
    properties: &'t Tape,
    datastores: Option<&'t Datastores>,
    gaps: &mut Vec<Gap>,
) -> Normalized<'t> {
    let read = Properties::read(properties);
    let mut host = Normalized::new(Kind::Host);
    host.identity = Some(Identity {
        hostname: read.name.and_then(name),
        serial_number: serial_number::best(read.serial_number, read.other_identifiers),
        vendor: text(read.vendor),
        model: text(read.model),
        ..Identity::default()
    });
    host.network = Some(host_network::network(
        read.nics,
        read.console_nics,
        read.nic_services,
    ));
    host.os = Some(Os {
        name: Some(Cow::Borrowed("ESXi")),
        version: text(read.version),
        fingerprint: text(read.build),
    });
    let cpu_count = read.cpu(read.cores, "numCpuCores", gaps);
    let memory_bytes = number(read.memory, gaps).or_else(|| number(read.memory_size, gaps));
    if cpu_count.is_some() || memory_bytes.is_some() {
        host.hardware = Some(Hardware {
            cpu_count,
            memory_bytes,
            disks: Vec::new(),
        });
    }
    host.runtime = power_state(read.power_state).map(|state| Runtime {
        power_state: Some(state),
        ..Runtime::default()
    });

    let attributes = &mut host.attributes;
    let mhz = number(read.mhz, gaps);
    let mhz = mhz.or_else(|| read.cpu(None, "hz", gaps).map(|hz| hz / 1_000_000));
    attributes.set("cpu_model", text(read.cpu_model));
    attributes.set("cpu_mhz", mhz);
    attributes.set(
        "cpu_packages",
        read.cpu(read.packages, "numCpuPackages", gaps),
    );
    attributes.set("cpu_threads", read.cpu(read.threads, "numCpuThreads", gaps));
    if let Some(datastores) = datastores {
        host.storage = storage(&read, datastores, attributes, gaps);
    }
    attributes.set("connection_state", text(read.connection_state));
    attributes.set(
        "in_maintenance_mode",
        read.in_maintenance_mode.and_then(Value::as_bool),
    );
    host
}

fn storage<'t>(
    read: &Properties<'t>,
    datastores: &'t Datastores,
    attributes: &mut Attributes<'t>,
    gaps: &mut Vec<Gap>,
) -> Option<Storage<'t>> {
    match host_storage::disk_total(read.luns, read.nvme) {
        Ok(total) => attributes.set("disk_total_bytes", Some(total)),
        Err(gap) => gaps.push(gap),
    }
    let Some((own, total)) = host_storage::own_datastores(read.datastores, datastores) else {
        gaps.push(Gap::Datastores);
        return None;
    };
    attributes.set("datastore_total_bytes", Some(total));
    Some(Storage { datastores: own })
}

#[cfg(test)]
mod tests;
