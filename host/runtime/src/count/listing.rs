//! Which objects there are: a byte or two for each.

use std::fmt;

use stocktake_ids::{Full, Ids, Table};

/// One object of an inventory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Object {
    pub(crate) kind: &'static str,
    /// Which of the kind's types it is, counted from 0 by the source.
    pub(crate) form: u8,
    pub(crate) id: String,
}

/// Objects, each once.
#[derive(Debug, Default)]
pub(crate) struct Listing(Vec<Listed>);

#[derive(Debug)]
struct Listed {
    kind: &'static str,
    ids: Ids,
    /// One more than the form.
    forms: Table<u8>,
    count: u64,
}

impl Listing {
    /// Adds an object.
    ///
    /// # Errors
    ///
    /// [`Full`] when there are more ids than can be distinguished.
    pub(crate) fn add(&mut self, kind: &'static str, form: u8, id: &str) -> Result<(), Full> {
        let position = self.0.iter().position(|listed| listed.kind == kind);
        let position = position.unwrap_or_else(|| {
            self.0.push(Listed {
                kind,
                ids: Ids::default(),
                forms: Table::default(),
                count: 0,
            });
            self.0.len() - 1
        });
        let listed = &mut self.0[position];
        let id = listed.ids.intern(id)?;
        let before = std::mem::replace(listed.forms.entry(id), form.saturating_add(1));
        listed.count += u64::from(before == 0);
        Ok(())
    }

    /// The object is in the list.
    pub(crate) fn holds(&self, kind: &str, id: &str) -> bool {
        let mut listed = self.0.iter().filter(|listed| listed.kind == kind);
        listed.any(|listed| listed.holds(id))
    }

    /// The kind under which an id is listed.
    pub(crate) fn kind_of(&self, id: &str) -> Option<&'static str> {
        let found = self.0.iter().find(|listed| listed.holds(id));
        found.map(|listed| listed.kind)
    }

    /// Objects in the list.
    pub(crate) fn len(&self) -> u64 {
        self.0.iter().map(|listed| listed.count).sum()
    }

    /// Objects in the list, by kinds and ids.
    pub(crate) fn objects(&self) -> impl Iterator<Item = Object> {
        self.0.iter().flat_map(|listed| {
            let forms = listed.forms.iter().filter(|(_, form)| *form > 0);
            forms.map(|(id, form)| Object {
                kind: listed.kind,
                form: form - 1,
                id: listed.ids.text(id).to_string(),
            })
        })
    }
}

impl Listed {
    fn holds(&self, id: &str) -> bool {
        let id = self.ids.find(id);
        id.is_some_and(|id| self.forms.get(id) > 0)
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::{Listing, Object};

    #[test]
    fn an_object_is_listed_once_under_its_kind() {
        let mut listing = Listing::default();
        for (kind, form, id) in [
            ("vm", 0, "vm-2"),
            ("host", 0, "host-9"),
            ("vm", 0, "vm-1"),
            ("vm", 0, "vm-2"),
            ("network", 1, "5f3c-ab"),
        ] {
            listing.add(kind, form, id).expect("room");
        }
        assert_eq!(listing.len(), 4);
        assert!(listing.holds("vm", "vm-1") && !listing.holds("vm", "vm-3"));
        assert!(!listing.holds("host", "vm-1") && !listing.holds("cluster", "vm-1"));
        assert_eq!(listing.kind_of("host-9"), Some("host"));
        assert_eq!(listing.kind_of("host-10"), None);
        let expected: Vec<String> = listing.objects().map(|object| object.to_string()).collect();
        assert_eq!(
            expected,
            ["vm vm-1", "vm vm-2", "host host-9", "network 5f3c-ab"]
        );
        let last: Option<Object> = listing.objects().last();
        assert_eq!(last.map(|object| object.form), Some(1));
    }
}
