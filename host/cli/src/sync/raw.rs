//! The raw stage: an `[id, {property: value}]` pair per object, per kind in the
//! order of the listing.

use std::io;

use serde::Deserialize;
use serde_json::value::RawValue;
use stocktake_contract::normalized::Kind;
use stocktake_runtime::Spool;
use stocktake_runtime::validation::Asset;

/// The lists of both stages, in the order of the document.
pub(super) const LISTS: [(&str, Kind); 7] = [
    ("clusters", Kind::Cluster),
    ("hosts", Kind::Host),
    ("vms", Kind::Vm),
    ("datastores", Kind::Datastore),
    ("networks", Kind::Network),
    ("dvpgs", Kind::DvPortgroup),
    ("dvswitches", Kind::DvSwitch),
];

/// Bytes of a list that are kept in memory; more move to disk.
pub(super) const IN_MEMORY: usize = 1 << 20;

/// The properties as they were read.
#[derive(Debug)]
pub(super) struct RawStage([Spool; LISTS.len()]);

/// The other fields of an asset are skipped.
#[derive(Deserialize)]
struct Payload<'a> {
    #[serde(borrow)]
    raw_payload: &'a RawValue,
}

impl RawStage {
    pub(super) fn new() -> Self {
        RawStage(std::array::from_fn(|_| Spool::new(IN_MEMORY)))
    }

    /// Takes an object.
    pub(super) fn add(&mut self, asset: &Asset<'_>) -> io::Result<()> {
        let list = LISTS
            .iter()
            .position(|(_, kind)| kind.as_str() == asset.kind);
        let Some(list) = list else {
            let message = format!("there is no list for kind {:?}", asset.kind);
            return Err(io::Error::other(message));
        };
        let payload: Payload<'_> = serde_json::from_str(asset.text)?;
        let id = serde_json::to_string(&asset.id)?;
        let properties = payload.raw_payload.get();
        self.0[list].add(&["[", &id, ",", properties, "]"])
    }

    /// The objects of a kind, as lines of JSON.
    pub(super) fn of(&mut self, kind: Kind) -> &mut Spool {
        let list = LISTS.iter().position(|(_, known)| *known == kind);
        &mut self.0[list.expect("there is a list for every kind")]
    }

    /// Objects of all kinds.
    pub(super) fn total(&self) -> u64 {
        self.0.iter().map(Spool::lines).sum()
    }
}
