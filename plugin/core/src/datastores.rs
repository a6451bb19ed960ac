//! The datastores of an inventory, for the hosts that mount them.

use std::collections::{HashMap, VecDeque};

use crate::names;
use crate::tape::{Tape, Value};

/// A datastore, as far as its properties could be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Datastore {
    /// Its name, decoded and never empty.
    pub name: Option<String>,
    /// Its capacity, in bytes.
    pub capacity: Option<u64>,
    /// Its type, as in `VMFS`.
    pub kind: Option<String>,
}

/// Datastores by the value of their reference.
#[derive(Clone, Debug, Default)]
pub struct Datastores {
    known: HashMap<String, Datastore>,
    /// Announced, to be read one set after the other.
    announced: VecDeque<String>,
}

impl Datastores {
    /// Adds a datastore from its properties.
    pub fn add(&mut self, id: &str, properties: &Tape) {
        let mut name = None;
        let mut summary_name = None;
        let mut datastore = Datastore::default();
        for property in properties.fields() {
            match property.name() {
                "name" => name = property.non_blank(),
                "summary.name" => summary_name = property.non_blank(),
                "summary.capacity" => datastore.capacity = property.as_u64(),
                "summary.type" => datastore.kind = property.non_blank().map(str::to_owned),
                _ => {}
            }
        }
        datastore.name = name
            .or(summary_name)
            .map(|name| names::decode(name).into_owned());
        self.known.insert(id.to_owned(), datastore);
    }

    /// The view's list names this datastore.
    pub fn announce(&mut self, id: &str) {
        self.announced.push_back(id.to_owned());
    }

    /// The next announced datastore that was not read yet.
    pub fn next_unread(&mut self) -> Option<String> {
        let known = &self.known;
        std::iter::from_fn(|| self.announced.pop_front()).find(|id| !known.contains_key(id))
    }

    /// The datastore that a reference with this value means.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Datastore> {
        self.known.get(id)
    }

    /// The datastore that a value refers to.
    pub(crate) fn resolve(&self, reference: Value<'_>) -> Option<&Datastore> {
        self.get(reference.as_reference()?.value)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// There are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }
}

impl Datastore {
    /// Network and clustered storage, which no single host can call its own.
    pub(crate) fn is_shared_by_nature(&self) -> Option<bool> {
        let kind = self.kind.as_deref()?;
        Some(
            ["NFS", "NFS41", "vsan"]
                .iter()
                .any(|shared| kind.eq_ignore_ascii_case(shared)),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Datastores;
    use crate::normalize::sample::tape;

    #[test]
    fn a_datastore_is_found_by_any_id_and_its_name_is_decoded() {
        let mut datastores = Datastores::default();
        let id = "/tmp/govcsim/LocalDS_0@folder-5";
        datastores.add(
            id,
            &tape(
                r#"<name xsi:type="xsd:string">a%2fb</name>
                   <summary.name xsi:type="xsd:string">other</summary.name>
                   <summary.capacity xsi:type="xsd:long">1099511627776</summary.capacity>
                   <summary.type xsi:type="xsd:string">VMFS</summary.type>"#,
            ),
        );
        datastores.add(
            "datastore-2",
            &tape(r#"<name xsi:type="xsd:string"> </name><summary.name xsi:type="xsd:string">second</summary.name>"#),
        );
        let first = datastores.get(id).expect("there");
        assert_eq!(first.name.as_deref(), Some("a/b"));
        assert_eq!(first.capacity, Some(1_099_511_627_776));
        assert_eq!(first.is_shared_by_nature(), Some(false));
        let second = datastores.get("datastore-2").expect("there");
        assert_eq!(second.name.as_deref(), Some("second"));
        assert_eq!(second.capacity, None);
        assert_eq!(second.is_shared_by_nature(), None);
        assert!(datastores.get("datastore-3").is_none());
        assert_eq!(datastores.len(), 2);
    }
}
