//! Property paths and the functions behind them.

use super::object::Kind;
use super::site::Site;
use super::{cluster, datastore, folder, host, network, vm};
use crate::soap::xml::Xml;

/// Writes the `val` element of a property of the object with this index; writes nothing when the property is unset.
pub(crate) type Property = fn(&Site, u32, &mut Xml);

fn table(kind: Kind) -> &'static [(&'static str, Property)] {
    match kind {
        Kind::Folder => folder::PROPERTIES,
        Kind::Datacenter => folder::DATACENTER_PROPERTIES,
        Kind::Vm => vm::PROPERTIES,
        Kind::Cluster => cluster::PROPERTIES,
        Kind::Compute => cluster::STANDALONE_PROPERTIES,
        Kind::Host => host::PROPERTIES,
        Kind::Datastore => datastore::PROPERTIES,
        Kind::Network => network::PROPERTIES,
        Kind::PortGroup => network::PORT_GROUP_PROPERTIES,
        Kind::Switch => network::SWITCH_PROPERTIES,
    }
}

/// The property at this path, if the kind has one.
pub(crate) fn find(kind: Kind, path: &str) -> Option<(&'static str, Property)> {
    table(kind).iter().find(|(name, _)| *name == path).copied()
}

/// The properties that `all = true` selects: those directly on the object.
pub(crate) fn top_level(kind: Kind) -> impl Iterator<Item = (&'static str, Property)> {
    table(kind)
        .iter()
        .filter(|(name, _)| !name.contains('.'))
        .copied()
}
