//! Which properties are read of which type.

use stocktake_contract::normalized::Kind;
use stocktake_contract::request::{self, Mode};
use stocktake_contract::vsphere;

use crate::config::Config;
use crate::vim::calls::PropertySet;

/// What a run reads.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// Kinds that are emitted.
    pub kinds: Vec<Kind>,
    /// Properties of what is emitted.
    pub inventory: Vec<PropertySet>,
    /// Properties of the datastores that hosts are described with. They are
    /// read before the hosts, so that no host has to wait.
    pub datastores: Option<PropertySet>,
    /// Properties of the objects that the details of others name, read before those others; empty
    /// without details.
    pub places: Vec<PropertySet>,
}

impl Profile {
    /// The profile of a request.
    #[must_use]
    pub fn from_config(config: &Config) -> Self {
        let mode = config.mode;
        let is_sync = config.profile == request::Profile::Sync;
        let is_full = config.profile == request::Profile::Full;
        let is_emitted = |kind: &Kind| match kind {
            Kind::Vm => mode.collects_vms(),
            Kind::Host | Kind::Cluster => mode.collects_hosts(),
            _ if kind.is_tree() => is_full && mode == Mode::Collect,
            _ => {
                let by_profile =
                    is_sync && mode.collects_hosts() || is_full && mode == Mode::Collect;
                mode.collects() && (by_profile || config.kinds.contains(kind))
            }
        };
        let set = |kind: Kind| {
            let mut paths = if is_full {
                vsphere::full(kind)
            } else {
                vsphere::sync(kind).to_vec()
            };
            if config.profile == request::Profile::Ledger {
                paths.extend(vsphere::ledger(kind));
            }
            if config.deep_relationships {
                paths.extend(vsphere::deep(kind));
            }
            PropertySet {
                type_name: vsphere::type_name(kind),
                paths,
            }
        };
        let kinds: Vec<Kind> = Kind::ALL.into_iter().filter(is_emitted).collect();
        // VMs name their datastores in `details`, hosts in `normalized` too.
        let names_datastores = mode.collects_hosts() && !is_sync || mode.collects() && is_full;
        let mut places: Vec<PropertySet> = Vec::new();
        if is_full && mode.collects() {
            places.extend(vsphere::PLACES.map(PropertySet::from));
        }
        Profile {
            inventory: kinds.iter().copied().map(set).collect(),
            datastores: names_datastores.then(datastores),
            places,
            kinds,
        }
    }

    /// The managed object types that the view covers.
    #[must_use]
    pub fn types(&self) -> Vec<&'static str> {
        let sets = self
            .inventory
            .iter()
            .chain(&self.datastores)
            .chain(&self.places);
        let mut types: Vec<&str> = sets.map(|set| set.type_name).collect();
        let mut seen = Vec::new();
        types.retain(|name| {
            let is_new = !seen.contains(name);
            seen.push(*name);
            is_new
        });
        types
    }

    /// Removes `path`, returning whether it was requested.
    pub fn drop_property(&mut self, path: &str) -> bool {
        let mut dropped = false;
        let sets = self.inventory.iter_mut().chain(&mut self.datastores);
        for set in sets.chain(&mut self.places) {
            let before = set.paths.len();
            set.paths.retain(|known| *known != path);
            dropped |= set.paths.len() < before;
        }
        dropped
    }
}

fn datastores() -> PropertySet {
    let mut paths = vsphere::sync(Kind::Datastore).to_vec();
    paths.extend(vsphere::ledger(Kind::Datastore));
    PropertySet {
        type_name: vsphere::type_name(Kind::Datastore),
        paths,
    }
}

#[cfg(test)]
mod tests;
