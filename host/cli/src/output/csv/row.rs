//! The cells of a row.

use serde::Deserialize;
use serde_json::Value;
use stocktake_runtime::validation::Asset;

/// Column names behind kind and id, and where in `normalized` each is found.
const COLUMNS: [(&str, &str); 17] = [
    ("caption", "/identity/caption"),
    ("hostname", "/identity/hostname"),
    ("machine_uuid", "/identity/machine_uuid"),
    ("serial_number", "/identity/serial_number"),
    ("vendor", "/identity/vendor"),
    ("model", "/identity/model"),
    ("power_state", "/runtime/power_state"),
    ("cpu_count", "/hardware/cpu_count"),
    ("memory_bytes", "/hardware/memory_bytes"),
    ("ip_addresses", "/network/ip_addresses"),
    ("mac_addresses", "/network/mac_addresses"),
    ("os", "/os/fingerprint"),
    ("type", "/attributes/type"),
    ("capacity_bytes", "/attributes/capacity_bytes"),
    ("free_bytes", "/attributes/free_bytes"),
    ("os_name", "/os/name"),
    ("os_version", "/os/version"),
];
/// The cell for the name of the host that a VM runs on.
pub(super) const HOST: usize = 2 + COLUMNS.len();
/// The cell for the name of the cluster.
pub(super) const CLUSTER: usize = HOST + 1;

/// The names of all columns.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    let columns = COLUMNS.iter().map(|(name, _)| *name);
    ["kind", "id"]
        .into_iter()
        .chain(columns)
        .chain(["host", "cluster", "datastores"])
}

/// The cells of an asset; those of host and cluster are empty.
pub(super) fn cells(asset: &Asset<'_>, normalized: &Value) -> Vec<String> {
    let mut cells = vec![guarded(&asset.kind), guarded(&asset.id)];
    for (_, pointer) in COLUMNS {
        let text = normalized.pointer(pointer).map(text).unwrap_or_default();
        cells.push(guarded(&text));
    }
    cells.extend([String::new(), String::new()]);
    cells.push(guarded(&datastores(asset, normalized).join("; ")));
    cells
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

/// Spreadsheets evaluate text that begins like a formula, terminals interpret control characters,
/// and VM names are untrusted text.
pub(super) fn guarded(text: &str) -> String {
    let text = crate::output::clean(text);
    if text.starts_with(['=', '+', '-', '@']) {
        format!("'{text}")
    } else {
        text
    }
}

/// The files of a VM's disks; everything else is skipped.
#[derive(Default, Deserialize)]
struct Payload {
    #[serde(default)]
    raw_payload: Raw,
}

#[derive(Default, Deserialize)]
struct Raw {
    #[serde(rename = "config.hardware.device", default)]
    devices: Vec<Device>,
}

#[derive(Deserialize)]
struct Device {
    #[serde(rename = "_typeName")]
    type_name: Option<String>,
    backing: Option<Backing>,
}

#[derive(Deserialize)]
struct Backing {
    #[serde(rename = "fileName")]
    file_name: Option<String>,
}

/// Names of the datastores that a host mounts, or that hold a VM and its disks.
fn datastores(asset: &Asset<'_>, normalized: &Value) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut add = |name: &str| {
        if !name.is_empty() && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    };
    match asset.kind.as_ref() {
        "host" => {
            let mounted = normalized["storage"]["datastores"].as_array();
            let mounted = mounted.into_iter().flatten();
            mounted
                .filter_map(|datastore| datastore["name"].as_str())
                .for_each(add);
        }
        "vm" => {
            let path = normalized["attributes"]["vm_path"].as_str();
            path.and_then(datastore_of).into_iter().for_each(&mut add);
            // Devices in another form are not disks.
            let payload: Payload = serde_json::from_str(asset.text).unwrap_or_default();
            let devices = payload.raw_payload.devices.iter();
            devices
                .filter(|device| device.type_name.as_deref() == Some("VirtualDisk"))
                .filter_map(|device| device.backing.as_ref()?.file_name.as_deref())
                .filter_map(datastore_of)
                .for_each(add);
        }
        _ => {}
    }
    names
}

/// The datastore of a path such as `[datastore] folder/file`.
fn datastore_of(path: &str) -> Option<&str> {
    let (name, _) = path.strip_prefix('[')?.split_once("] ")?;
    Some(name)
}
