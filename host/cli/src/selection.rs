//! Which part of an inventory is requested, and how it is read.

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueEnum};
use serde_json::{Map, Value};
use stocktake_contract::request::Strategy;

/// Heading of the options that select what is listed.
pub const SELECTION: &str = "Selection";

/// Options of every command that lists an inventory.
#[derive(Debug, Args)]
#[command(next_help_heading = SELECTION)]
pub struct Selection {
    /// Search only the datacenter of this name; may be repeated
    ///
    /// Datacenters limit where clusters and folders are searched; with datacenters alone everything in them is
    /// collected. A name that matches nothing is an error that lists the existing names.
    #[arg(long = "scope-datacenter", value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    datacenters: Vec<String>,
    /// Collect the cluster of this name, its hosts and what runs on them; may be repeated
    #[arg(long = "scope-cluster", value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    clusters: Vec<String>,
    /// Collect everything below this folder, as in /DC0/vm/web; may be repeated
    ///
    /// The path begins at the root and names the datacenter, then vm, host, datastore or network, then folders. A / in a
    /// name is written %2f. A folder of VMs does not contain their hosts: collect it with --mode collect_vms, or add the
    /// cluster or folder of the hosts.
    #[arg(long = "scope-folder", value_name = "PATH", value_parser = NonEmptyStringValueParser::new())]
    folders: Vec<String>,
    /// Read the hosts and VMs of each datastore, network and port group: long lists, slow on large sites
    #[arg(long)]
    pub(crate) deep_relationships: bool,
    /// Accept an empty inventory
    #[arg(long)]
    allow_empty: bool,
    /// Fail when the account may not read the root folder, so that objects it does not see cannot be ruled out
    #[arg(long)]
    require_root: bool,
    /// The supported version range; auto asks the server first
    #[arg(long, value_enum, default_value_t = PreferredVersion::Auto)]
    pub preferred_version: PreferredVersion,
    /// How objects are read
    #[arg(long, value_enum, default_value_t = StrategyName::PropertyCollector)]
    strategy: StrategyName,
    /// Objects per page [default: 1000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    page_size: Option<u32>,
}

/// The version range of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PreferredVersion {
    /// The range of the server, which is asked first
    Auto,
    /// vCenter 6.5 and 6.7
    #[value(name = "6.5-6.7")]
    V6,
    /// vCenter 7.0 to 8.x
    #[value(name = "7.0-8.x")]
    V7To8,
    /// vCenter 9
    #[value(name = "9.x")]
    V9,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum StrategyName {
    /// Pages of objects, by one view
    PropertyCollector,
    /// One call per object: slow; the fallback
    PerObject,
}

impl PreferredVersion {
    /// The range as written in documents; `None` for `auto`.
    #[must_use]
    pub fn as_str(self) -> Option<&'static str> {
        match self {
            PreferredVersion::Auto => None,
            PreferredVersion::V6 => Some("6.5-6.7"),
            PreferredVersion::V7To8 => Some("7.0-8.x"),
            PreferredVersion::V9 => Some("9.x"),
        }
    }
}

impl From<StrategyName> for Strategy {
    fn from(name: StrategyName) -> Self {
        match name {
            StrategyName::PropertyCollector => Strategy::PropertyCollector,
            StrategyName::PerObject => Strategy::PerObject,
        }
    }
}

impl Selection {
    /// Writes the keys of `source.config` that differ from their defaults.
    pub fn write(&self, config: &mut Map<String, Value>) {
        let lists = [
            ("datacenter_names", &self.datacenters),
            ("cluster_names", &self.clusters),
            ("folder_paths", &self.folders),
        ];
        let scope: Map<String, Value> = lists
            .into_iter()
            .filter(|(_, names)| !names.is_empty())
            .map(|(key, names)| (key.to_owned(), names.as_slice().into()))
            .collect();
        if !scope.is_empty() {
            config.insert("inventory_scope".to_owned(), scope.into());
        }
        if let Some(size) = self.page_size {
            config.insert("page_size".to_owned(), size.into());
        }
        let strategy = Strategy::from(self.strategy);
        if strategy != Strategy::default() {
            config.insert("strategy".to_owned(), strategy.as_str().into());
        }
        set(config, "deep_relationships", self.deep_relationships);
        set(config, "allow_empty", self.allow_empty);
        set(config, "require_root", self.require_root);
    }
}

/// Writes a flag of `source.config` when it is set.
pub(crate) fn set(config: &mut Map<String, Value>, key: &str, flag: bool) {
    if flag {
        config.insert(key.to_owned(), true.into());
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use serde_json::{Map, Value, json};

    use super::Selection;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        selection: Selection,
    }

    fn config(arguments: &[&str]) -> Value {
        let line = Line::try_parse_from([&["test"], arguments].concat()).expect("good usage");
        let mut config = Map::new();
        line.selection.write(&mut config);
        config.into()
    }

    #[test]
    fn what_is_not_asked_for_is_not_in_the_request() {
        assert_eq!(config(&[]), json!({}));
        let defaults = ["--strategy", "property_collector"];
        assert_eq!(config(&defaults), json!({}));
    }

    #[test]
    fn every_option_has_its_key() {
        let asked = [
            ["--scope-datacenter", "DC0"],
            ["--scope-datacenter", "DC1"],
            ["--scope-cluster", "a+b"],
            ["--scope-folder", "/DC0/vm/a%2fb"],
            ["--strategy", "per_object"],
            ["--page-size", "7"],
        ];
        let flags = ["--deep-relationships", "--allow-empty", "--require-root"];
        assert_eq!(
            config(&[asked.concat().as_slice(), &flags].concat()),
            json!({
                "inventory_scope": {
                    "datacenter_names": ["DC0", "DC1"],
                    "cluster_names": ["a+b"],
                    "folder_paths": ["/DC0/vm/a%2fb"],
                },
                "strategy": "per_object",
                "page_size": 7,
                "deep_relationships": true,
                "allow_empty": true,
                "require_root": true,
            })
        );
    }

    #[test]
    fn a_name_is_not_empty() {
        for option in ["--scope-datacenter", "--scope-cluster", "--scope-folder"] {
            assert!(Line::try_parse_from(["test", option, ""]).is_err());
        }
    }
}
