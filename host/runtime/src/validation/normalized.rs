//! `normalized-v1` and `normalized-extended-v1`, as their JSON Schemas describe them.

#![expect(
    dead_code,
    reason = "that a field can be read is all that is wanted of most"
)]

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use stocktake_contract::normalized::{Kind, PowerState, Provisioning};

use super::value::{
    Count, List, Members, NonEmpty, Object, Optional, Scalar, Text, Unique, Word, each_member,
};

/// A document that describes one asset.
pub(super) trait Normalized {
    /// Its `kind`, of which an asset's `external_kind` says the same.
    fn kind(&self) -> Kind;
}

/// `normalized-v1`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NormalizedV1 {
    version: Word<VersionV1>,
    kind: Word<Kind>,
    #[serde(default)]
    identity: Object<Identity>,
    #[serde(default)]
    network: Object<Network>,
    #[serde(default)]
    os: Object<Os>,
    #[serde(default)]
    hardware: Object<Hardware>,
    #[serde(default)]
    runtime: Object<Runtime>,
    #[serde(default)]
    storage: Object<Storage>,
    #[serde(default)]
    location: Object<Location>,
    #[serde(default)]
    ownership: Object<Ownership>,
    #[serde(default)]
    service: Object<Service>,
    #[serde(default)]
    resource: Object<Resource>,
    #[serde(default)]
    physical: Object<Physical>,
    #[serde(default)]
    comments: Text,
    #[serde(default)]
    classification: Text,
    #[serde(default)]
    cloud: Scalar<false, false>,
    #[serde(default)]
    attributes: Members<Scalar<true, true>>,
}

/// `normalized-extended-v1`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NormalizedExtendedV1 {
    version: Word<VersionExtendedV1>,
    kind: Word<Kind>,
    #[serde(default)]
    identity: Object<ExtendedIdentity>,
    #[serde(default)]
    attributes: ExtendedAttributes,
}

impl Normalized for NormalizedV1 {
    fn kind(&self) -> Kind {
        self.kind.0
    }
}

impl Normalized for NormalizedExtendedV1 {
    fn kind(&self) -> Kind {
        self.kind.0
    }
}

#[derive(Debug, Deserialize)]
enum VersionV1 {
    #[serde(rename = "normalized-v1")]
    V1,
}

#[derive(Debug, Deserialize)]
enum VersionExtendedV1 {
    #[serde(rename = "normalized-extended-v1")]
    V1,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Identity {
    hostname: NonEmpty,
    machine_uuid: NonEmpty,
    serial_number: NonEmpty,
    cloud_native_id: NonEmpty,
    vendor: Text,
    model: Text,
    product_name: Text,
    caption: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ExtendedIdentity {
    caption: NonEmpty,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Network {
    ip_addresses: Unique<1>,
    mac_addresses: Unique<1>,
    management_ip: NonEmpty,
    bmc_ip: NonEmpty,
    ilo_ip: NonEmpty,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Os {
    name: Text,
    version: Text,
    fingerprint: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Hardware {
    cpu_count: Count,
    memory_bytes: Count,
    disks: List<Object<Disk>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Disk {
    name: Text,
    size_bytes: Count,
    #[serde(rename = "type")]
    provisioning: Optional<Word<Provisioning>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Runtime {
    power_state: Optional<Word<PowerState>>,
    tools_running: bool,
    tools_status: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Storage {
    datastores: List<Object<Datastore>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Datastore {
    name: NonEmpty,
    capacity_bytes: Count,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Location {
    region: Text,
    city: Text,
    cabinet: Text,
    position: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Ownership {
    department: Text,
    owner_name: Text,
    owner_email: Text,
    cc_emails: Unique<0>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Service {
    system_name: Text,
    applications: Unique<0>,
    service_level: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Resource {
    profile: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Physical {
    fixed_asset_id: Text,
    maintenance_period: Text,
}

/// Attributes of `normalized-extended-v1`, some of which have a type of their own.
#[derive(Debug, Default)]
struct ExtendedAttributes;

impl<'de> Deserialize<'de> for ExtendedAttributes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Known;

        impl<'de> Visitor<'de> for Known {
            type Value = ExtendedAttributes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                each_member(map, |name, map| match name {
                    "type" | "url" | "uuid" => map.next_value().map(|Text::<1>| ()),
                    "capacity_bytes" | "free_bytes" => map.next_value().map(|Count(_)| ()),
                    "multiple_host_access" => map.next_value::<bool>().map(drop),
                    _ => map.next_value().map(|Scalar::<true, false>| ()),
                })?;
                Ok(ExtendedAttributes)
            }
        }

        deserializer.deserialize_map(Known)
    }
}
