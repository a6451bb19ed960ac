//! The tags of VMs, over the vSphere Automation API.
//!
//! Assets are emitted as they are read, so tags are read before: the view's own list names the VMs,
//! calls for up to 2,000 of them say which tags each has, and then each tag in use and each category
//! is read once. What is kept of a VM is a number: VMs with the same tags share one set.

use indexmap::{IndexMap, IndexSet};
use stocktake_contract::normalized::Kind;
use stocktake_ids::{Id, Table};

use crate::inventory::Inventory;
use crate::names;

pub use call::{TagCall, TaggingPaths, is_askable};
pub use failure::Failure;

mod call;
mod failure;
mod reply;
#[cfg(test)]
mod tests;

/// In the view's list, and not asked about yet.
const LISTED: u32 = 1;
/// From here on the number of a set; the first one is empty.
const SETS: u32 = 2;

/// The tags of a run.
#[derive(Debug, Default)]
pub struct Tags {
    states: Table<u32>,
    /// VMs in front of it are not [`LISTED`] any more.
    next: Option<Id>,
    /// The VMs of the call under way.
    asked: Vec<Id>,
    /// Tags by their places in `tags`.
    sets: IndexSet<Box<[usize]>>,
    /// Tags in use, by id.
    tags: IndexMap<String, Entry<Tag>>,
    tags_read: usize,
    are_categories_listed: bool,
    /// Names by id.
    categories: IndexMap<String, Entry<String>>,
    categories_read: usize,
    /// Names by id, of which no two are the same.
    labels: std::collections::HashMap<String, String>,
    is_given_up: bool,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Entry<T> {
    #[default]
    Unread,
    /// It was deleted before it was read.
    Gone,
    Known(T),
}

#[derive(Debug, PartialEq, Eq)]
struct Tag {
    name: String,
    category: String,
}

/// The tags of one VM.
#[derive(Clone, Copy, Debug)]
pub struct Attached<'a> {
    tags: &'a Tags,
    set: Option<&'a [usize]>,
}

impl Tags {
    /// The view's list names this VM.
    pub fn list(&mut self, vm: Id) {
        let state = self.states.entry(vm);
        if *state == 0 {
            *state = LISTED;
            self.next = Some(self.next.map_or(vm, |next| next.min(vm)));
        }
    }

    /// The next call; `None` when everything is read.
    pub fn next_call(&mut self, inventory: &Inventory) -> Option<TagCall> {
        if self.is_given_up {
            return None;
        }
        if let Some(call) = self.next_objects(inventory) {
            return Some(call);
        }
        if let Some((id, _)) = self.tags.get_index(self.tags_read) {
            return Some(TagCall::Tag(id.clone()));
        }
        if !self.are_categories_listed {
            return (!self.tags.is_empty()).then_some(TagCall::Categories);
        }
        let category = self.categories.get_index(self.categories_read);
        category.map(|(id, _)| TagCall::Category(id.clone()))
    }

    fn next_objects(&mut self, inventory: &Inventory) -> Option<TagCall> {
        let listed = self.states.from(self.next?);
        let listed = listed
            .filter(|(_, state)| *state == LISTED)
            .map(|(id, _)| id);
        self.asked = listed.take(call::OBJECTS).collect();
        self.next = Some(*self.asked.last()?);
        let ids = self
            .asked
            .iter()
            .map(|id| inventory.id(Kind::Vm, *id).to_string());
        Some(TagCall::Attached(ids.collect()))
    }

    /// Takes the reply to a call.
    ///
    /// # Errors
    /// When it is no answer, and further calls are in vain.
    pub fn answered(
        &mut self,
        call: &TagCall,
        (status, body): (u16, &[u8]),
        inventory: &mut Inventory,
    ) -> Result<(), Failure> {
        let is_gone = status == 404 && matches!(call, TagCall::Tag(_) | TagCall::Category(_));
        if !is_gone && status != 200 {
            return Err(Failure::Status(status));
        }
        let unreadable = |_| Failure::Unreadable(call.name());
        match call {
            TagCall::Attached(_) => {
                let objects = reply::attached(body).map_err(unreadable)?;
                self.attach(objects, inventory);
            }
            TagCall::Tag(id) => {
                let entry = if is_gone {
                    Entry::Gone
                } else {
                    let reply::Tag { name, category_id } = reply::tag(body).map_err(unreadable)?;
                    Entry::Known(Tag {
                        name,
                        category: category_id,
                    })
                };
                self.tags.insert(id.clone(), entry);
                self.tags_read += 1;
            }
            TagCall::Categories => {
                let ids = reply::ids(body).map_err(unreadable)?;
                let readable = ids.into_iter().filter(|id| call::is_sendable(id));
                self.categories = readable.map(|id| (id, Entry::Unread)).collect();
                self.are_categories_listed = true;
            }
            TagCall::Category(id) => {
                let entry = if is_gone {
                    Entry::Gone
                } else {
                    Entry::Known(reply::category(body).map_err(unreadable)?.name)
                };
                self.categories.insert(id.clone(), entry);
                self.categories_read += 1;
                if self.categories_read == self.categories.len() {
                    self.label();
                }
            }
        }
        Ok(())
    }

    /// The VMs that were asked about have these tags; one that is left out has none.
    fn attach(&mut self, objects: Vec<reply::Attached>, inventory: &mut Inventory) {
        let empty = self.number(Box::default());
        for vm in self.asked.drain(..) {
            *self.states.entry(vm) = empty;
        }
        for object in objects {
            let mut set = Vec::new();
            for id in object.tag_ids.unwrap_or_default() {
                let entry = if call::is_sendable(&id) {
                    Entry::Unread
                } else {
                    Entry::Gone
                };
                let place = self.tags.entry(id);
                set.push(place.index());
                place.or_insert(entry);
            }
            set.sort_unstable();
            set.dedup();
            let set = self.number(set.into());
            let vm = inventory.number(Kind::Vm, &object.object_id.id);
            if self.states.get(vm) == empty {
                *self.states.entry(vm) = set;
            }
        }
    }

    /// The state of VMs with this set.
    fn number(&mut self, set: Box<[usize]>) -> u32 {
        let (place, _) = self.sets.insert_full(set);
        u32::try_from(place).map_or(0, |place| place.saturating_add(SETS))
    }

    /// Two categories can have one name: copies that another site brought.
    fn label(&mut self) {
        let named: Vec<(&String, &str)> = self
            .categories
            .iter()
            .filter_map(|(id, entry)| match entry {
                Entry::Known(name) => Some((id, name.as_str())),
                Entry::Unread | Entry::Gone => None,
            })
            .collect();
        let labels = names::distinguish(&named, |id| uuid(id));
        let labels = labels.into_iter().map(|(id, label)| (id.clone(), label));
        self.labels = labels.collect();
    }

    /// Nothing more is read, and what was read is not emitted: whether a VM has tags is not known.
    /// Returns whether that is new.
    pub fn give_up(&mut self) -> bool {
        let is_new = !self.is_given_up;
        *self = Tags {
            is_given_up: true,
            ..Tags::default()
        };
        is_new
    }

    /// The tags of a VM; `None` when those of no VM are known.
    #[must_use]
    pub fn of(&self, vm: Id) -> Option<Attached<'_>> {
        let place = self.states.get(vm).checked_sub(SETS);
        let set = place.and_then(|place| self.sets.get_index(place as usize));
        (!self.is_given_up).then_some(Attached {
            tags: self,
            set: set.map(|set| &**set),
        })
    }
}

impl<'a> Attached<'a> {
    /// The VM was asked about.
    #[must_use]
    pub fn are_known(self) -> bool {
        self.set.is_some()
    }

    /// Categories and names of the tags, sorted, and whether one of them has none: it was deleted, or
    /// its category was.
    #[must_use]
    pub fn names(self) -> (Vec<(&'a str, &'a str)>, bool) {
        let Attached { tags, set } = self;
        let set = set.unwrap_or_default();
        let name = |place: &usize| match tags.tags.get_index(*place)?.1 {
            Entry::Known(tag) => {
                Some((tags.labels.get(&tag.category)?.as_str(), tag.name.as_str()))
            }
            Entry::Unread | Entry::Gone => None,
        };
        let mut names: Vec<_> = set.iter().filter_map(name).collect();
        names.sort_unstable();
        let is_nameless = names.len() < set.len();
        (names, is_nameless)
    }
}

/// What differs in ids as `urn:vmomi:InventoryServiceCategory:5736bf56-…:GLOBAL`.
fn uuid(id: &str) -> &str {
    id.split(':').nth(3).unwrap_or(id)
}
