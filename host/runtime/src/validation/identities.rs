//! Which ids and relations were seen.
//!
//! Everything is kept exactly (no hash stands for an id) and compactly: of an id
//! that ends with a number, as most do, a byte, and of the first relation of
//! each type at it five more. 100,000 VMs with two relations each take about 1 MiB.

use std::collections::{HashMap, HashSet};

use stocktake_ids::{Full, Id, Ids, Table, Text};

/// The asset came.
const EMITTED: u8 = 1;
/// Kinds and types of relations that can be told apart.
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

/// Relations of one type between two kinds.
#[derive(Debug)]
struct Relations {
    name: String,
    from: u8,
    to: u8,
    /// The first relation of an object is kept with that object of the kind of
    /// which there are more.
    by_target: bool,
    first: Table<Option<Id>>,
    further: HashSet<(Id, Id)>,
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
        Ok(self
            .relations(kind, from.kind, to.kind)?
            .add(from.id, to.id))
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

    /// The relations of this type between these kinds; there are few of either.
    fn relations(&mut self, name: &str, from: u8, to: u8) -> Result<&mut Relations, Full> {
        let known = |known: &Relations| (known.from, known.to) == (from, to) && known.name == name;
        let position = match self.relations.iter().position(known) {
            Some(position) => position,
            None if self.relations.len() == MOST_NAMES => return Err(Full),
            None => {
                let emitted = |kind: u8| self.kinds[usize::from(kind)].emitted;
                self.relations.push(Relations {
                    name: name.to_owned(),
                    from,
                    to,
                    by_target: emitted(to) > emitted(from),
                    first: Table::default(),
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
    fn add(&mut self, from: Id, to: Id) -> bool {
        let (at, partner) = if self.by_target {
            (to, from)
        } else {
            (from, to)
        };
        let first = self.first.entry(at);
        match *first {
            None => {
                *first = Some(partner);
                true
            }
            Some(known) => known != partner && self.further.insert((at, partner)),
        }
    }
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
    fn endless_relation_types_are_refused() {
        let mut seen = Identities::default();
        let full = (0..300).find_map(|number| seen.emit(&format!("kind-{number}"), "1").err());
        assert_eq!(full, Some(Full));
    }

    proptest! {
        #[test]
        fn a_relation_is_new_once(
            told in proptest::collection::vec(
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
            for (number, relation) in told.iter().enumerate() {
                let (kind, from_kind, from, to_kind, to) = relation;
                let new = seen.relate(number as u64, kind, (from_kind, from), (to_kind, to));
                prop_assert_eq!(new, Ok(known.insert(relation)));
            }
        }
    }
}
