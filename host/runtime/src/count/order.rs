//! What a request asks for, as far as it matters to a count.

use serde_json::Value;

use crate::request::Request;
use crate::validation;

/// What a request asks for, as far as it matters to a count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Order {
    /// The kinds that a complete inventory accounts for.
    pub(crate) kinds: Vec<&'static str>,
    /// The part of the inventory.
    pub(crate) scope: InventoryScope,
    /// Templates are emitted as VMs.
    pub(crate) include_templates: bool,
}

/// The part of an inventory that is asked for. Datacenters say where to look;
/// clusters and folders say what is read there, or everything when there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct InventoryScope {
    pub(crate) datacenters: Vec<String>,
    pub(crate) clusters: Vec<String>,
    /// Paths from the root, as in `/DC0/vm/web`.
    pub(crate) folders: Vec<String>,
}

impl Order {
    /// What this request asks for; `None` when it asks for no inventory.
    pub(crate) fn from_request(request: &Request) -> Option<Self> {
        let config = &request.document()["source"]["config"];
        let kinds: Vec<_> = validation::Scope::from_request(request)
            .owed_kinds()
            .collect();
        (!kinds.is_empty()).then(|| Order {
            kinds,
            scope: InventoryScope::from_config(&config["inventory_scope"]),
            include_templates: config["include_templates"] == true,
        })
    }
}

impl InventoryScope {
    fn from_config(scope: &Value) -> Self {
        let names = |list: &str| {
            let names = scope[list].as_array().into_iter().flatten();
            let names = names.filter_map(Value::as_str);
            names.map(str::to_owned).collect()
        };
        InventoryScope {
            datacenters: names("datacenter_names"),
            clusters: names("cluster_names"),
            folders: names("folder_paths"),
        }
    }

    /// Nothing is left out.
    pub(crate) fn is_everything(&self) -> bool {
        self.datacenters.is_empty() && self.clusters.is_empty() && self.folders.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::{InventoryScope, Order};
    use crate::request::Request;

    fn order(mode: &str, config: &str) -> Option<Order> {
        let request =
            format!(r#"{{"source":{{"config":{config}}},"request":{{"mode":"{mode}"}}}}"#);
        Order::from_request(&Request::parse(&request).expect("JSON"))
    }

    #[test]
    fn each_mode_is_counted_by_the_kinds_that_it_proves() {
        let kinds = |mode: &str, config: &str| order(mode, config).map(|order| order.kinds);
        let ledger = ["vm", "host", "cluster"];
        assert_eq!(kinds("collect", "{}"), Some(ledger.to_vec()));
        assert_eq!(kinds("collect_vms", "{}"), Some(vec!["vm"]));
        assert_eq!(kinds("collect_hosts", "{}"), Some(vec!["host", "cluster"]));
        for mode in ["healthcheck", "detect", "else"] {
            assert_eq!(kinds(mode, "{}"), None, "{mode}");
        }
        let extended = kinds("collect", r#"{"kinds":["datastore","dvswitch"]}"#);
        assert_eq!(
            extended,
            Some([&ledger[..], &["datastore", "dvswitch"]].concat())
        );
        let sync = kinds("collect", r#"{"profile":"sync"}"#);
        assert_eq!(sync.map(|kinds| kinds.len()), Some(7));
    }

    #[test]
    fn a_scope_is_what_the_lists_of_the_request_name() {
        let everything = order("collect", r#"{"inventory_scope":{"cluster_names":[]}}"#);
        assert!(everything.expect("an order").scope.is_everything());
        let part = order(
            "collect",
            r#"{"inventory_scope":{"datacenter_names":["DC0"],"folder_paths":["/DC0/vm"]},"include_templates":true}"#,
        );
        let part = part.expect("an order");
        assert!(part.include_templates && !part.scope.is_everything());
        assert_eq!(
            part.scope,
            InventoryScope {
                datacenters: vec!["DC0".to_owned()],
                clusters: Vec::new(),
                folders: vec!["/DC0/vm".to_owned()],
            }
        );
    }
}
