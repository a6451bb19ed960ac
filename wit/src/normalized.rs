//! `normalized-v1`: an asset as a ledger stores it; `normalized-extended-v1`
//! is the same for the kinds that a ledger has to request.
//!
//! Bytes and counts are integers ≥ 0. What is unknown is absent, never null or
//! empty. Only the fields that inventories of machines fill are typed here; the
//! schema allows more.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// The `version` of documents of the kinds that every ledger knows.
pub const VERSION: &str = "normalized-v1";
/// The `version` of documents of the extended kinds.
pub const EXTENDED_VERSION: &str = "normalized-extended-v1";

/// One asset.
#[derive(Clone, Debug, Serialize)]
pub struct Normalized<'a> {
    /// [`VERSION`], or [`EXTENDED_VERSION`] of an extended kind.
    pub version: &'static str,
    /// Its kind.
    pub kind: Kind,
    /// Its identity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<Identity<'a>>,
    /// Its addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<Network<'a>>,
    /// Its operating system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub os: Option<Os<'a>>,
    /// Its hardware.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hardware: Option<Hardware<'a>>,
    /// Its state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runtime: Option<Runtime>,
    /// Its storage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage: Option<Storage<'a>>,
    /// Scalars of this source, in a fixed order.
    #[serde(skip_serializing_if = "Attributes::is_empty")]
    pub attributes: Attributes<'a>,
}

impl Normalized<'_> {
    /// An asset of this kind without any other field.
    #[must_use]
    pub fn new(kind: Kind) -> Self {
        Normalized {
            version: if kind.is_extended() {
                EXTENDED_VERSION
            } else {
                VERSION
            },
            kind,
            identity: None,
            network: None,
            os: None,
            hardware: None,
            runtime: None,
            storage: None,
            attributes: Attributes::default(),
        }
    }
}

/// What an asset is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A virtual machine.
    Vm,
    /// A hypervisor host.
    Host,
    /// A cluster of hosts.
    Cluster,
    /// A datastore; extended.
    Datastore,
    /// A network other than a distributed port group; extended.
    Network,
    /// A distributed virtual port group; extended.
    DvPortgroup,
    /// A distributed virtual switch; extended.
    DvSwitch,
    /// A datacenter; part of the tree.
    Datacenter,
    /// A folder; part of the tree.
    Folder,
    /// A resource pool; part of the tree.
    ResourcePool,
    /// A vApp; part of the tree.
    VApp,
    /// A cluster of datastores; part of the tree.
    DatastorePod,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 12] = [
        Kind::Vm,
        Kind::Host,
        Kind::Cluster,
        Kind::Datastore,
        Kind::Network,
        Kind::DvPortgroup,
        Kind::DvSwitch,
        Kind::Datacenter,
        Kind::Folder,
        Kind::ResourcePool,
        Kind::VApp,
        Kind::DatastorePod,
    ];

    /// The kind as written in documents.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::Vm => "vm",
            Kind::Host => "host",
            Kind::Cluster => "cluster",
            Kind::Datastore => "datastore",
            Kind::Network => "network",
            Kind::DvPortgroup => "dvportgroup",
            Kind::DvSwitch => "dvswitch",
            Kind::Datacenter => "datacenter",
            Kind::Folder => "folder",
            Kind::ResourcePool => "resourcepool",
            Kind::VApp => "vapp",
            Kind::DatastorePod => "datastorepod",
        }
    }

    /// Whether it is emitted only on request; its documents are [`EXTENDED_VERSION`].
    #[must_use]
    pub const fn is_extended(self) -> bool {
        !matches!(self, Kind::Vm | Kind::Host | Kind::Cluster)
    }

    /// Whether it is part of the tree above the machines, which only profile `full` emits.
    #[must_use]
    pub const fn is_tree(self) -> bool {
        matches!(
            self,
            Kind::Datacenter | Kind::Folder | Kind::ResourcePool | Kind::VApp | Kind::DatastorePod
        )
    }
}

/// The identity of an asset.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Identity<'a> {
    /// Host name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hostname: Option<Cow<'a, str>>,
    /// UUID of the machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub machine_uuid: Option<Cow<'a, str>>,
    /// Serial number of the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial_number: Option<Cow<'a, str>>,
    /// Manufacturer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vendor: Option<Cow<'a, str>>,
    /// Model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<Cow<'a, str>>,
    /// Display name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caption: Option<Cow<'a, str>>,
}

/// The addresses of an asset, unique, in the order read.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Network<'a> {
    /// IPv4 addresses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ip_addresses: Vec<Cow<'a, str>>,
    /// MAC addresses, as written by the source.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mac_addresses: Vec<Cow<'a, str>>,
    /// The address it is managed by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub management_ip: Option<Cow<'a, str>>,
}

/// The operating system of an asset.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Os<'a> {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Cow<'a, str>>,
    /// Its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<Cow<'a, str>>,
    /// A more detailed identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<Cow<'a, str>>,
}

/// The hardware of an asset.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Hardware<'a> {
    /// Virtual CPUs of a VM, cores of a host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_count: Option<u64>,
    /// Memory, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_bytes: Option<u64>,
    /// Virtual disks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub disks: Vec<Disk<'a>>,
}

/// A virtual disk.
#[derive(Clone, Debug, Serialize)]
pub struct Disk<'a> {
    /// Its label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Cow<'a, str>>,
    /// Its capacity, in bytes.
    pub size_bytes: u64,
    /// How it is provisioned.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub provisioning: Option<Provisioning>,
}

/// How a virtual disk is allocated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Provisioning {
    /// Allocated on demand.
    Thin,
    /// Allocated at creation, zeroed on first write.
    Thick,
    /// Allocated and zeroed at creation.
    EagerZeroedThick,
}

/// The state of an asset.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Runtime {
    /// Whether it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub power_state: Option<PowerState>,
    /// Whether its guest tools run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tools_running: Option<bool>,
    /// The state of its guest tools.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tools_status: Option<&'static str>,
}

/// Whether an asset runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PowerState {
    /// It runs.
    PoweredOn,
    /// It is off.
    PoweredOff,
    /// It is suspended.
    Suspended,
}

/// The storage of an asset.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Storage<'a> {
    /// Datastores it mounts.
    pub datastores: Vec<Datastore<'a>>,
}

/// A datastore of a host.
#[derive(Clone, Debug, Serialize)]
pub struct Datastore<'a> {
    /// Its name, never empty.
    pub name: Cow<'a, str>,
    /// Its capacity, in bytes.
    pub capacity_bytes: u64,
}

/// Scalars of one source, in a fixed order.
#[derive(Clone, Debug, Default)]
pub struct Attributes<'a>(Vec<(&'static str, Scalar<'a>)>);

/// A value of an attribute.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Scalar<'a> {
    /// Text.
    Text(Cow<'a, str>),
    /// A whole number.
    Number(u64),
    /// Yes or no.
    Flag(bool),
}

impl<'a> Attributes<'a> {
    /// Adds an attribute if it has a value.
    pub fn set(&mut self, name: &'static str, value: Option<impl Into<Scalar<'a>>>) {
        if let Some(value) = value {
            self.0.push((name, value.into()));
        }
    }

    /// The value of an attribute, if it has one.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Scalar<'a>> {
        let found = self.0.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value)
    }

    /// There are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Attributes<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl<'a> From<&'a str> for Scalar<'a> {
    fn from(text: &'a str) -> Self {
        Scalar::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<Cow<'a, str>> for Scalar<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        Scalar::Text(text)
    }
}

impl From<u64> for Scalar<'_> {
    fn from(number: u64) -> Self {
        Scalar::Number(number)
    }
}

impl From<bool> for Scalar<'_> {
    fn from(flag: bool) -> Self {
        Scalar::Flag(flag)
    }
}
