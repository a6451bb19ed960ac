//! Where an asset is: host, cluster, folder, datastores.

use std::collections::BTreeSet;

use serde::Serialize;
use stocktake_contract::normalized::Kind;

use crate::asset::Asset;
use crate::index::Index;

/// What an asset is in or on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Place {
    /// The host of a VM.
    Host,
    /// The cluster of a VM or host.
    Cluster,
    /// The folder of an object.
    Folder,
    /// The datastores of a VM.
    Datastore,
}

impl Place {
    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Place::Host => "host",
            Place::Cluster => "cluster",
            Place::Folder => "folder",
            Place::Datastore => "datastore",
        }
    }
}

/// From where to where.
pub(super) type Move = (Place, Option<String>, Option<String>);

/// The places of two responses. They are compared by name: a vCenter that was set up anew gives new ids.
#[derive(Debug)]
pub(super) struct Places<'i> {
    pub(super) old: &'i Index,
    pub(super) new: &'i Index,
    /// Both responses have details.
    pub(super) has_details: bool,
}

impl Places<'_> {
    /// An asset with the same id and the same text is elsewhere.
    pub(super) fn has_moved(&self, asset: &Asset<'_>) -> bool {
        self.related(asset, asset)
            .iter()
            .any(|(_, old, new)| old != new)
    }

    /// How an asset moved.
    pub(super) fn moves(&self, old: &Asset<'_>, new: &Asset<'_>) -> Vec<Move> {
        let mut moves = self.related(old, new);
        if self.has_details {
            moves.push((Place::Folder, folder(old), folder(new)));
        }
        if new.kind == Kind::Vm {
            let datastores = |asset| datastores(asset, self.has_details);
            moves.push((Place::Datastore, datastores(old), datastores(new)));
        }
        moves.retain(|(_, old, new)| old != new);
        moves
    }

    /// Places that relations say. A response without hosts or clusters does not know them.
    fn related(&self, old: &Asset<'_>, new: &Asset<'_>) -> Vec<Move> {
        let mut places = Vec::new();
        let know = |kind: Kind| {
            [self.old, self.new]
                .iter()
                .all(|index| index.kinds.contains_key(&kind))
        };
        if new.kind == Kind::Vm && know(Kind::Host) {
            places.push((Place::Host, host(self.old, old), host(self.new, new)));
        }
        if matches!(new.kind, Kind::Vm | Kind::Host) && know(Kind::Host) && know(Kind::Cluster) {
            places.push((
                Place::Cluster,
                cluster(self.old, old),
                cluster(self.new, new),
            ));
        }
        places
    }
}

fn host(index: &Index, vm: &Asset<'_>) -> Option<String> {
    let name = index.host_of(&vm.id)?.name.as_deref()?;
    Some(name.to_owned())
}

fn cluster(index: &Index, asset: &Asset<'_>) -> Option<String> {
    let host = if asset.kind == Kind::Vm {
        index.host_of(&asset.id)?
    } else {
        index.hosts.get(&asset.id)?
    };
    index.cluster_of(host).map(str::to_owned)
}

fn folder(asset: &Asset<'_>) -> Option<String> {
    let path = asset.folder_path()?;
    Some(path.as_str().to_owned())
}

/// The names of the datastores of a VM's disks; without details, of the one with its configuration.
fn datastores(asset: &Asset<'_>, has_details: bool) -> Option<String> {
    let disks = asset.vm().and_then(|vm| vm.disks.as_ref());
    let names: BTreeSet<&str> = match disks {
        Some(disks) if has_details => {
            let names = disks.iter().filter_map(|disk| disk.datastore_name.as_ref());
            names.map(|name| name.as_str()).collect()
        }
        _ => {
            let path = asset.normalized.attributes.vm_path.as_deref()?;
            let (name, _) = path.strip_prefix('[')?.split_once("] ")?;
            BTreeSet::from([name])
        }
    };
    let names: Vec<&str> = names.into_iter().collect();
    (!names.is_empty()).then(|| names.join(", "))
}
