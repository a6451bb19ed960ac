//! The difference of two responses.
//!
//! Of the old one, an entry per asset is in memory and the rest in a file without a name; the new one is read asset by
//! asset. Assets are the same when kind and id are, unless their instance UUIDs differ; VMs that are left are matched by instance UUID,
//! for a vCenter that was set up anew gives new ids.

mod field;
mod place;
mod result;
mod spool;
mod text;

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::io::{Read, Seek};

use serde_json::Value;
use stocktake_contract::normalized::Kind;

use crate::Error;
use crate::asset::Asset;
use crate::index::Index;
use crate::response::{Items, Response, Summary};

pub use place::Place;
pub use result::{Changed, Difference, FieldChange, Moved, Object, Side};

use place::Places;
use spool::{Spool, Stored};

/// How to compare.
#[derive(Clone, Debug, Default)]
pub struct DiffOptions {
    /// Inventories that are not proved complete are compared too.
    pub allow_incomplete: bool,
    /// Fields that are not compared, with those inside of them, as in `details.storage`; what is in brackets is left out,
    /// as in `details.disks.path`.
    pub ignore: Vec<String>,
}

/// Compares two responses.
///
/// # Errors
///
/// When one cannot be read, is none or is not complete.
pub fn diff<A: Read + Seek, B: Read + Seek>(
    old: &mut Response<A>,
    new: &mut Response<B>,
    options: &DiffOptions,
) -> Result<Difference, Error> {
    let old_read = Index::read(old, options.allow_incomplete)?;
    let new_read = Index::read(new, options.allow_incomplete)?;

    let mut former = Former {
        name: old.name().to_owned(),
        hasher: RandomState::new(),
        assets: HashMap::new(),
        spool: Spool::new(old.name())?,
    };
    old.read(&mut former)?;

    let (old_side, new_side) = (side(old.name(), &old_read), side(new.name(), &new_read));
    let name = new.name().to_owned();
    let mut comparison = Comparison {
        name: &name,
        places: Places {
            old: &old_read.0,
            new: &new_read.0,
            has_details: old_side.has_details && new_side.has_details,
        },
        options,
        spool: Spool::new(new.name())?,
        former,
        fresh: Vec::new(),
        difference: Difference::new(old_side, new_side),
    };
    new.read(&mut comparison)?;
    comparison.finish()
}

fn side(name: &str, (index, summary): &(Index, Summary)) -> Side {
    let kinds = index.kinds.iter();
    Side {
        name: name.to_owned(),
        complete: summary.stats.inventory_complete,
        scope: summary.stats.evidence.scope.clone(),
        has_details: index.has_details,
        kinds: kinds
            .map(|(kind, number)| (kind.as_str().to_owned(), *number))
            .collect(),
    }
}

/// An asset of the old response.
#[derive(Debug)]
struct Entry {
    stored: Stored,
    /// Of its text.
    hash: u64,
    /// Of its instance UUID.
    uuid: Option<u64>,
    is_matched: bool,
}

/// The old response.
struct Former {
    name: String,
    hasher: RandomState,
    assets: HashMap<(Kind, Box<str>), Entry>,
    spool: Spool,
}

impl Former {
    fn hashes(&self, asset: &Asset<'_>) -> (u64, Option<u64>) {
        let text = (asset.normalized_text, asset.details_text);
        let uuid = asset.normalized.attributes.instance_uuid.as_ref();
        let uuid = uuid.filter(|_| asset.kind == Kind::Vm);
        let uuid = uuid.map(|uuid| self.hasher.hash_one(uuid.to_lowercase()));
        (self.hasher.hash_one(text), uuid)
    }
}

impl Items for Former {
    fn asset(&mut self, text: &str) -> Result<(), Error> {
        let asset = Asset::from_text(&self.name, text)?;
        let (hash, uuid) = self.hashes(&asset);
        let entry = Entry {
            stored: self.spool.store(&asset)?,
            hash,
            uuid,
            is_matched: false,
        };
        let known = self
            .assets
            .insert((asset.kind, asset.id.as_ref().into()), entry);
        if known.is_none() {
            return Ok(());
        }
        Err(duplicate(&self.name, &asset))
    }
}

fn duplicate(name: &str, asset: &Asset<'_>) -> Error {
    Error::Malformed {
        name: name.to_owned(),
        reason: format!("it has {} {} twice", asset.kind.as_str(), asset.id),
    }
}

/// An asset of the new response that the old one does not have under this id.
struct Fresh {
    stored: Stored,
    uuid: Option<u64>,
}

struct Comparison<'c> {
    name: &'c str,
    places: Places<'c>,
    options: &'c DiffOptions,
    former: Former,
    /// The fresh assets.
    spool: Spool,
    fresh: Vec<Fresh>,
    difference: Difference,
}

impl Items for Comparison<'_> {
    fn asset(&mut self, text: &str) -> Result<(), Error> {
        let asset = Asset::from_text(self.name, text)?;
        let (hash, uuid) = self.former.hashes(&asset);
        let key = (asset.kind, asset.id.as_ref().into());
        if let Some(entry) = self.former.assets.get_mut(&key)
            && (entry.uuid == uuid || entry.uuid.is_none() || uuid.is_none())
        {
            if std::mem::replace(&mut entry.is_matched, true) {
                return Err(duplicate(self.name, &asset));
            }
            let has_changed = entry.hash != hash;
            let stored = entry.stored;
            return self.compare(stored, &asset, has_changed);
        }
        let stored = self.spool.store(&asset)?;
        self.fresh.push(Fresh { stored, uuid });
        Ok(())
    }
}

impl Comparison<'_> {
    /// Compares an asset with a former one.
    fn compare(
        &mut self,
        stored: Stored,
        asset: &Asset<'_>,
        has_changed: bool,
    ) -> Result<(), Error> {
        // An asset can move without a change of its own: its host is in a relation.
        if !has_changed && !self.places.has_moved(asset) {
            self.difference.unchanged += 1;
            return Ok(());
        }
        let old_text = self.former.spool.read(stored)?;
        let old = Asset::from_text(&self.former.name, &old_text)?;
        let former_id = (old.id != asset.id).then(|| old.id.clone().into_owned());
        let moves = self.places.moves(&old, asset);
        let compared = field::Compared {
            has_details: self.places.has_details,
            ignored: &self.options.ignore,
        };
        let fields = compared
            .changes(&old, asset)
            .map_err(|error| Error::Malformed {
                name: self.name.to_owned(),
                reason: error.to_string(),
            })?;
        if moves.is_empty() && fields.is_empty() && former_id.is_none() {
            self.difference.unchanged += 1;
            return Ok(());
        }
        let object = Object::of(asset);
        for (place, old, new) in moves {
            let object = object.clone();
            self.difference.moved.push(Moved {
                object,
                place,
                old,
                new,
            });
        }
        if !fields.is_empty() || former_id.is_some() {
            self.difference.changed.push(Changed {
                object,
                former_id,
                fields,
            });
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Difference, Error> {
        let mut added = Vec::new();
        let mut by_uuid = self.former_by_uuid();
        for fresh in std::mem::take(&mut self.fresh) {
            let text = self.spool.read(fresh.stored)?;
            let asset = Asset::from_text(self.name, &text)?;
            let moved = fresh.uuid.and_then(|uuid| by_uuid.remove(&uuid)).flatten();
            let key = moved.unwrap_or_else(|| (asset.kind, asset.id.as_ref().into()));
            match self.former.assets.get_mut(&key) {
                Some(entry) if !entry.is_matched => {
                    entry.is_matched = true;
                    let stored = entry.stored;
                    self.compare(stored, &asset, true)?;
                }
                _ => added.push(Object::of(&asset)),
            }
        }
        self.difference.added = added;

        let entries = self.former.assets.values();
        let entries = entries.filter(|entry| !entry.is_matched);
        let mut removed: Vec<Stored> = entries.map(|entry| entry.stored).collect();
        removed.sort_unstable_by_key(|stored| stored.offset);
        for stored in removed {
            let text = self.former.spool.read(stored)?;
            let asset = Asset::from_text(&self.former.name, &text)?;
            self.difference.removed.push(Object::of(&asset));
        }
        self.difference.add_notes();
        Ok(self.difference)
    }

    /// The former VMs that are left, by instance UUID; `None` for one that several VMs have, which tells nothing.
    fn former_by_uuid(&self) -> HashMap<u64, Option<(Kind, Box<str>)>> {
        let mut by_uuid = HashMap::new();
        for (key, entry) in &self.former.assets {
            if let Some(uuid) = entry.uuid.filter(|_| !entry.is_matched) {
                let known = by_uuid.entry(uuid).or_insert_with(|| Some(key.clone()));
                if known.as_ref() != Some(key) {
                    *known = None;
                }
            }
        }
        let mut fresh = HashMap::new();
        for uuid in self.fresh.iter().filter_map(|fresh| fresh.uuid) {
            *fresh.entry(uuid).or_insert(0_u32) += 1;
        }
        by_uuid.retain(|uuid, _| fresh.get(uuid) == Some(&1));
        by_uuid
    }
}

/// A value as people read it.
fn shown(value: Option<&Value>) -> String {
    match value {
        None => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}
