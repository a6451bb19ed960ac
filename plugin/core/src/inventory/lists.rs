//! The lists of announced objects, each compared with the next.

use stocktake_contract::normalized::Kind;

use super::{ANNOUNCED, Inventory, LISTED, NAMED, Names, RETURNED, SUBTYPE};
use crate::moref::OwnedMoRef;
use crate::types::ObjectType;

/// A difference between a list and the previous one.
#[derive(Debug, Default)]
pub struct Difference {
    /// Named for the first time, and not returned.
    pub new: Vec<(Kind, OwnedMoRef)>,
    /// Returned, and named by the previous list but not by this one.
    pub forgotten: Vec<(Kind, OwnedMoRef)>,
}

impl Inventory {
    /// The list of a view begins.
    pub fn begin_list(&mut self) {
        for objects in &mut self.kinds {
            for state in objects.states.values_mut() {
                *state &= !LISTED;
            }
        }
    }

    /// The view's list names an object.
    pub fn announce(&mut self, object: ObjectType, id: &str) {
        let _ = self.owe(object, id, LISTED);
    }

    /// An object is part of the scope although no view lists it.
    pub fn announce_by_name(&mut self, object: ObjectType, id: &str) {
        let _ = self.owe(object, id, NAMED);
    }

    /// The list of the view begins again.
    pub fn begin_list_again(&mut self) {
        self.again = Some(Box::default());
    }

    /// The view's second list names an object.
    pub fn announce_again(&mut self, object: ObjectType, id: &str) {
        let is_first = self.owe(object, id, 0);
        let number = self.number(object.kind, id);
        if let Some(names) = &mut self.again {
            let name = names[object.kind as usize].entry(number);
            *name = Some(is_first || *name == Some(true));
        }
    }

    /// The list was read again, and replaces the previous one.
    pub fn end_list_again(&mut self, kinds: &[Kind]) -> Difference {
        let names: Names = self.again.take().map(|names| *names).unwrap_or_default();
        let mut difference = Difference::default();
        for &kind in kinds {
            let named = &names[kind as usize];
            for (id, state) in self.of(kind).states.iter() {
                let has_come = state & RETURNED != 0;
                let list = match named.get(id) {
                    Some(true) if !has_come => &mut difference.new,
                    None if has_come && state & LISTED != 0 => &mut difference.forgotten,
                    _ => continue,
                };
                list.push((kind, self.reference(kind, state, id)));
            }
        }
        self.begin_list();
        for (objects, names) in self.kinds.iter_mut().zip(&names) {
            for (id, _) in names.iter().filter(|(_, name)| name.is_some()) {
                *objects.states.entry(id) |= LISTED;
            }
        }
        difference
    }

    /// The object was returned, announced or not.
    #[must_use]
    pub fn has_come(&mut self, kind: Kind, id: &str) -> bool {
        self.of_mut(kind).mark(id, 0) & RETURNED != 0
    }

    /// How many returned objects no list names.
    #[must_use]
    pub fn unlisted_count(&self) -> u64 {
        self.kinds.iter().map(|objects| objects.unlisted).sum()
    }

    /// The returned objects of `kinds` that no list names.
    pub fn unlisted<'i>(&'i self, kinds: &'i [Kind]) -> impl Iterator<Item = (Kind, OwnedMoRef)> {
        kinds.iter().flat_map(move |&kind| {
            let states = self.of(kind).states.iter();
            let unlisted = states.filter(|(_, state)| state & (ANNOUNCED | RETURNED) == RETURNED);
            unlisted.map(move |(id, state)| (kind, self.reference(kind, state, id)))
        })
    }

    /// The server announces an object, in any way.
    /// Returns whether it is the first time.
    fn owe(&mut self, object: ObjectType, id: &str, how: u8) -> bool {
        let objects = self.of_mut(object.kind);
        let subtype = if object.subtype { SUBTYPE } else { 0 };
        let before = objects.mark(id, ANNOUNCED | subtype | how);
        let is_first = before & ANNOUNCED == 0;
        if is_first {
            objects.announced += 1;
            objects.unlisted -= u64::from(before & RETURNED != 0);
        }
        is_first
    }
}
