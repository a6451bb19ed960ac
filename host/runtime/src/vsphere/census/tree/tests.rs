use stocktake_contract::ErrorCode;

use super::{Node, Tree, decode};
use crate::count::InventoryScope;
use crate::vsphere::operation::Reference;

/// Type, id, name and parent of a node, and what it uses.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
);

const NODES: [Row; 11] = [
    ("Datacenter", "dc-1", "DC0", "group-d1", &[]),
    ("Datacenter", "dc-2", "DC1", "group-d1", &[]),
    ("Folder", "vm-1", "vm", "dc-1", &[]),
    ("Folder", "host-1", "host", "dc-1", &[]),
    ("Folder", "vm-2", "vm", "dc-2", &[]),
    ("Folder", "host-2", "host", "dc-2", &[]),
    ("Folder", "web", "a/b", "vm-1", &[]),
    ("Folder", "deep", "deep", "web", &[]),
    (
        "ClusterComputeResource",
        "c-1",
        "prod",
        "host-1",
        &["ds-1", "ds-2"],
    ),
    ("ClusterComputeResource", "c-2", "prod", "host-2", &["ds-3"]),
    ("ComputeResource", "r-1", "esx1", "host-1", &["ds-4"]),
];

fn reference(type_name: &str, id: &str) -> Reference {
    Reference {
        type_name: type_name.to_owned(),
        id: id.to_owned(),
    }
}

fn tree() -> Tree {
    let mut tree = Tree::default();
    for (type_name, id, name, parent, uses) in NODES {
        let node = Node {
            reference: reference(type_name, id),
            name: name.to_owned(),
            parent: Some(parent.to_owned()),
            uses: uses.iter().map(|id| reference("Datastore", id)).collect(),
        };
        tree.nodes.insert(id.to_owned(), node);
    }
    tree
}

fn scope(datacenters: &[&str], clusters: &[&str], folders: &[&str]) -> InventoryScope {
    let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    InventoryScope {
        datacenters: names(datacenters),
        clusters: names(clusters),
        folders: names(folders),
    }
}

#[test]
fn datacenters_say_where_to_look_and_clusters_and_folders_what_is_read_there() {
    let tree = tree();
    for (datacenters, clusters, folders, roots) in [
        (&["DC0"][..], &[][..], &[][..], &["dc-1"][..]),
        (&["DC0", "DC1", "DC0"], &[], &[], &["dc-1", "dc-2"]),
        (&[], &["prod"], &[], &["c-1", "c-2"]),
        (&["DC1"], &["prod"], &[], &["c-2"]),
        (&[], &[], &["/DC0/vm/a%2fb"], &["web"]),
        (&[], &[], &["DC0/vm/a%2fb/deep/"], &["deep"]),
        (
            &[],
            &[],
            &["/DC0/vm", "/DC0/vm/a%2fb", "/DC1"],
            &["vm-1", "dc-2"],
        ),
        (&["DC0"], &["prod"], &["/DC0/host"], &["host-1"]),
        (&[], &[], &["/DC0/host/esx1"], &["r-1"]),
    ] {
        let found = tree.roots(&scope(datacenters, clusters, folders));
        let found = found.expect("roots");
        let found: Vec<&str> = found.iter().map(|root| root.id.as_str()).collect();
        assert_eq!(found, roots, "{datacenters:?} {clusters:?} {folders:?}");
    }
}

#[test]
fn a_name_that_the_host_finds_nowhere_is_reported_with_its_list() {
    let tree = tree();
    for (datacenters, clusters, folders, list) in [
        (&["DC9"][..], &[][..], &[][..], "datacenter_names"),
        (&[], &["esx1"], &[], "cluster_names"),
        (&["DC1"], &["DC0"], &[], "cluster_names"),
        (&["DC1"], &[], &["/DC0/vm"], "folder_paths"),
        (&[], &[], &["/"], "folder_paths"),
    ] {
        let problem = tree
            .roots(&scope(datacenters, clusters, folders))
            .expect_err(list);
        assert_eq!(problem.code, ErrorCode::VcenterConfigInvalid);
        assert!(problem.message.contains(list), "{}", problem.message);
    }
}

#[test]
fn a_root_and_what_its_compute_resources_use_belong_to_it() {
    let tree = tree();
    let unlisted = |root: &str| {
        let roots = [tree.nodes[root].reference.clone()];
        let unlisted: Vec<String> = tree
            .unlisted(&roots)
            .map(|reference| reference.id.clone())
            .collect();
        unlisted
    };
    assert_eq!(unlisted("c-1"), ["c-1", "ds-1", "ds-2"]);
    assert_eq!(unlisted("dc-1"), ["dc-1", "ds-1", "ds-2", "ds-4"]);
    assert_eq!(unlisted("web"), ["web"]);
}

#[test]
fn a_circle_holds_nobody() {
    let mut tree = tree();
    tree.nodes["dc-1"].parent = Some("web".to_owned());
    assert!(tree.roots(&scope(&["DC0"], &["prod"], &[])).is_ok());
}

#[test]
fn only_slash_backslash_and_percent_are_decoded_and_only_once() {
    for (name, decoded) in [
        ("web01", "web01"),
        ("a%2fb", "a/b"),
        ("a%2Fb%5cc%5Cd%25e", r"a/b\c\d%e"),
        ("%252f", "%2f"),
        ("a+b", "a+b"),
        ("a%20b", "a%20b"),
        ("100%", "100%"),
        ("%2", "%2"),
        ("%%2f", "%/"),
        ("ü%2fß%é", "ü/ß%é"),
        ("", ""),
    ] {
        assert_eq!(decode(name), decoded, "{name}");
    }
}
