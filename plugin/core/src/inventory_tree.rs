//! The tree above the machines: folders, datacenters and compute resources, as
//! far as the account can see it. Read only for a scope.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use stocktake_contract::vsphere::{Properties, TREE, USES};

use crate::moref::{MoRef, OwnedMoRef};
use crate::names;
use crate::tape::{Tape, Value};
use crate::vim::calls::PropertySet;

/// What was found, by id.
#[derive(Debug, Default)]
pub struct InventoryTree {
    nodes: IndexMap<String, Node>,
    /// The objects in the view's own list.
    listed: BTreeSet<String>,
}

/// A folder, datacenter or compute resource.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Node {
    /// Which object it is.
    pub reference: OwnedMoRef,
    /// Its name, decoded; empty when it could not be read.
    pub name: String,
    parent: Option<String>,
    /// Datastores and networks that a compute resource uses.
    pub uses: Vec<OwnedMoRef>,
}

/// The properties to read; with `uses` those that name datastores and networks.
#[must_use]
pub fn property_sets(uses: bool) -> Vec<PropertySet> {
    let set = |tree: Properties| {
        let mut set = PropertySet::from(tree);
        if uses && tree.type_name == USES.type_name {
            set.paths.extend(USES.paths);
        }
        set
    };
    TREE.map(set).into()
}

/// The managed object types of the tree; a cluster is a compute resource too.
#[must_use]
pub fn types() -> Vec<&'static str> {
    TREE.map(|tree| tree.type_name).into()
}

impl Node {
    pub(crate) fn is_datacenter(&self) -> bool {
        self.reference.type_name == "Datacenter"
    }

    pub(crate) fn is_cluster(&self) -> bool {
        self.reference.type_name == "ClusterComputeResource"
    }
}

impl InventoryTree {
    /// Adds an object from its properties.
    pub fn add(&mut self, reference: OwnedMoRef, properties: &Tape) {
        let name = properties.get("name").and_then(Value::as_str);
        let parent = properties.get("parent").and_then(Value::as_reference);
        let uses = USES
            .paths
            .iter()
            .filter_map(|path| properties.get(path))
            .flat_map(Value::fields)
            .filter_map(|value| Some(value.as_reference()?.to_owned()));
        let node = Node {
            name: names::decode(name.unwrap_or_default()).into_owned(),
            parent: parent.map(|parent| parent.value.to_owned()),
            uses: uses.collect(),
            reference,
        };
        self.nodes.insert(node.reference.value.clone(), node);
    }

    /// The view's list names this object.
    pub fn announce(&mut self, object: MoRef<'_>) {
        self.listed.insert(object.value.to_owned());
    }

    /// An object that the list names and no page contains, or the reverse:
    /// a part of the tree is missing, and perhaps the requested one.
    #[must_use]
    pub fn contradiction(&self) -> Option<&str> {
        let unsent = self.listed.iter().find(|id| !self.nodes.contains_key(*id));
        let unlisted = || self.nodes.keys().find(|id| !self.listed.contains(*id));
        unsent.or_else(unlisted).map(String::as_str)
    }

    /// The nodes that are one of `roots` or lie below one.
    pub(crate) fn below<'s>(&'s self, roots: &'s [OwnedMoRef]) -> impl Iterator<Item = &'s Node> {
        self.nodes().filter(|node| {
            self.way_up(node)
                .any(|above| roots.contains(&above.reference))
        })
    }

    pub(crate) fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.nodes.values()
    }

    /// The node and its ancestors, as far as they are visible.
    pub(crate) fn way_up<'s>(&'s self, node: &'s Node) -> impl Iterator<Item = &'s Node> {
        let above = |node: &&'s Node| self.nodes.get(node.parent.as_deref()?);
        // A cycle in the replies must not cause an endless loop.
        std::iter::successors(Some(node), above).take(self.nodes.len())
    }

    /// Names from the top to the node. The root folder is not part of the tree.
    pub(crate) fn path<'s>(&'s self, node: &'s Node) -> Vec<&'s str> {
        let mut path: Vec<&str> = self.way_up(node).map(|node| node.name.as_str()).collect();
        path.reverse();
        path
    }

    /// The longest existing part of a path, and its children.
    pub(crate) fn nearest(
        &self,
        asked: &[impl AsRef<str>],
    ) -> (String, impl Iterator<Item = String>) {
        let mut above: Option<&Node> = None;
        let mut path = String::from("/");
        for name in asked {
            let parent = above.map(|node| node.reference.value.as_str());
            let Some(next) = self
                .children(parent)
                .find(|node| node.name == name.as_ref())
            else {
                break;
            };
            if above.is_some() {
                path.push('/');
            }
            path.push_str(&next.name);
            above = Some(next);
        }
        let parent = above.map(|node| node.reference.value.as_str());
        (path, self.children(parent).map(|node| node.name.clone()))
    }

    /// Children of this parent; without one, the top nodes.
    fn children<'s>(&'s self, parent: Option<&'s str>) -> impl Iterator<Item = &'s Node> {
        self.nodes().filter(move |node| {
            let known = node
                .parent
                .as_deref()
                .filter(|id| self.nodes.contains_key(*id));
            known == parent
        })
    }
}
