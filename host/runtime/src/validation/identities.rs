//! Which ids and relations were seen.
//!
//! Everything is kept exactly (no hash stands for an id) and compactly: an id
//! costs its bytes once and about 20 bytes more, a relation 8 bytes and its
//! share of a hash table. 100,000 VMs with two relations each take about 8 MiB.

use std::collections::hash_map::RandomState;
use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher as _;

use hashbrown::HashTable;

/// A kind and id that was named, as an asset or by a relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Identity(u32);

/// There are more ids, kinds or relation types than can be told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full;

const MOST_IDENTITIES: u32 = 1 << 28;

#[derive(Debug)]
struct Entry {
    start: u32,
    length: u16,
    kind: u8,
    emitted: bool,
}

/// The relations that named an asset before it came.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    /// The first such relation's position.
    pub(crate) relation: u64,
    /// It is that relation's `from`, not its `to`.
    pub(crate) from: bool,
    /// How many relations name it.
    pub(crate) times: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Identities {
    text: String,
    entries: Vec<Entry>,
    table: HashTable<u32>,
    names: Vec<String>,
    relations: HashSet<u64>,
    wanted: HashMap<Identity, Wanted>,
    hasher: RandomState,
}

impl Identities {
    /// Notes that the asset was emitted; false when it was before.
    pub(crate) fn emit(&mut self, kind: &str, id: &str) -> Result<bool, Full> {
        let identity = self.intern(kind, id)?;
        let entry = &mut self.entries[identity.0 as usize];
        let first = !std::mem::replace(&mut entry.emitted, true);
        if first {
            self.wanted.remove(&identity);
        }
        Ok(first)
    }

    /// Notes a relation; false when the same one was noted before.
    pub(crate) fn relate(
        &mut self,
        relation: u64,
        kind: &str,
        from: (&str, &str),
        to: (&str, &str),
    ) -> Result<bool, Full> {
        let kind = self.name(kind)?;
        let from = self.intern(from.0, from.1)?;
        let to = self.intern(to.0, to.1)?;
        for (end, is_from) in [(from, true), (to, false)] {
            if !self.entries[end.0 as usize].emitted {
                let wanted = self.wanted.entry(end).or_insert(Wanted {
                    relation,
                    from: is_from,
                    times: 0,
                });
                wanted.times += 1;
            }
        }
        let key = (u64::from(kind) << 56) | (u64::from(from.0) << 28) | u64::from(to.0);
        Ok(self.relations.insert(key))
    }

    /// Kind and id of every end that no asset came for, in the order of the relations.
    pub(crate) fn missing(&self) -> Vec<(&str, &str, Wanted)> {
        let mut missing: Vec<_> = self
            .wanted
            .iter()
            .map(|(identity, wanted)| {
                let entry = &self.entries[identity.0 as usize];
                (self.kind_of(entry), self.id_of(entry), *wanted)
            })
            .collect();
        missing.sort_by_key(|(_, _, wanted)| (wanted.relation, !wanted.from));
        missing
    }

    fn kind_of(&self, entry: &Entry) -> &str {
        &self.names[usize::from(entry.kind)]
    }

    fn id_of(&self, entry: &Entry) -> &str {
        id_of(&self.text, entry)
    }

    fn intern(&mut self, kind: &str, id: &str) -> Result<Identity, Full> {
        let kind = self.name(kind)?;
        let hash = self.hasher.hash_one((kind, id));
        let Identities {
            text,
            entries,
            table,
            hasher,
            ..
        } = self;
        let found = table.find(hash, |&index| {
            let entry = &entries[index as usize];
            entry.kind == kind && id_of(text, entry) == id
        });
        if let Some(&index) = found {
            return Ok(Identity(index));
        }
        let index = u32::try_from(entries.len()).map_err(|_| Full)?;
        if index >= MOST_IDENTITIES {
            return Err(Full);
        }
        entries.push(Entry {
            start: u32::try_from(text.len()).map_err(|_| Full)?,
            length: u16::try_from(id.len()).map_err(|_| Full)?,
            kind,
            emitted: false,
        });
        text.push_str(id);
        table.insert_unique(hash, index, |&index| {
            let entry = &entries[index as usize];
            hasher.hash_one((entry.kind, id_of(text, entry)))
        });
        Ok(Identity(index))
    }

    /// The number of a kind or relation type; there are few of either.
    fn name(&mut self, name: &str) -> Result<u8, Full> {
        let position = self.names.iter().position(|known| known == name);
        let position = position.unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.names.len() - 1
        });
        u8::try_from(position).map_err(|_| {
            self.names.truncate(usize::from(u8::MAX) + 1);
            Full
        })
    }
}

fn id_of<'a>(text: &'a str, entry: &Entry) -> &'a str {
    let start = entry.start as usize;
    &text[start..start + usize::from(entry.length)]
}

#[cfg(test)]
mod tests {
    use super::{Full, Identities};

    #[test]
    fn an_id_is_known_again_per_kind() {
        let mut seen = Identities::default();
        assert_eq!(seen.emit("vm", "1"), Ok(true));
        assert_eq!(seen.emit("host", "1"), Ok(true));
        assert_eq!(seen.emit("vm", "1"), Ok(false));
    }

    #[test]
    fn an_end_is_missing_until_its_asset_comes() {
        let mut seen = Identities::default();
        seen.emit("vm", "vm-1").expect("room");
        for relation in 0..2 {
            let kind = ["runs_on", "uses"][usize::try_from(relation).expect("small")];
            let new = seen.relate(relation, kind, ("vm", "vm-1"), ("host", "host-1"));
            assert_eq!(new, Ok(true));
        }
        let missing = seen.missing();
        assert_eq!((missing[0].0, missing[0].1), ("host", "host-1"));
        assert_eq!((missing[0].2.relation, missing[0].2.times), (0, 2));
        seen.emit("host", "host-1").expect("room");
        assert!(seen.missing().is_empty());
        let again = seen.relate(2, "uses", ("vm", "vm-1"), ("host", "host-1"));
        assert_eq!(again, Ok(false));
    }

    #[test]
    fn endless_relation_types_are_refused() {
        let mut seen = Identities::default();
        let full = (0..300).find_map(|number| seen.emit(&format!("kind-{number}"), "1").err());
        assert_eq!(full, Some(Full));
    }
}
