//! `details-v1`: what people look for besides `normalized`, read with profile `full` only.
//!
//! One table holds it all: each object is declared once, field by field, with the property paths that a
//! field is made of. The types, the JSON Schema, the guide's page, the properties that the collector
//! reads and those that the host's policy admits all follow from it.
//!
//! ```
//! use stocktake_contract::details::{self, Details, Text, Vm};
//! use stocktake_contract::normalized::Kind;
//!
//! let vm = Details(Vm {
//!     annotation: Some(Text::from("built by hand")),
//!     ..Vm::default()
//! });
//! let json = serde_json::to_string(&vm)?;
//! assert_eq!(json, r#"{"version":"details-v1","annotation":"built by hand"}"#);
//! assert!(details::paths(Kind::Vm).contains(&"config.annotation"));
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! What was not read or is not there is absent, never null or empty. Bytes and counts are integers ≥ 0,
//! their unit is in their name; times are RFC 3339 in UTC.

mod cluster;
mod document;
mod host;
mod network;
mod object;
mod schema;
mod storage;
mod tree;
mod value;
mod vm;
mod vm_devices;

use crate::normalized::Kind;

pub use cluster::{Cluster, Drs, HighAvailability};
pub use document::{Details, VERSION};
pub use host::{
    Bios, Dns, Evc, Host, HostCpu, HostPortGroup, HostSwitch, MountedDatastore, Ntp, PhysicalNic,
    VmKernel,
};
pub use network::{DvPortgroup, DvSwitch, Network, VlanRange};
pub use object::{Field, Fields, Object, Shape, Shaped};
pub use schema::schema;
pub use storage::{Datastore, DatastorePod};
pub use tree::{Datacenter, Folder, PoolCpu, PoolMemory, ResourcePool, VApp};
pub use value::{Attributes, Text, Time};
pub use vm::{
    GuestDisk, ManagedBy, Tag, Tools, Vm, VmCpu, VmGuest, VmMemory, VmSnapshot, VmStorage,
};
pub use vm_devices::{Address, Cdrom, Nic, RawDevice, Usb, VmDisk};

/// The fields of `details` of a kind.
#[must_use]
pub const fn fields(kind: Kind) -> &'static [Field] {
    match kind {
        Kind::Vm => Vm::FIELDS,
        Kind::Host => Host::FIELDS,
        Kind::Cluster => Cluster::FIELDS,
        Kind::Datastore => Datastore::FIELDS,
        Kind::Network => Network::FIELDS,
        Kind::DvPortgroup => DvPortgroup::FIELDS,
        Kind::DvSwitch => DvSwitch::FIELDS,
        Kind::Datacenter => Datacenter::FIELDS,
        Kind::Folder => Folder::FIELDS,
        Kind::ResourcePool => ResourcePool::FIELDS,
        Kind::VApp => VApp::FIELDS,
        Kind::DatastorePod => DatastorePod::FIELDS,
    }
}

/// The property paths that `details` of a kind is made of, each once, in the order of the table.
#[must_use]
pub fn paths(kind: Kind) -> Vec<&'static str> {
    let mut paths = Vec::new();
    for row in rows(kind) {
        for path in row.field.paths {
            if !paths.contains(path) {
                paths.push(*path);
            }
        }
    }
    paths
}

/// A field of a kind, with those inside of objects and lists behind the field that holds them.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its name from the top, as in `tools.version` and `nics[].mac`.
    pub name: String,
    /// The field.
    pub field: &'static Field,
}

/// Every field of a kind, on any level, in the order of the table.
#[must_use]
pub fn rows(kind: Kind) -> Vec<Row> {
    let mut rows = Vec::new();
    add_rows("", fields(kind), &mut rows);
    rows
}

fn add_rows(above: &str, fields: &'static [Field], rows: &mut Vec<Row>) {
    for field in fields {
        let name = format!("{above}{}", field.name);
        let inside = match field.shape {
            Shape::Object(fields) => Some((format!("{name}."), fields)),
            Shape::List(Shape::Object(fields)) => Some((format!("{name}[]."), *fields)),
            _ => None,
        };
        rows.push(Row { name, field });
        if let Some((above, fields)) = inside {
            add_rows(&above, fields, rows);
        }
    }
}

#[cfg(test)]
mod tests;
