//! Which ids and relations were seen.
//!
//! Everything is kept exactly (no hash stands for an id) and compactly: of an id
//! that ends with a number, as most do, a byte, and five more when it has
//! relations. 100,000 VMs that run on hosts take less than 1 MiB.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use stocktake_ids::{Full, Id, Ids, Table, Text};

/// The asset came.
const EMITTED: u8 = 1;
/// Kinds and types of relations that can be distinguished.
const MOST_NAMES: usize = 256;

/// A kind and id that was named, as an asset or by a relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Identity {
    kind: u8,
    id: Id,
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
    kinds: Vec<Kind>,
    relations: Vec<Relations>,
    wanted: HashMap<Identity, Wanted>,
}

/// What was named of one kind.
#[derive(Debug)]
struct Kind {
    name: String,
    ids: Ids,
    states: Table<u8>,
    emitted: u64,
}

/// Relations between two kinds, whatever their types and directions.
#[derive(Debug)]
struct Relations {
    /// The kind of which there are more, when they first occur.
    many: u8,
    few: u8,
    /// The first partner of each object of the many: most have no other.
    first: Table<Option<Id>>,
    types: Vec<Type>,
    /// Type, object and partner.
    further: HashSet<(usize, Id, Id)>,
}

/// A type of relation in one direction.
#[derive(Debug)]
struct Type {
    name: String,
    from_many: bool,
    /// Objects whose relation to their first partner was received, a bit each.
    present: Table<u8>,
}

impl Identities {
    /// Notes that the asset was emitted; false when it was before.
    pub(crate) fn emit(&mut self, kind: &str, id: &str) -> Result<bool, Full> {
        let identity = self.intern(kind, id)?;
        let kind = &mut self.kinds[usize::from(identity.kind)];
        let state = kind.states.entry(identity.id);
        let first = std::mem::replace(state, EMITTED) != EMITTED;
        if first {
            kind.emitted += 1;
            self.wanted.remove(&identity);
        }
        Ok(first)
    }

    /// The asset was emitted.
    pub(crate) fn is_known(&self, kind: &str, id: &str) -> bool {
        let kinds = self.kinds.iter().filter(|known| known.name == kind);
        let mut ids = kinds.filter_map(|known| Some((known, known.ids.find(id)?)));
        ids.any(|(known, id)| known.states.get(id) == EMITTED)
    }

    /// Every asset of a kind that was emitted, by its id.
    pub(crate) fn each(&self, kind: &str, mut take: impl FnMut(&str)) {
        let mut text = String::new();
        for known in self.kinds.iter().filter(|known| known.name == kind) {
            for (id, _) in known.states.iter().filter(|(_, state)| *state == EMITTED) {
                text.clear();
                // Writing to a text does not fail.
                let _ = write!(text, "{}", known.ids.text(id));
                take(&text);
            }
        }
    }

    /// Notes a relation; false when the same one was noted before.
    pub(crate) fn relate(
        &mut self,
        relation: u64,
        kind: &str,
        from: (&str, &str),
        to: (&str, &str),
    ) -> Result<bool, Full> {
        let from = self.intern(from.0, from.1)?;
        let to = self.intern(to.0, to.1)?;
        for (end, is_from) in [(from, true), (to, false)] {
            if !self.is_emitted(end) {
                let wanted = self.wanted.entry(end).or_insert(Wanted {
                    relation,
                    from: is_from,
                    times: 0,
                });
                wanted.times += 1;
            }
        }
        self.relations(from.kind, to.kind)?.add(kind, from, to)
    }

    /// Bytes that all of it takes, by the capacities of its tables.
    pub(crate) fn bytes(&self) -> usize {
        let of_kind = |kind: &Kind| kind.name.capacity() + kind.ids.bytes() + kind.states.bytes();
        let of_type = |of: &Type| of.name.capacity() + of.present.bytes();
        let of_relations = |of: &Relations| {
            of.first.bytes()
                + of.types.iter().map(of_type).sum::<usize>()
                + of.further.capacity() * hashed::<(usize, Id, Id)>()
        };
        self.kinds.iter().map(of_kind).sum::<usize>()
            + self.relations.iter().map(of_relations).sum::<usize>()
            + self.wanted.capacity() * hashed::<(Identity, Wanted)>()
    }

    /// Kind and id of every end that no asset came for, in the order of the relations.
    pub(crate) fn missing(&self) -> Vec<(&str, Text<'_>, Wanted)> {
        let mut missing: Vec<_> = self
            .wanted
            .iter()
            .map(|(identity, wanted)| {
                let kind = &self.kinds[usize::from(identity.kind)];
                (kind.name.as_str(), kind.ids.text(identity.id), *wanted)
            })
            .collect();
        missing.sort_by_key(|(_, _, wanted)| (wanted.relation, !wanted.from));
        missing
    }

    fn is_emitted(&self, Identity { kind, id }: Identity) -> bool {
        self.kinds[usize::from(kind)].states.get(id) == EMITTED
    }

    fn intern(&mut self, kind: &str, id: &str) -> Result<Identity, Full> {
        let position = self.kinds.iter().position(|known| known.name == kind);
        let position = match position {
            Some(position) => position,
            None if self.kinds.len() == MOST_NAMES => return Err(Full),
            None => {
                self.kinds.push(Kind {
                    name: kind.to_owned(),
                    ids: Ids::default(),
                    states: Table::default(),
                    emitted: 0,
                });
                self.kinds.len() - 1
            }
        };
        Ok(Identity {
            kind: u8::try_from(position).map_err(|_| Full)?,
            id: self.kinds[position].ids.intern(id)?,
        })
    }

    /// The relations between these kinds; there are few of either.
    fn relations(&mut self, one: u8, other: u8) -> Result<&mut Relations, Full> {
        let ends = [(one, other), (other, one)];
        let known = |known: &Relations| ends.contains(&(known.many, known.few));
        let position = match self.relations.iter().position(known) {
            Some(position) => position,
            None if self.relations.len() == MOST_NAMES => return Err(Full),
            None => {
                let emitted = |kind: u8| self.kinds[usize::from(kind)].emitted;
                let is_many = emitted(one) >= emitted(other);
                let (many, few) = if is_many { (one, other) } else { (other, one) };
                self.relations.push(Relations {
                    many,
                    few,
                    first: Table::default(),
                    types: Vec::new(),
                    further: HashSet::new(),
                });
                self.relations.len() - 1
            }
        };
        Ok(&mut self.relations[position])
    }
}

impl Relations {
    /// Adds a relation; false when it is known.
    fn add(&mut self, name: &str, from: Identity, to: Identity) -> Result<bool, Full> {
        let from_many = from.kind == self.many;
        let (at, partner) = if from_many {
            (from.id, to.id)
        } else {
            (to.id, from.id)
        };
        let known = |known: &Type| known.from_many == from_many && known.name == name;
        let position = match self.types.iter().position(known) {
            Some(position) => position,
            None if self.types.len() == MOST_NAMES => return Err(Full),
            None => {
                self.types.push(Type {
                    name: name.to_owned(),
                    from_many,
                    present: Table::default(),
                });
                self.types.len() - 1
            }
        };
        let first = self.first.entry(at).get_or_insert(partner);
        if *first != partner {
            return Ok(self.further.insert((position, at, partner)));
        }
        let eight = Id::from_number(at.number() / 8);
        let bits = self.types[position].present.entry(eight);
        let before = std::mem::replace(bits, *bits | 1 << (at.number() % 8));
        Ok(before != *bits)
    }
}

/// Bytes of an entry of a hash table: seven places in eight may be taken, and each has a byte beside it.
const fn hashed<T>() -> usize {
    (size_of::<T>() + 1) * 8 / 7
}

#[cfg(test)]
mod tests {
    use super::{Full, Identities};
    use proptest::prelude::*;
    use std::collections::HashSet;

    #[test]
    fn an_id_is_known_again_per_kind() {
        let mut seen = Identities::default();
        assert_eq!(seen.emit("vm", "1"), Ok(true));
        assert_eq!(seen.emit("host", "1"), Ok(true));
        assert_eq!(seen.emit("vm", "1"), Ok(false));
    }

    #[test]
    fn what_was_emitted_is_known_and_what_a_relation_names_is_not() {
        let mut seen = Identities::default();
        seen.emit("vm", "vm-2").expect("room");
        seen.emit("vm", "odd").expect("room");
        seen.relate(0, "runs_on", ("vm", "vm-2"), ("host", "host-1"))
            .expect("room");
        seen.relate(1, "runs_on", ("vm", "vm-3"), ("host", "host-1"))
            .expect("room");
        assert!(seen.is_known("vm", "vm-2") && seen.is_known("vm", "odd"));
        assert!(!seen.is_known("vm", "vm-3") && !seen.is_known("host", "host-1"));
        assert!(!seen.is_known("cluster", "vm-2"));
        let mut ids = Vec::new();
        seen.each("vm", |id| ids.push(id.to_owned()));
        seen.each("host", |id| ids.push(id.to_owned()));
        assert_eq!(ids, ["vm-2", "odd"]);
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
        assert_eq!(missing[0].0, "host");
        assert_eq!(missing[0].1.to_string(), "host-1");
        assert_eq!((missing[0].2.relation, missing[0].2.times), (0, 2));
        seen.emit("host", "host-1").expect("room");
        assert!(seen.missing().is_empty());
        let again = seen.relate(2, "uses", ("vm", "vm-1"), ("host", "host-1"));
        assert_eq!(again, Ok(false));
    }

    #[test]
    fn bytes_grow_with_what_is_received_and_stay_few() {
        let mut seen = Identities::default();
        for number in 0..100_000 {
            let (vm, host) = (format!("vm-{number}"), format!("host-{}", number % 1000));
            seen.emit("vm", &vm).expect("room");
            seen.relate(number, "runs_on", ("vm", &vm), ("host", &host))
                .expect("room");
        }
        assert!(
            (400_000..2 << 20).contains(&seen.bytes()),
            "{}",
            seen.bytes()
        );
        let before = seen.bytes();
        for number in 0..10_000 {
            let id = format!("{number:x}-{}", "x".repeat(100));
            seen.emit("vm", &id).expect("room");
        }
        assert!(seen.bytes() - before >= 10_000 * 100, "{}", seen.bytes());
    }

    #[test]
    fn endless_relation_types_are_refused() {
        let mut seen = Identities::default();
        let full = (0..300).find_map(|number| seen.emit(&format!("kind-{number}"), "1").err());
        assert_eq!(full, Some(Full));
    }

    proptest! {
        #[test]
        fn a_relation_is_new_once(
            present in proptest::collection::vec(
                ("runs_on|hosts_vm", "vm|host", "(vm-|x)[0-3]", "vm|host", "(host-|y)[0-3]"),
                0..200,
            ),
            emitted in 0..3usize,
        ) {
            let mut seen = Identities::default();
            for id in ["vm-1", "vm-2", "vm-3"].iter().take(emitted) {
                prop_assert_eq!(seen.emit("vm", id), Ok(true));
            }
            let mut known = HashSet::new();
            for (number, relation) in present.iter().enumerate() {
                let (kind, from_kind, from, to_kind, to) = relation;
                let new = seen.relate(number as u64, kind, (from_kind, from), (to_kind, to));
                prop_assert_eq!(new, Ok(known.insert(relation)));
            }
        }
    }
}
