//! The processed stage: an object with id and name per row of the raw stage.

use std::io;

use stocktake_contract::normalized::Kind;

use super::lookups::Lookups;
use super::properties::{Properties, RawRow};
use super::raw::RawStage;
use super::row::Row;

/// Fills the lookups.
pub(super) fn learn(lookups: &mut Lookups, raw: &mut RawStage) -> io::Result<()> {
    for kind in Lookups::KINDS {
        let mut lines = raw.of(kind).read()?;
        while let Some(line) = lines.next_line()? {
            let RawRow(id, properties) = serde_json::from_str(line)?;
            lookups.learn(kind, &id, &properties);
        }
    }
    Ok(())
}

/// Makes the row of an object, a line of the raw stage.
pub(super) fn row(kind: Kind, line: &str, lookups: &Lookups) -> io::Result<String> {
    let RawRow(id, properties) = serde_json::from_str(line)?;
    let mut row = Row::new(&id);
    row.field("name", properties.name());
    match kind {
        Kind::Cluster => cluster(&mut row, &properties),
        Kind::Host => host(&mut row, &id, &properties, lookups),
        Kind::Vm => vm(&mut row, &properties, lookups),
        Kind::Datastore => datastore(&mut row, &properties),
        Kind::DvPortgroup => {
            row.field("dvs", lookups.switch_of_port_group(&id));
        }
        Kind::DvSwitch => {
            row.field("uuid", properties.text("uuid"));
        }
        _ => {}
    }
    if matches!(kind, Kind::Datastore | Kind::Network | Kind::DvPortgroup) {
        // Present only if requested.
        row.field("hosts", properties.ids("host"))
            .field("vms", properties.ids("vm"));
    }
    Ok(row.into_json())
}

fn cluster(row: &mut Row, properties: &Properties<'_>) {
    row.field("num_hosts", properties.count("summary.numHosts"))
        .field(
            "num_effective_hosts",
            properties.count("summary.numEffectiveHosts"),
        )
        .field("total_cpu_mhz", properties.count("summary.totalCpu"))
        .field(
            "total_memory_bytes",
            properties.count("summary.totalMemory"),
        );
}

fn host(row: &mut Row, id: &str, properties: &Properties<'_>, lookups: &Lookups) {
    let cpu = properties.fields("hardware.cpuInfo");
    let cpu = |field| cpu.as_ref().and_then(|cpu| cpu.count(field));
    row.field("cluster", lookups.cluster_of_host(id))
        .field(
            "serial_number",
            properties.text("hardware.systemInfo.serialNumber"),
        )
        .field("cpu_packages", cpu("numCpuPackages"))
        .field("cpu_cores", cpu("numCpuCores"))
        .field("cpu_threads", cpu("numCpuThreads"))
        .field("cpu_hz", cpu("hz"))
        .field("memory_bytes", properties.count("hardware.memorySize"))
        .field("power_state", properties.text("summary.runtime.powerState"))
        .field(
            "connection_state",
            properties.text("summary.runtime.connectionState"),
        );
}

fn vm(row: &mut Row, properties: &Properties<'_>, lookups: &Lookups) {
    let host = properties.reference("summary.runtime.host");
    let host = host.as_ref().map(|host| &*host.value);
    row.field("uuid", properties.text("config.uuid"))
        .field("power_state", properties.text("runtime.powerState"))
        .field("vm_path", properties.text("summary.config.vmPathName"))
        .field("host", host.and_then(|host| lookups.host(host)))
        .field(
            "cluster",
            host.and_then(|host| lookups.cluster_of_host(host)),
        )
        .field(
            "connection_state",
            properties.text("summary.runtime.connectionState"),
        );
}

fn datastore(row: &mut Row, properties: &Properties<'_>) {
    row.field("capacity_bytes", properties.count("summary.capacity"))
        .field("free_bytes", properties.count("summary.freeSpace"))
        .field("type", properties.text("summary.type"));
}
