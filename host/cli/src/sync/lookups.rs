//! Lookup of references.

use std::collections::HashMap;

use stocktake_contract::normalized::Kind;

use super::properties::{Properties, Reference};

/// The five lookups by id, without what could not be read.
#[derive(Debug, Default)]
pub(super) struct Lookups {
    cluster_names: HashMap<String, String>,
    host_names: HashMap<String, String>,
    host_clusters: HashMap<String, String>,
    port_group_switches: HashMap<String, String>,
    switch_names: HashMap<String, String>,
}

impl Lookups {
    /// The kinds that they are built from.
    pub(super) const KINDS: [Kind; 4] =
        [Kind::Cluster, Kind::Host, Kind::DvPortgroup, Kind::DvSwitch];

    /// Takes an object.
    pub(super) fn learn(&mut self, kind: Kind, id: &str, properties: &Properties<'_>) {
        let name = properties.name();
        let (lookup, found) = match kind {
            Kind::Cluster => (&mut self.cluster_names, name),
            Kind::DvSwitch => (&mut self.switch_names, name),
            Kind::DvPortgroup => {
                let switch = properties.reference("config.distributedVirtualSwitch");
                let switch = switch.map(|switch| switch.value);
                (&mut self.port_group_switches, switch)
            }
            Kind::Host => {
                // The parent of a standalone host is a ComputeResource.
                let is_cluster =
                    |parent: &Reference<'_>| parent.type_name == "ClusterComputeResource";
                if let Some(parent) = properties.reference("parent").filter(is_cluster) {
                    let cluster = parent.value.into_owned();
                    self.host_clusters.insert(id.to_owned(), cluster);
                }
                (&mut self.host_names, name)
            }
            _ => return,
        };
        if let Some(found) = found {
            lookup.insert(id.to_owned(), found.into_owned());
        }
    }

    /// The name of a host.
    pub(super) fn host(&self, host: &str) -> Option<&str> {
        self.host_names.get(host).map(String::as_str)
    }

    /// The name of the cluster that a host is in.
    pub(super) fn cluster_of_host(&self, host: &str) -> Option<&str> {
        let cluster = self.host_clusters.get(host)?;
        self.cluster_names.get(cluster).map(String::as_str)
    }

    /// The name of the switch that a port group is on.
    pub(super) fn switch_of_port_group(&self, port_group: &str) -> Option<&str> {
        let switch = self.port_group_switches.get(port_group)?;
        self.switch_names.get(switch).map(String::as_str)
    }
}
