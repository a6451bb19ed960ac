//! The requested part of an inventory: `source.config.inventory_scope`.

use stocktake_contract::{ErrorCode, Problem};

use crate::inventory_tree::{InventoryTree, Node};
use crate::moref::OwnedMoRef;
use crate::names;

/// Existing names in one message.
const NAMED: usize = 20;

/// The requested part. Datacenters limit the search; clusters and folders select
/// what is read there, or everything when there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// Names of datacenters.
    pub datacenters: Vec<String>,
    /// Names of clusters.
    pub clusters: Vec<String>,
    /// Paths of folders from the root, as in `/DC0/vm/web`.
    pub folders: Vec<String>,
}

impl Scope {
    /// Whether everything is requested.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.datacenters.is_empty() && self.clusters.is_empty() && self.folders.is_empty()
    }

    /// The roots of the requested part; no root is below another.
    ///
    /// # Errors
    /// `VCENTER_CONFIG_INVALID` for a name that matches nothing, with the existing names.
    pub fn roots(&self, tree: &InventoryTree) -> Result<Vec<OwnedMoRef>, Problem> {
        let mut datacenters = Vec::new();
        for name in &self.datacenters {
            let is_meant = |node: &Node| node.is_datacenter() && is_named(node, name);
            let found = tree.nodes().filter(|node| is_meant(node));
            extend(&mut datacenters, found, || {
                let known = tree.nodes().filter(|node| node.is_datacenter());
                let known = named(known.map(|node| node.name.clone()));
                unmatched(
                    "datacenter_names",
                    name,
                    &format!("the datacenters are {known}"),
                )
            })?;
        }
        if self.clusters.is_empty() && self.folders.is_empty() {
            return Ok(outermost(tree, &datacenters));
        }
        let lies_within = |node: &Node| {
            datacenters.is_empty() || tree.way_up(node).any(|above| datacenters.contains(&above))
        };
        let mut roots = Vec::new();
        for name in &self.clusters {
            let candidates = || {
                let clusters = tree.nodes().filter(|node| node.is_cluster());
                clusters.filter(|node| lies_within(node))
            };
            let found = candidates().filter(|node| is_named(node, name));
            extend(&mut roots, found, || {
                let known = named(candidates().map(|node| node.name.clone()));
                unmatched("cluster_names", name, &format!("the clusters are {known}"))
            })?;
        }
        for path in &self.folders {
            let asked: Vec<_> = path
                .split('/')
                .filter(|name| !name.is_empty())
                .map(names::decode)
                .collect();
            let found = tree
                .nodes()
                .filter(|node| lies_within(node) && tree.path(node) == asked);
            extend(&mut roots, found, || {
                let (above, children) = tree.nearest(&asked);
                let reason = format!("in {above} there are {}", named(children));
                unmatched("folder_paths", path, &reason)
            })?;
        }
        Ok(outermost(tree, &roots))
    }
}

/// A name may be given as displayed or as the vCenter stores it.
fn is_named(node: &Node, name: &str) -> bool {
    node.name == name || node.name == names::decode(name)
}

fn extend<'s>(
    roots: &mut Vec<&'s Node>,
    found: impl Iterator<Item = &'s Node>,
    none: impl FnOnce() -> Problem,
) -> Result<(), Problem> {
    let before = roots.len();
    roots.extend(found);
    if roots.len() == before {
        return Err(none());
    }
    Ok(())
}

fn outermost(tree: &InventoryTree, roots: &[&Node]) -> Vec<OwnedMoRef> {
    let mut outermost = Vec::new();
    for &root in roots {
        let is_below_another = tree
            .way_up(root)
            .skip(1)
            .any(|above| roots.contains(&above));
        if !is_below_another && !outermost.contains(&root.reference) {
            outermost.push(root.reference.clone());
        }
    }
    outermost
}

fn named(names: impl Iterator<Item = String>) -> String {
    let mut names: Vec<String> = names.map(|name| format!("{name:?}")).collect();
    names.sort();
    names.dedup();
    let further = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    match (names.is_empty(), further) {
        (true, _) => "none that the account can see".to_owned(),
        (false, 0) => names.join(", "),
        (false, further) => format!("{} and {further} more", names.join(", ")),
    }
}

fn unmatched(list: &str, asked: &str, exists: &str) -> Problem {
    let field = format!("source.config.inventory_scope.{list}");
    Problem::new(
        ErrorCode::VcenterConfigInvalid,
        format!("{field} holds {asked:?}, which matches nothing: {exists}"),
    )
    .with("field", field)
}

#[cfg(test)]
mod tests;
