//! The account of every object: announced, returned, vanished. A few bytes
//! each, so that the proof of 100,000 objects is cheap.
//!
//! An object is announced once any list of the server names it, and must then be
//! accounted for, even if a later list does not name it.

use std::collections::BTreeSet;

use stocktake_contract::normalized::Kind;
use stocktake_contract::response::KindEvidence;
use stocktake_ids::{Id, Ids, Table, Text};

use crate::moref::OwnedMoRef;
use crate::types::{self, ObjectType};

pub use lists::Difference;
pub use placement::{Container, Placement, Relation, Source};
pub use placements::{Bookmark, Placements};

mod lists;
mod placement;
mod placements;
#[cfg(test)]
mod tests;

const ANNOUNCED: u8 = 1;
const RETURNED: u8 = 1 << 1;
/// Not emitted: a returned object because the mode excludes it,
/// any other because it was deleted.
const SET_ASIDE: u8 = 1 << 2;
/// In the list of the current view.
const LISTED: u8 = 1 << 3;
const UNREADABLE: u8 = 1 << 4;
const QUARANTINED: u8 = 1 << 5;
/// Of the kind's second type; see [`types`].
const SUBTYPE: u8 = 1 << 6;
/// Known to belong here although no view lists it.
const NAMED: u8 = 1 << 7;

/// Every object of the kinds that a run emits, and its placement.
#[derive(Debug, Default)]
pub struct Inventory {
    kinds: [Objects; Kind::ALL.len()],
    placements: Placements,
    /// The list that is read again.
    again: Option<Box<Names>>,
}

/// Objects of any kind that a list names, and whether it is the first to do so.
type Names = [Table<Option<First>>; Kind::ALL.len()];
type First = bool;

/// A place among the objects of some kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    kind: usize,
    behind: Option<Id>,
}

#[derive(Debug, Default)]
struct Objects {
    ids: Ids,
    states: Table<u8>,
    announced: u64,
    received: u64,
    /// Received, and in no list so far.
    unlisted: u64,
    missing_privileges: BTreeSet<String>,
}

impl Inventory {
    fn of(&self, kind: Kind) -> &Objects {
        &self.kinds[kind as usize]
    }

    fn of_mut(&mut self, kind: Kind) -> &mut Objects {
        &mut self.kinds[kind as usize]
    }

    /// The server sent an object; returns whether it is the first time.
    pub fn receive(&mut self, object: ObjectType, id: &str) -> bool {
        let objects = self.of_mut(object.kind);
        let subtype = if object.subtype { SUBTYPE } else { 0 };
        let id = objects.number(id);
        let state = objects.states.entry(id);
        let first = *state & RETURNED == 0;
        if first {
            // It may exist again.
            *state &= !SET_ASIDE;
            objects.received += 1;
            objects.unlisted += u64::from(*state & ANNOUNCED == 0);
        }
        *state |= RETURNED | subtype;
        first
    }

    /// The server says that an announced object no longer exists.
    pub fn vanish(&mut self, kind: Kind, id: &str) {
        self.of_mut(kind).mark(id, SET_ASIDE);
    }

    /// A returned object is not to be emitted.
    pub fn exclude(&mut self, kind: Kind, id: &str) {
        self.of_mut(kind).mark(id, SET_ASIDE);
    }

    /// A returned object could be decoded in part only.
    pub fn quarantine(&mut self, kind: Kind, id: &str) {
        self.of_mut(kind).mark(id, QUARANTINED);
    }

    /// A returned object has a property that could not be read.
    pub fn unreadable(&mut self, kind: Kind, id: &str, privilege: Option<&str>) {
        let objects = self.of_mut(kind);
        objects.mark(id, UNREADABLE);
        if let Some(privilege) = privilege {
            objects.missing_privileges.insert(privilege.to_owned());
        }
    }

    /// The compact form of an object's id.
    pub fn number(&mut self, kind: Kind, id: &str) -> Id {
        self.of_mut(kind).number(id)
    }

    /// The id behind a compact one.
    #[must_use]
    pub fn id(&self, kind: Kind, id: Id) -> Text<'_> {
        self.of(kind).ids.text(id)
    }

    /// The next announced objects after `cursor` that did not come, at most
    /// `most`, all of `kinds`; the cursor moves behind them. With `by_name` only
    /// those that no view lists.
    pub fn next_unaccounted(
        &self,
        kinds: &[Kind],
        by_name: bool,
        cursor: &mut Cursor,
        most: usize,
    ) -> Vec<OwnedMoRef> {
        let mut found = Vec::new();
        while let Some(&kind) = kinds.get(cursor.kind)
            && found.len() < most
        {
            let first = cursor.behind.unwrap_or(Id::from_number(0));
            let mut open = self.open(kind, first).filter(|&(id, state)| {
                Some(id) != cursor.behind && (!by_name || state & NAMED != 0)
            });
            match open.next() {
                Some((id, state)) => {
                    found.push(self.reference(kind, state, id));
                    cursor.behind = Some(id);
                }
                None => {
                    *cursor = Cursor {
                        kind: cursor.kind + 1,
                        behind: None,
                    }
                }
            }
        }
        found
    }

    /// Announced objects that are unaccounted for, by kinds and ids.
    pub fn unaccounted<'i>(
        &'i self,
        kinds: &'i [Kind],
    ) -> impl Iterator<Item = (Kind, OwnedMoRef)> {
        kinds.iter().flat_map(move |&kind| {
            self.open(kind, Id::from_number(0))
                .map(move |(id, state)| (kind, self.reference(kind, state, id)))
        })
    }

    /// Objects of a kind from `first` on that were announced and are unaccounted for.
    fn open(&self, kind: Kind, first: Id) -> impl Iterator<Item = (Id, u8)> {
        let states = self.of(kind).states.from(first);
        states.filter(|(_, state)| state & (ANNOUNCED | RETURNED | SET_ASIDE) == ANNOUNCED)
    }

    fn reference(&self, kind: Kind, state: u8, id: Id) -> OwnedMoRef {
        let object = ObjectType {
            kind,
            subtype: state & SUBTYPE != 0,
        };
        OwnedMoRef {
            type_name: types::name(object).to_owned(),
            value: self.id(kind, id).to_string(),
        }
    }

    /// Objects received so far, and announced objects.
    #[must_use]
    pub fn progress(&self, kinds: &[Kind]) -> (u64, Option<u64>) {
        let done = kinds.iter().map(|&kind| self.of(kind).received).sum();
        let total: u64 = kinds.iter().map(|&kind| self.of(kind).announced).sum();
        (done, (total > 0).then_some(total))
    }

    /// Objects of `kind` that were emitted.
    #[must_use]
    pub fn emitted(&self, kind: Kind) -> u64 {
        self.of(kind).count(RETURNED | SET_ASIDE, RETURNED)
    }

    /// The counts of `kind`.
    #[must_use]
    pub fn evidence(&self, kind: Kind) -> KindEvidence {
        let objects = self.of(kind);
        KindEvidence {
            kind: kind.as_str().to_owned(),
            announced: objects.count(ANNOUNCED, ANNOUNCED),
            returned: objects.count(ANNOUNCED | RETURNED | QUARANTINED, ANNOUNCED | RETURNED),
            unannounced: objects.count(ANNOUNCED | RETURNED, RETURNED),
            vanished: objects.count(ANNOUNCED | RETURNED | SET_ASIDE, ANNOUNCED | SET_ASIDE),
            quarantined: objects.count(ANNOUNCED | QUARANTINED, ANNOUNCED | QUARANTINED),
            excluded: objects.count(RETURNED | SET_ASIDE, RETURNED | SET_ASIDE),
            unreadable: objects.count(UNREADABLE, UNREADABLE),
            missing_privileges: objects.missing_privileges.iter().cloned().collect(),
        }
    }
}

impl Objects {
    /// Sets flags, returning the previous ones.
    fn mark(&mut self, id: &str, flags: u8) -> u8 {
        let id = self.number(id);
        let state = self.states.entry(id);
        let before = *state;
        *state |= flags;
        before
    }

    fn number(&mut self, id: &str) -> Id {
        // The guest's memory is exhausted long before its ids.
        self.ids.intern(id).unwrap_or(Id::from_number(u32::MAX))
    }

    /// Objects whose flags under `mask` are exactly `flags`, of which one is set.
    fn count(&self, mask: u8, flags: u8) -> u64 {
        let states = self.states.iter();
        states.filter(|(_, state)| state & mask == flags).count() as u64
    }
}
