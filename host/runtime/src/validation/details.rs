//! `details-v1`, as the contract's types describe it.

use serde::Deserialize;
use stocktake_contract::details::{
    Cluster, Datacenter, Datastore, DatastorePod, Details, DvPortgroup, DvSwitch, Folder, Host,
    Network, ResourcePool, VApp, Vm,
};
use stocktake_contract::normalized::Kind;

use super::reader::{Mismatch, read};

/// How a text is read as the details of a type.
trait Reader<'a> {
    type Answer;

    fn read<T: Deserialize<'a>>(self, text: &'a str) -> Self::Answer;
}

/// Whether it can be read.
struct Sight;

impl<'a> Reader<'a> for Sight {
    type Answer = bool;

    fn read<T: Deserialize<'a>>(self, text: &'a str) -> bool {
        serde_json::from_str::<T>(text).is_ok()
    }
}

/// Where and why it cannot be read.
struct Search;

impl<'a> Reader<'a> for Search {
    type Answer = Option<Mismatch>;

    fn read<T: Deserialize<'a>>(self, text: &'a str) -> Option<Mismatch> {
        read::<T>(text).err()
    }
}

/// The text is the details of an asset of this kind.
pub(super) fn are_sound(kind: Kind, text: &str) -> bool {
    by_kind(kind, text, Sight)
}

/// What is wrong with the details of an asset of this kind.
pub(super) fn mismatch(kind: &str, text: &str) -> Option<Mismatch> {
    let kind = Kind::ALL.into_iter().find(|known| known.as_str() == kind)?;
    by_kind(kind, text, Search)
}

fn by_kind<'a, R: Reader<'a>>(kind: Kind, text: &'a str, reader: R) -> R::Answer {
    match kind {
        Kind::Vm => reader.read::<Details<Vm<'a>>>(text),
        Kind::Host => reader.read::<Details<Host<'a>>>(text),
        Kind::Cluster => reader.read::<Details<Cluster<'a>>>(text),
        Kind::Datastore => reader.read::<Details<Datastore<'a>>>(text),
        Kind::Network => reader.read::<Details<Network<'a>>>(text),
        Kind::DvPortgroup => reader.read::<Details<DvPortgroup<'a>>>(text),
        Kind::DvSwitch => reader.read::<Details<DvSwitch<'a>>>(text),
        Kind::Datacenter => reader.read::<Details<Datacenter<'a>>>(text),
        Kind::Folder => reader.read::<Details<Folder<'a>>>(text),
        Kind::ResourcePool => reader.read::<Details<ResourcePool<'a>>>(text),
        Kind::VApp => reader.read::<Details<VApp<'a>>>(text),
        Kind::DatastorePod => reader.read::<Details<DatastorePod<'a>>>(text),
    }
}
