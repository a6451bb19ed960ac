//! Where the asked part of an inventory begins: the tree above the machines, and
//! the names of the request in it.

use std::borrow::Cow;

use indexmap::IndexMap;
use stocktake_contract::{ErrorCode, Problem};

use super::filter::Filter;
use super::objects::{Content, Objects};
use crate::count::{InventoryScope, Order};
use crate::quote::printable;
use crate::vsphere::operation::Reference;

/// The types of the tree; a cluster is a compute resource too.
pub(super) const TYPES: [&str; 3] = ["Folder", "Datacenter", "ComputeResource"];

/// Characters of a name in a message.
const NAME: usize = 200;

/// Folders, datacenters and compute resources, as far as the account sees them.
#[derive(Debug, Default)]
pub(super) struct Tree {
    nodes: IndexMap<String, Node>,
    /// Lists of the compute resource that is being read.
    uses: Vec<Reference>,
}

#[derive(Debug)]
struct Node {
    reference: Reference,
    /// As people see it.
    name: String,
    parent: Option<String>,
    /// What a compute resource uses without holding it.
    uses: Vec<Reference>,
}

/// What is read of the members of `view`.
pub(super) fn filter(view: &Reference, order: &Order) -> Filter {
    let plain: &[&str] = &["name", "parent"];
    let with_uses: &[&str] = &["name", "parent", "datastore", "network"];
    let ledger = stocktake_contract::response::LEDGER_KINDS;
    let wants_uses = order.kinds.iter().any(|kind| !ledger.contains(kind));
    let sets = TYPES.map(|type_name| {
        let uses = wants_uses && type_name == "ComputeResource";
        (type_name, if uses { with_uses } else { plain })
    });
    Filter::for_view(view, &sets)
}

impl Objects for Tree {
    fn reference(&mut self, _: &Content, path: &str, it: &Reference) -> Result<(), Problem> {
        if matches!(path, "datastore" | "network") {
            self.uses.push(it.clone());
        }
        Ok(())
    }

    fn object(&mut self, object: &Content) -> Result<(), Problem> {
        let node = Node {
            name: decode(object.text("name").unwrap_or_default()).into_owned(),
            parent: object.referenced("parent").map(|parent| parent.id),
            uses: std::mem::take(&mut self.uses),
            reference: object.reference.clone(),
        };
        self.nodes.insert(node.reference.id.clone(), node);
        Ok(())
    }
}

impl Tree {
    /// Where the asked part begins; no root lies below another.
    pub(super) fn roots(&self, scope: &InventoryScope) -> Result<Vec<Reference>, Problem> {
        let mut datacenters = Vec::new();
        for name in &scope.datacenters {
            let found = self
                .nodes
                .values()
                .filter(|node| node.reference.type_name == "Datacenter" && is_named(node, name));
            extend(&mut datacenters, found, "datacenter_names", name)?;
        }
        if scope.clusters.is_empty() && scope.folders.is_empty() {
            return Ok(self.outermost(&datacenters));
        }
        let lies_within = |node: &Node| {
            datacenters.is_empty()
                || self.way_up(node).any(|above| {
                    let mut known = datacenters.iter();
                    known.any(|datacenter| datacenter.reference == above.reference)
                })
        };
        let mut roots = Vec::new();
        for name in &scope.clusters {
            let found = self.nodes.values().filter(|node| {
                node.reference.type_name == "ClusterComputeResource"
                    && is_named(node, name)
                    && lies_within(node)
            });
            extend(&mut roots, found, "cluster_names", name)?;
        }
        for path in &scope.folders {
            let asked: Vec<Cow<'_, str>> = path
                .split('/')
                .filter(|name| !name.is_empty())
                .map(decode)
                .collect();
            let found = self
                .nodes
                .values()
                .filter(|node| lies_within(node) && self.path(node) == asked);
            extend(&mut roots, found, "folder_paths", path)?;
        }
        Ok(self.outermost(&roots))
    }

    /// What belongs to `roots` although no view of them lists it: themselves, and
    /// what their compute resources use.
    pub(super) fn unlisted<'t>(
        &'t self,
        roots: &'t [Reference],
    ) -> impl Iterator<Item = &'t Reference> {
        let below = self.nodes.values().filter(|node| {
            let mut way = self.way_up(node);
            way.any(|above| roots.contains(&above.reference))
        });
        roots.iter().chain(below.flat_map(|node| &node.uses))
    }

    /// The node and what is above it, as far as it can be seen.
    fn way_up<'t>(&'t self, node: &'t Node) -> impl Iterator<Item = &'t Node> {
        let above = |node: &&'t Node| self.nodes.get(node.parent.as_deref()?);
        // A server that answers a circle must not hold us.
        std::iter::successors(Some(node), above).take(self.nodes.len())
    }

    /// Names from the top to the node; the root folder is not part of the tree.
    fn path<'t>(&'t self, node: &'t Node) -> Vec<&'t str> {
        let mut path: Vec<&str> = self.way_up(node).map(|node| node.name.as_str()).collect();
        path.reverse();
        path
    }

    fn outermost(&self, roots: &[&Node]) -> Vec<Reference> {
        let mut outermost: Vec<Reference> = Vec::new();
        for root in roots {
            let is_root = |node: &Node| {
                let mut known = roots.iter();
                known.any(|root| root.reference == node.reference)
            };
            let is_below_another = self.way_up(root).skip(1).any(is_root);
            if !is_below_another && !outermost.contains(&root.reference) {
                outermost.push(root.reference.clone());
            }
        }
        outermost
    }
}

/// A name may be given as people see it or as the vCenter stores it.
fn is_named(node: &Node, name: &str) -> bool {
    node.name == name || node.name == decode(name)
}

fn extend<'t>(
    roots: &mut Vec<&'t Node>,
    found: impl Iterator<Item = &'t Node>,
    list: &str,
    name: &str,
) -> Result<(), Problem> {
    let before = roots.len();
    roots.extend(found);
    if roots.len() > before {
        return Ok(());
    }
    let field = format!("source.config.inventory_scope.{list}");
    let name = printable(name, NAME);
    let message = format!("{field} holds {name:?}, which the host finds nowhere");
    Err(Problem::new(ErrorCode::VcenterConfigInvalid, message).with("field", field))
}

/// `%2f`, `%5c` and `%25` decoded, once, and nothing else: a vCenter stores no other name encoded.
pub(super) fn decode(name: &str) -> Cow<'_, str> {
    if !name.contains('%') {
        return Cow::Borrowed(name);
    }
    let mut decoded = String::with_capacity(name.len());
    let mut rest = name;
    while let Some(at) = rest.find('%') {
        let (before, escape) = rest.split_at(at);
        decoded.push_str(before);
        let meant = match escape.get(1..3) {
            Some("2f" | "2F") => Some('/'),
            Some("5c" | "5C") => Some('\\'),
            Some("25") => Some('%'),
            _ => None,
        };
        decoded.push(meant.unwrap_or('%'));
        rest = &escape[if meant.is_some() { 3 } else { 1 }..];
    }
    decoded.push_str(rest);
    Cow::Owned(decoded)
}

#[cfg(test)]
mod tests;
