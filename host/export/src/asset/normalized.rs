//! `normalized` of an asset, as far as exports show it.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// `normalized` of an asset. The contract's own types are for writing.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Normalized {
    pub(crate) identity: Identity,
    pub(crate) network: Network,
    pub(crate) os: Os,
    pub(crate) hardware: Hardware,
    pub(crate) runtime: Runtime,
    pub(crate) storage: Storage,
    pub(crate) attributes: Attributes,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Identity {
    pub(crate) hostname: Option<String>,
    pub(crate) machine_uuid: Option<String>,
    pub(crate) serial_number: Option<String>,
    pub(crate) vendor: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) caption: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Network {
    pub(crate) ip_addresses: Vec<String>,
    pub(crate) mac_addresses: Vec<String>,
    pub(crate) management_ip: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Os {
    pub(crate) name: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) fingerprint: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Hardware {
    pub(crate) cpu_count: Option<u64>,
    pub(crate) memory_bytes: Option<u64>,
    pub(crate) disks: Vec<Disk>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Disk {
    pub(crate) name: Option<String>,
    pub(crate) size_bytes: Option<u64>,
    #[serde(rename = "type")]
    pub(crate) provisioning: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Runtime {
    pub(crate) power_state: Option<String>,
    pub(crate) tools_running: Option<bool>,
    pub(crate) tools_status: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Storage {
    pub(crate) datastores: Vec<Datastore>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Datastore {
    pub(crate) name: Option<String>,
}

/// The attributes that the vCenter collector sets. Other collectors may have others of the same names and another type, which are as if absent.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Attributes {
    #[serde(deserialize_with = "lenient")]
    pub(crate) connection_state: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) vm_path: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) bios_uuid: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) instance_uuid: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) template: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) ghost_class: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) cpu_model: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) cpu_mhz: Option<u64>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) cpu_packages: Option<u64>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) cpu_threads: Option<u64>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) in_maintenance_mode: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) num_hosts: Option<u64>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) num_effective_hosts: Option<u64>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) total_cpu_mhz: Option<u64>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) total_memory_bytes: Option<u64>,
    #[serde(rename = "type", deserialize_with = "lenient")]
    pub(crate) type_name: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) capacity_bytes: Option<u64>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) free_bytes: Option<u64>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) url: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) multiple_host_access: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) uuid: Option<String>,
}

fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    parser: D,
) -> Result<Option<T>, D::Error> {
    let value = Value::deserialize(parser)?;
    Ok(serde_json::from_value(value).ok())
}
