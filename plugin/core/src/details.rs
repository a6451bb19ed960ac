//! Objects as `details-v1`: pure functions from the properties of one object and the names of those
//! around it.
//!
//! As in [`crate::normalize`] every property is optional in what comes back.

mod cluster;
mod host;
mod host_network;
mod network;
#[cfg(test)]
mod sample;
mod storage;
mod time;
mod tree;
mod values;
mod vm;
mod vm_devices;
mod vm_snapshots;

use stocktake_contract::details::{Details, Fields};
use stocktake_contract::normalized::Kind;

use crate::attributes::AttributeNames;
use crate::datastores::Datastores;
use crate::gaps::Gap;
use crate::places::Places;
use crate::tags::Attached;
use crate::tape::Tape;

/// What is known of the objects around one.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Folders, datacenters, compute resources, pools and networks.
    pub places: &'a Places,
    /// Datastores.
    pub datastores: &'a Datastores,
    /// Custom attributes.
    pub attributes: &'a AttributeNames,
    /// Tags of the object; none where they are not read.
    pub tags: Option<Attached<'a>>,
}

/// Appends the `details` of an object with these properties.
pub fn write(
    kind: Kind,
    properties: &Tape,
    context: Context<'_>,
    gaps: &mut Vec<Gap>,
    json: &mut Vec<u8>,
) {
    match kind {
        Kind::Vm => append(vm::vm(properties, context, gaps), json),
        Kind::Host => append(host::host(properties, context, gaps), json),
        Kind::Cluster => append(cluster::cluster(properties, context, gaps), json),
        Kind::Datastore => append(storage::datastore(properties, context, gaps), json),
        Kind::DatastorePod => append(storage::pod(properties, context, gaps), json),
        Kind::Network => append(network::network(properties, context, gaps), json),
        Kind::DvPortgroup => append(network::port_group(properties, context, gaps), json),
        Kind::DvSwitch => append(network::switch(properties, context, gaps), json),
        Kind::Datacenter => append(tree::datacenter(properties, context, gaps), json),
        Kind::Folder => append(tree::folder(properties, context, gaps), json),
        Kind::ResourcePool => append(tree::pool(properties, context, gaps), json),
        Kind::VApp => append(tree::vapp(properties, context, gaps), json),
    }
}

fn append(details: impl Fields, json: &mut Vec<u8>) {
    serde_json::to_writer(json, &Details(details)).expect("writing to memory cannot fail");
}
