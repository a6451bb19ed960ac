//! A virtual machine.

use std::borrow::Cow;

use stocktake_contract::normalized::{
    Hardware, Identity, Kind, Network, Normalized, Os, PowerState, Runtime, Scalar,
};

use super::{addresses, devices, name, number, power_state, text};
use crate::gaps::Gap;
use crate::tape::{Tape, Value};
use crate::{guest_os, placeholder, tools};

const MEBIBYTE: u64 = 1_048_576;
/// The class of a clone in progress.
const CLONE_PLACEHOLDER: &str = "clone_placeholder";

/// The properties of a VM, by path.
#[derive(Default)]
struct Properties<'t> {
    name: Option<Value<'t>>,
    uuid: Option<Value<'t>>,
    instance_uuid: Option<Value<'t>>,
    template: Option<Value<'t>>,
    guest_id: Option<Value<'t>>,
    cpus: Option<Value<'t>>,
    memory: Option<Value<'t>>,
    devices: Option<Value<'t>>,
    host_name: Option<Value<'t>>,
    net: Option<Value<'t>>,
    ip_address: Option<Value<'t>>,
    tools_running: Option<Value<'t>>,
    tools_version: Option<Value<'t>>,
    power_state: Option<Value<'t>>,
    summary_cpus: Option<Value<'t>>,
    summary_memory: Option<Value<'t>>,
    path: Option<Value<'t>>,
    connection_state: Option<Value<'t>>,
}

impl<'t> Properties<'t> {
    fn read(tape: &'t Tape) -> Self {
        let mut read = Properties::default();
        for property in tape.fields() {
            let slot = match property.name() {
                "name" => &mut read.name,
                "config.uuid" => &mut read.uuid,
                "config.instanceUuid" => &mut read.instance_uuid,
                "config.template" => &mut read.template,
                "config.guestId" => &mut read.guest_id,
                "config.hardware.numCPU" => &mut read.cpus,
                "config.hardware.memoryMB" => &mut read.memory,
                "config.hardware.device" => &mut read.devices,
                "guest.hostName" => &mut read.host_name,
                "guest.net" => &mut read.net,
                "guest.ipAddress" => &mut read.ip_address,
                "guest.toolsRunningStatus" => &mut read.tools_running,
                "guest.toolsVersionStatus2" => &mut read.tools_version,
                "runtime.powerState" => &mut read.power_state,
                "summary.config.numCpu" => &mut read.summary_cpus,
                "summary.config.memorySizeMB" => &mut read.summary_memory,
                "summary.config.vmPathName" => &mut read.path,
                "summary.runtime.connectionState" => &mut read.connection_state,
                _ => continue,
            };
            *slot = Some(property);
        }
        read
    }
}

/// The context of a VM's properties.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context {
    /// Templates are requested, so each VM states whether it is one.
    pub include_templates: bool,
    /// A `config` property is unreadable, so its absence proves nothing.
    pub config_withheld: bool,
}

/// The VM with these properties.
#[must_use]
pub fn vm<'t>(properties: &'t Tape, context: Context, gaps: &mut Vec<Gap>) -> Normalized<'t> {
    let read = Properties::read(properties);
    let devices = devices::read(read.devices, gaps);
    let bios_uuid = uuid(read.uuid);
    let instance_uuid = uuid(read.instance_uuid);

    let mut vm = Normalized::new(Kind::Vm);
    vm.identity = Some(Identity {
        machine_uuid: instance_uuid.clone().or_else(|| bios_uuid.clone()),
        caption: read.name.and_then(name),
        // Never the VM's name, which an administrator chose.
        hostname: read.host_name.and_then(hostname),
        ..Identity::default()
    });
    vm.network = Some(Network {
        mac_addresses: devices.mac_addresses,
        ip_addresses: addresses::guest(read.net, read.ip_address),
        management_ip: None,
    });
    vm.hardware = Some(Hardware {
        cpu_count: number(read.cpus, gaps).or_else(|| number(read.summary_cpus, gaps)),
        memory_bytes: number(read.memory, gaps)
            .or_else(|| number(read.summary_memory, gaps))
            .and_then(|mebibytes| mebibytes.checked_mul(MEBIBYTE)),
        disks: devices.disks,
    });
    vm.os = read.guest_id.and_then(os);
    vm.runtime = Some(Runtime {
        power_state: power_state(read.power_state),
        tools_running: read
            .tools_running
            .and_then(Value::as_str)
            .and_then(tools::running),
        tools_status: read
            .tools_version
            .and_then(Value::as_str)
            .and_then(tools::version_status),
    });
    let attributes = &mut vm.attributes;
    attributes.set("connection_state", text(read.connection_state));
    attributes.set("vm_path", text(read.path));
    attributes.set("bios_uuid", bios_uuid);
    attributes.set("instance_uuid", instance_uuid);
    if context.include_templates {
        attributes.set("template", read.template.and_then(Value::as_bool));
    }
    attributes.set("ghost_class", ghost_class(&read, context));
    vm
}

/// A UUID, except those that whole series of boards share.
fn uuid(value: Option<Value<'_>>) -> Option<Cow<'_, str>> {
    let uuid = value.and_then(Value::non_blank)?;
    placeholder::uuid(uuid).map(Cow::Borrowed)
}

fn hostname(value: Value<'_>) -> Option<Cow<'_, str>> {
    value
        .as_str()
        .and_then(placeholder::hostname)
        .map(Cow::Borrowed)
}

/// Why a ledger should not count a VM as a machine; `None` for most.
fn ghost_class(read: &Properties<'_>, context: Context) -> Option<&'static str> {
    let connection = read.connection_state.and_then(Value::as_str);
    match connection {
        Some("orphaned") => return Some("orphaned"),
        Some("inaccessible") => return Some("inaccessible"),
        Some("invalid") => return Some("invalid"),
        _ => {}
    }
    let config = [
        read.uuid,
        read.instance_uuid,
        read.template,
        read.guest_id,
        read.cpus,
        read.devices,
    ];
    if read.template.and_then(Value::as_bool) == Some(true) {
        Some("template")
    } else if read
        .name
        .and_then(Value::as_str)
        .is_some_and(is_cluster_agent)
    {
        Some("vcls")
    } else if config.iter().all(Option::is_none)
        && !context.config_withheld
        && connection == Some("connected")
        && power_state(read.power_state) == Some(PowerState::PoweredOff)
    {
        // vCenter shows a clone from the start and configures it at the end: until then it is
        // connected and off. A disconnected machine has no
        // configuration either, but exists.
        Some(CLONE_PLACEHOLDER)
    } else {
        None
    }
}

/// A VM that vCenter runs for the cluster's own services: `vCLS (4)` before 7.0.3, `vCLS-<uuid>` since.
fn is_cluster_agent(name: &str) -> bool {
    let Some(rest) = name.strip_prefix("vCLS") else {
        return false;
    };
    let number = rest
        .strip_prefix(" (")
        .and_then(|rest| rest.strip_suffix(')'));
    let uuid = rest.strip_prefix('-');
    number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
        || uuid.is_some_and(|uuid| {
            uuid.len() == 36
                && uuid
                    .bytes()
                    .all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
        })
}

/// The required fields that a connected VM lacks. A clone in
/// progress need not have them.
#[must_use]
pub fn missing_required(vm: &Normalized<'_>) -> Vec<&'static str> {
    let ghost_class = vm.attributes.get("ghost_class");
    if ghost_class == Some(&Scalar::from(CLONE_PLACEHOLDER)) {
        return Vec::new();
    }
    let hardware = vm.hardware.as_ref();
    let present = [
        (
            "cpu_count",
            hardware.is_some_and(|hardware| hardware.cpu_count.is_some()),
        ),
        (
            "memory_bytes",
            hardware.is_some_and(|hardware| hardware.memory_bytes.is_some()),
        ),
        (
            "power_state",
            vm.runtime
                .is_some_and(|runtime| runtime.power_state.is_some()),
        ),
    ];
    present
        .into_iter()
        .filter_map(|(field, present)| (!present).then_some(field))
        .collect()
}

fn os(guest_id: Value<'_>) -> Option<Os<'_>> {
    Some(Os {
        fingerprint: Some(guest_os::rest_name(guest_id.non_blank()?.trim())),
        ..Os::default()
    })
}

#[cfg(test)]
mod tests;
