use super::Scope;
use crate::inventory_tree::InventoryTree;
use crate::moref::OwnedMoRef;
use crate::normalize::sample::tape;

type Names = &'static [&'static str];

/// Two datacenters, each with a cluster named alike, and folders of VMs.
fn tree() -> InventoryTree {
    let mut tree = InventoryTree::default();
    for (type_name, id, name, parent) in [
        ("Datacenter", "datacenter-1", "DC0", "group-d1"),
        ("Datacenter", "datacenter-2", "DC1", "group-d1"),
        ("Folder", "group-h1", "host", "datacenter-1"),
        ("Folder", "group-v1", "vm", "datacenter-1"),
        ("Folder", "group-v2", "web%2fmail", "group-v1"),
        ("Folder", "group-v3", "old", "group-v2"),
        ("Folder", "group-h2", "host", "datacenter-2"),
        ("ClusterComputeResource", "domain-c1", "Prod", "group-h1"),
        ("ClusterComputeResource", "domain-c2", "Prod", "group-h2"),
        ("ClusterComputeResource", "domain-c3", "Test", "group-h2"),
        ("ComputeResource", "domain-s1", "lonely.lan", "group-h2"),
    ] {
        let reference = OwnedMoRef {
            type_name: type_name.to_owned(),
            value: id.to_owned(),
        };
        let properties = format!(
            r#"<name xsi:type="xsd:string">{name}</name><parent type="Folder">{parent}</parent>"#
        );
        tree.add(reference, &tape(&properties));
    }
    tree
}

fn roots(datacenters: &[&str], clusters: &[&str], folders: &[&str]) -> Result<Vec<String>, String> {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let scope = Scope {
        datacenters: owned(datacenters),
        clusters: owned(clusters),
        folders: owned(folders),
    };
    let roots = scope.roots(&tree()).map_err(|problem| problem.message)?;
    Ok(roots.into_iter().map(|root| root.value).collect())
}

#[test]
fn datacenters_say_where_to_look_and_clusters_and_folders_what_for() {
    let cases: [(Names, Names, Names, Names); 8] = [
        (&["DC0"], &[], &[], &["datacenter-1"]),
        (&["DC1", "DC0"], &[], &[], &["datacenter-2", "datacenter-1"]),
        (&[], &["Prod"], &[], &["domain-c1", "domain-c2"]),
        (&["DC1"], &["Prod"], &[], &["domain-c2"]),
        (&[], &[], &["/DC0/vm/web%2fmail"], &["group-v2"]),
        (&[], &["Test"], &["DC0/vm/"], &["domain-c3", "group-v1"]),
        (
            &[],
            &[],
            &["/DC0", "/DC0/vm", "/DC0/vm/web%2fmail/old"],
            &["datacenter-1"],
        ),
        (&[], &["Prod", "Prod"], &[], &["domain-c1", "domain-c2"]),
    ];
    for (datacenters, clusters, folders, expected) in cases {
        let roots = roots(datacenters, clusters, folders).expect("a match");
        assert_eq!(roots, expected, "{datacenters:?} {clusters:?} {folders:?}");
    }
}

#[test]
fn what_matches_nothing_is_reported_with_what_exists() {
    let cases: [(Names, Names, Names, &str); 6] = [
        (
            &["DC0", "DC9"],
            &[],
            &[],
            "datacenter_names holds \"DC9\", which matches nothing: the datacenters are \"DC0\", \"DC1\"",
        ),
        (
            &[],
            &["prod"],
            &[],
            "cluster_names holds \"prod\", which matches nothing: the clusters are \"Prod\", \"Test\"",
        ),
        (
            &["DC0"],
            &["Test"],
            &[],
            "cluster_names holds \"Test\", which matches nothing: the clusters are \"Prod\"",
        ),
        (
            &[],
            &["lonely.lan"],
            &[],
            "cluster_names holds \"lonely.lan\", which matches nothing: the clusters are \"Prod\", \"Test\"",
        ),
        (
            &[],
            &[],
            &["/DC0/vm/mail"],
            "folder_paths holds \"/DC0/vm/mail\", which matches nothing: in /DC0/vm there are \"web/mail\"",
        ),
        (
            &["DC1"],
            &[],
            &["/DC0/vm"],
            "folder_paths holds \"/DC0/vm\", which matches nothing: in /DC0/vm there are \"web/mail\"",
        ),
    ];
    for (datacenters, clusters, folders, message) in cases {
        let reported = roots(datacenters, clusters, folders).expect_err("no match");
        assert_eq!(reported, format!("source.config.inventory_scope.{message}"));
    }
}
