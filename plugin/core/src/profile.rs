//! Which properties are read of which type.

use stocktake_contract::normalized::Kind;
use stocktake_contract::{request, vsphere};

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
}

impl Profile {
    /// The profile of a request.
    #[must_use]
    pub fn from_config(config: &Config) -> Self {
        let mode = config.mode;
        let is_sync = config.profile == request::Profile::Sync;
        let is_emitted = |kind: &Kind| match kind {
            Kind::Vm => mode.collects_vms(),
            Kind::Host | Kind::Cluster => mode.collects_hosts(),
            _ => {
                let by_profile = is_sync && mode.collects_hosts();
                mode.collects() && (by_profile || config.kinds.contains(kind))
            }
        };
        let set = |kind: Kind, is_deep: bool| {
            let mut paths = vsphere::sync(kind).to_vec();
            if !is_sync {
                paths.extend(vsphere::ledger(kind));
            }
            if is_deep {
                paths.extend(vsphere::deep(kind));
            }
            PropertySet {
                type_name: vsphere::type_name(kind),
                paths,
            }
        };
        let kinds: Vec<Kind> = Kind::ALL.into_iter().filter(is_emitted).collect();
        let describes_storage = mode.collects_hosts() && !is_sync;
        Profile {
            inventory: kinds
                .iter()
                .map(|kind| set(*kind, config.deep_relationships))
                .collect(),
            datastores: describes_storage.then(|| set(Kind::Datastore, false)),
            kinds,
        }
    }

    /// The managed object types that the view covers.
    #[must_use]
    pub fn types(&self) -> Vec<&'static str> {
        let sets = self.inventory.iter().chain(&self.datastores);
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
        for set in self.inventory.iter_mut().chain(&mut self.datastores) {
            let before = set.paths.len();
            set.paths.retain(|known| *known != path);
            dropped |= set.paths.len() < before;
        }
        dropped
    }
}

#[cfg(test)]
mod tests;
