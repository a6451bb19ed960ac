//! The host and cluster of an asset.

use std::collections::HashMap;

use serde_json::Value;
use stocktake_contract::normalized::Kind;
use stocktake_runtime::validation::{Asset, Relation};

/// Names and places of hosts, and the hosts of VMs.
#[derive(Debug, Default)]
pub(super) struct Places {
    hosts: Vec<Host>,
    by_id: HashMap<String, u32>,
    clusters: HashMap<String, String>,
    vms: HashMap<Box<str>, u32>,
}

#[derive(Debug, Default)]
struct Host {
    name: String,
    cluster: Option<String>,
}

impl Places {
    /// Stores the name of a host or cluster.
    pub(super) fn learn(&mut self, asset: &Asset<'_>, normalized: &Value) {
        let name = |key: &str| normalized["identity"][key].as_str().map(str::to_owned);
        if asset.kind == Kind::Host.as_str() {
            let host = self.host(&asset.id);
            host.name = name("hostname")
                .or_else(|| name("caption"))
                .unwrap_or_default();
        } else if asset.kind == Kind::Cluster.as_str()
            && let Some(name) = name("caption")
        {
            self.clusters.insert(asset.id.clone().into_owned(), name);
        }
    }

    /// Stores the placement of a VM or a host.
    pub(super) fn place(&mut self, relation: &Relation<'_>) {
        let ((_, from), (_, to)) = (&relation.from, &relation.to);
        match relation.kind.as_ref() {
            "runs_on" => {
                self.host(to);
                let host = self.by_id[to.as_ref()];
                self.vms.insert(from.as_ref().into(), host);
            }
            "member_of" => self.host(from).cluster = Some(to.clone().into_owned()),
            _ => {}
        }
    }

    /// The names of host and cluster, as far as known.
    pub(super) fn of(&self, kind: &str, id: &str) -> (&str, &str) {
        let (host, is_vm) = match kind {
            "vm" => (self.vms.get(id), true),
            "host" => (self.by_id.get(id), false),
            _ => (None, false),
        };
        let Some(host) = host.and_then(|host| self.hosts.get(*host as usize)) else {
            return ("", "");
        };
        let cluster = host.cluster.as_ref();
        let cluster = cluster.and_then(|cluster| self.clusters.get(cluster));
        let name = if is_vm { &host.name } else { "" };
        (name, cluster.map_or("", String::as_str))
    }

    /// What is known of a host.
    fn host(&mut self, id: &str) -> &mut Host {
        let next = u32::try_from(self.hosts.len()).unwrap_or(u32::MAX);
        let place = *self.by_id.entry(id.to_owned()).or_insert(next);
        if place == next {
            self.hosts.push(Host::default());
        }
        &mut self.hosts[place as usize]
    }
}
