//! The objects that the details of others name: folders, datacenters, compute resources, resource
//! pools, vApps, datastore clusters and networks. They are read once, before the others, so that no
//! object costs a call of its own.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};

use stocktake_contract::vsphere;

use crate::moref::{MoRef, OwnedMoRef};
use crate::names;
use crate::tape::{Tape, Value};

/// Whether objects of a type are read as places.
pub(crate) fn is_place(type_name: &str) -> bool {
    let mut read = vsphere::PLACES.iter();
    // A cluster is read as the compute resource that it is.
    type_name == "ClusterComputeResource" || read.any(|place| place.type_name == type_name)
}

/// Levels of a path; more are a cycle in the replies.
const LEVELS: usize = 256;

/// What was found, by id.
#[derive(Debug, Default)]
pub struct Places {
    known: HashMap<String, Place>,
    /// Ids of opaque networks, by the ids that network cards have of them.
    opaque: HashMap<String, String>,
    /// Announced, to be read one set after the other.
    announced: VecDeque<OwnedMoRef>,
}

/// One object.
#[derive(Debug, Default)]
struct Place {
    type_name: String,
    /// As the vCenter stores it; empty when it could not be read.
    name: String,
    parent: Option<String>,
    /// The folder of a vApp, which its parent is not.
    folder: Option<String>,
}

impl Places {
    /// Adds an object from its properties.
    pub fn add(&mut self, object: MoRef<'_>, properties: &Tape) {
        let mut place = Place {
            type_name: object.type_name.to_owned(),
            ..Place::default()
        };
        let id = |value: Value<'_>| Some(value.as_reference()?.value.to_owned());
        for property in properties.fields() {
            match property.name() {
                "name" => property
                    .as_str()
                    .unwrap_or_default()
                    .clone_into(&mut place.name),
                "parent" => place.parent = id(property),
                "parentFolder" => place.folder = id(property),
                "summary" => {
                    let opaque = property.get("opaqueNetworkId").and_then(Value::non_blank);
                    if let Some(opaque) = opaque {
                        self.opaque
                            .insert(opaque.to_owned(), object.value.to_owned());
                    }
                }
                _ => {}
            }
        }
        self.known.insert(object.value.to_owned(), place);
    }

    /// The view's list names this object.
    pub fn announce(&mut self, object: MoRef<'_>) {
        self.announced.push_back(object.to_owned());
    }

    /// The next announced object that was not read yet.
    pub fn next_unread(&mut self) -> Option<OwnedMoRef> {
        let known = &self.known;
        std::iter::from_fn(|| self.announced.pop_front())
            .find(|object| !known.contains_key(&object.value))
    }

    /// The name of an object, decoded.
    pub(crate) fn name(&self, id: &str) -> Option<Cow<'_, str>> {
        let place = self.known.get(id)?;
        (!place.name.is_empty()).then(|| names::decode(&place.name))
    }

    /// The name of an object of this type.
    pub(crate) fn name_of(&self, type_name: &str, id: &str) -> Option<Cow<'_, str>> {
        let place = self.known.get(id)?;
        (place.type_name == type_name).then(|| self.name(id))?
    }

    /// The id of the opaque network that a network card is plugged into.
    pub(crate) fn opaque_network(&self, opaque: &str) -> Option<&str> {
        self.opaque.get(opaque).map(String::as_str)
    }

    /// The name of the datacenter that an object is or lies in.
    pub(crate) fn datacenter(&self, id: &str) -> Option<Cow<'_, str>> {
        let mut way = self.way_up(id);
        let (id, _) = way.find(|(_, place)| place.type_name == "Datacenter")?;
        self.name(id)
    }

    /// Names from below the root folder down to an object, as the vCenter stores them.
    pub(crate) fn path(&self, id: &str) -> Option<String> {
        let mut names: Vec<&str> = self.way_up(id).map(|(_, place)| &*place.name).collect();
        if names.is_empty() {
            return None;
        }
        names.reverse();
        let mut path = String::new();
        names.into_iter().for_each(|name| descend(&mut path, name));
        Some(path)
    }

    /// The folder of a vApp, or of the outermost one around it.
    pub(crate) fn folder_of_vapp<'p>(&'p self, id: &'p str) -> Option<&'p str> {
        self.way_up(id)
            .find_map(|(_, place)| place.folder.as_deref())
    }

    /// The object and those above it, as far as they are visible.
    fn way_up<'p>(&'p self, id: &'p str) -> impl Iterator<Item = (&'p str, &'p Place)> {
        let find = |id: &'p str| Some((id, self.known.get(id)?));
        let above = move |(_, place): &(&'p str, &'p Place)| find(place.parent.as_deref()?);
        std::iter::successors(find(id), above).take(LEVELS)
    }
}

/// Appends a name to a path. Servers that store names as they are given may have a `/` in one.
pub(crate) fn descend(path: &mut String, name: &str) {
    path.push('/');
    for (position, part) in name.split('/').enumerate() {
        if position > 0 {
            path.push_str("%2f");
        }
        path.push_str(part);
    }
}

#[cfg(test)]
mod tests {
    use super::Places;
    use crate::moref::MoRef;
    use crate::normalize::sample::tape;

    fn places(objects: &[(&str, &str, &str, &str)]) -> Places {
        let mut places = Places::default();
        for (type_name, value, name, parent) in objects {
            let name = format!(r#"<name xsi:type="xsd:string">{name}</name>"#);
            let parent = format!(r#"<parent type="Any">{parent}</parent>"#);
            places.add(MoRef { type_name, value }, &tape(&(name + &parent)));
        }
        places
    }

    #[test]
    fn a_path_holds_names_as_they_are_stored_and_a_name_is_decoded() {
        let places = places(&[
            ("Folder", "group-d2", "Europe", "group-d1"),
            ("Datacenter", "datacenter-3", "Berlin%2fMitte", "group-d2"),
            ("Folder", "group-v4", "vm", "datacenter-3"),
            ("Folder", "group-v5", "a/b", "group-v4"),
        ]);
        assert_eq!(
            places.path("group-v5").as_deref(),
            Some("/Europe/Berlin%2fMitte/vm/a%2fb")
        );
        assert_eq!(
            places.datacenter("group-v5").as_deref(),
            Some("Berlin/Mitte")
        );
        assert_eq!(places.datacenter("group-d2"), None);
        assert_eq!(places.path("group-v6"), None);
        assert_eq!(places.name("group-v4").as_deref(), Some("vm"));
        assert_eq!(places.name_of("Folder", "datacenter-3"), None);
    }

    #[test]
    fn what_is_announced_is_read_once() {
        let mut places = places(&[("Folder", "group-v4", "vm", "datacenter-3")]);
        for (type_name, value) in [("Folder", "group-v4"), ("ResourcePool", "resgroup-5")] {
            places.announce(MoRef { type_name, value });
        }
        let unread = places.next_unread().expect("one that was not read");
        assert_eq!(unread.value, "resgroup-5");
        assert!(places.next_unread().is_none());
        for (type_name, expected) in [
            ("ClusterComputeResource", true),
            ("StoragePod", true),
            ("OpaqueNetwork", true),
            ("VirtualMachine", false),
            ("Datastore", false),
        ] {
            assert_eq!(super::is_place(type_name), expected, "{type_name}");
        }
    }

    #[test]
    fn pools_ten_deep_and_a_cycle_of_parents_end() {
        let mut objects = vec![(
            "ComputeResource".to_owned(),
            "domain-s1".to_owned(),
            "esx".to_owned(),
            "group-h1".to_owned(),
        )];
        for level in 1..=10 {
            let parent = objects.last().expect("one").1.clone();
            objects.push((
                "ResourcePool".to_owned(),
                format!("resgroup-{level}"),
                format!("p{level}"),
                parent,
            ));
        }
        let borrowed: Vec<_> = objects
            .iter()
            .map(|(a, b, c, d)| (&**a, &**b, &**c, &**d))
            .collect();
        assert_eq!(
            places(&borrowed).path("resgroup-10").as_deref(),
            Some("/esx/p1/p2/p3/p4/p5/p6/p7/p8/p9/p10")
        );
        let cycle = places(&[("Folder", "a", "a", "b"), ("Folder", "b", "b", "a")]);
        assert!(
            cycle
                .path("a")
                .is_some_and(|path| path.len() == 2 * super::LEVELS)
        );
        assert_eq!(cycle.datacenter("a"), None);
    }
}
