//! Property paths and the functions behind them.

use super::object::Kind;
use super::site::Site;
use super::{
    attribute, cluster, cluster_settings, datastore, datastore_info, entity, folder, host,
    host_adapters, host_settings, host_switches, network, network_settings, pool, vm, vm_files,
    vm_guest, vm_settings, vm_snapshots,
};
use crate::soap::xml::Xml;

/// Writes the `val` element of a property of the object with this index; writes nothing when the property is unset.
pub(crate) type Property = fn(&Site, u32, &mut Xml);

type Table = &'static [(&'static str, Property)];

fn tables(kind: Kind) -> &'static [Table] {
    match kind {
        Kind::Folder => &[folder::PROPERTIES],
        Kind::Datacenter => &[folder::DATACENTER_PROPERTIES],
        Kind::Vm => &[
            vm::PROPERTIES,
            vm_settings::PROPERTIES,
            vm_settings::CPU,
            vm_settings::MEMORY,
            vm_guest::PROPERTIES,
            vm_snapshots::PROPERTIES,
            vm_files::PROPERTIES,
        ],
        Kind::Cluster => &[
            cluster::PROPERTIES,
            cluster_settings::PROPERTIES,
            cluster_settings::CONFIGURATION,
            cluster_settings::CONFIGURATION_EX,
        ],
        Kind::Compute => &[
            cluster::STANDALONE_PROPERTIES,
            cluster_settings::STANDALONE_PROPERTIES,
        ],
        Kind::Host => &[
            host::PROPERTIES,
            host_settings::PROPERTIES,
            host_adapters::PROPERTIES,
            host_switches::PROPERTIES,
        ],
        Kind::Datastore => &[datastore::PROPERTIES, datastore_info::PROPERTIES],
        Kind::Network => &[network::PROPERTIES, network_settings::STANDARD_PROPERTIES],
        Kind::PortGroup => &[
            network::PORT_GROUP_PROPERTIES,
            network_settings::PORT_GROUP_PROPERTIES,
        ],
        Kind::Switch => &[
            network::SWITCH_PROPERTIES,
            network_settings::SWITCH_PROPERTIES,
        ],
        Kind::Pool => &[pool::PROPERTIES, pool::CPU, pool::MEMORY],
        Kind::VApp => &[pool::VAPP_PROPERTIES, pool::VAPP_CPU, pool::VAPP_MEMORY],
        Kind::Pod => &[datastore_info::POD_PROPERTIES],
        Kind::OpaqueNetwork => &[network_settings::OPAQUE_PROPERTIES],
        Kind::CustomFields => &[],
    }
}

fn all(kind: Kind) -> impl Iterator<Item = &'static (&'static str, Property)> {
    tables(kind)
        .iter()
        .copied()
        .flatten()
        .chain(entity::properties(kind))
        .chain(attribute::properties(kind))
}

/// The property at this path, if the kind has one.
pub(crate) fn find(kind: Kind, path: &str) -> Option<(&'static str, Property)> {
    all(kind).find(|(name, _)| *name == path).copied()
}

/// Every path that the kind has in some version.
pub(crate) fn paths(kind: Kind) -> impl Iterator<Item = &'static str> {
    all(kind).map(|(path, _)| *path)
}

/// The properties that `all = true` selects: those directly on the object.
pub(crate) fn top_level(kind: Kind) -> impl Iterator<Item = (&'static str, Property)> {
    all(kind).filter(|(name, _)| !name.contains('.')).copied()
}
