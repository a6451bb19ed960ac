//! Clusters, and the compute resources of standalone hosts.

use super::host::{Model, runs, write_name};
use super::names::{write_val_list, write_val_references, write_val_text};
use super::object::{Kind, Object};
use super::property::Property;
use super::site::{NETWORKS_PER_DATACENTER, PORT_GROUPS_PER_DATACENTER, Site};
use super::tree::write_parent;
use crate::soap::xml::Xml;

pub(super) const PROPERTIES: &[(&str, Property)] = &[
    ("name", |_, index, xml| {
        write_val_text(xml, |xml| {
            xml.raw("cluster-").zero_padded(u64::from(index) + 1, 2);
        });
    }),
    ("parent", |site, index, xml| {
        write_parent(site, Object::new(Kind::Cluster, index), xml);
    }),
    ("host", |site, index, xml| {
        write_val_list(site, Kind::Host, site.hosts_in_cluster(index), xml);
    }),
    ("datastore", |site, index, xml| {
        let mut mounted: Vec<u32> = site
            .hosts_in_cluster(index)
            .flat_map(|host| site.datastores_of_host(host))
            .collect();
        mounted.sort_unstable();
        mounted.dedup();
        write_val_list(site, Kind::Datastore, mounted, xml);
    }),
    ("network", |site, index, xml| {
        write_networks(site, index % site.datacenters, xml);
    }),
    ("summary.numHosts", |site, index, xml| {
        xml.val_int(count(site.hosts_in_cluster(index)));
    }),
    ("summary.numEffectiveHosts", |site, index, xml| {
        let effective = site
            .hosts_in_cluster(index)
            .filter(|&host| runs(site, host));
        xml.val_int(count(effective));
    }),
    ("summary.totalCpu", |site, index, xml| {
        let mhz = models(site, index)
            .map(|model| u32::from(model.cores) * model.mhz)
            .sum();
        xml.val_int(mhz);
    }),
    ("summary.totalMemory", |site, index, xml| {
        xml.val_long(models(site, index).map(|model| model.memory_bytes).sum());
    }),
];

pub(super) const STANDALONE_PROPERTIES: &[(&str, Property)] = &[
    ("name", |site, index, xml| {
        write_val_text(xml, |xml| write_name(site, site.clustered + index, xml));
    }),
    ("parent", |site, index, xml| {
        write_parent(site, Object::new(Kind::Compute, index), xml);
    }),
    ("host", |site, index, xml| {
        write_val_list(site, Kind::Host, [site.clustered + index], xml);
    }),
    ("datastore", |site, index, xml| {
        write_val_list(
            site,
            Kind::Datastore,
            site.datastores_of_host(site.clustered + index),
            xml,
        );
    }),
    ("network", |site, index, xml| {
        write_networks(site, index % site.datacenters, xml);
    }),
    ("summary.numHosts", |_, _, xml| xml.val_int(1)),
    ("summary.numEffectiveHosts", |site, index, xml| {
        xml.val_int(u32::from(runs(site, site.clustered + index)));
    }),
    ("summary.totalCpu", |site, index, xml| {
        let model = Model::of(site, site.clustered + index);
        xml.val_int(u32::from(model.cores) * model.mhz);
    }),
    ("summary.totalMemory", |site, index, xml| {
        xml.val_long(Model::of(site, site.clustered + index).memory_bytes);
    }),
];

/// The networks and port groups of a datacenter, which each of its hosts can use.
pub(super) fn write_networks(site: &Site, datacenter: u32, xml: &mut Xml) {
    let networks = (0..NETWORKS_PER_DATACENTER)
        .map(|nth| Object::new(Kind::Network, site.network(datacenter, nth)));
    let port_groups = (0..PORT_GROUPS_PER_DATACENTER)
        .map(|nth| Object::new(Kind::PortGroup, site.port_group(datacenter, nth)))
        .filter(|_| !site.host_agent);
    let opaque = Some(Object::new(Kind::OpaqueNetwork, datacenter)).filter(|_| site.varied);
    write_val_references(site, networks.chain(port_groups).chain(opaque), xml);
}

fn models(site: &Site, cluster: u32) -> impl Iterator<Item = Model> + '_ {
    site.hosts_in_cluster(cluster)
        .map(|host| Model::of(site, host))
}

fn count(hosts: impl Iterator<Item = u32>) -> u32 {
    u32::try_from(hosts.count()).unwrap_or(u32::MAX)
}
