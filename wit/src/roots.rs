//! The scope of a verdict: the roots below which everything was listed.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::WarningCode;
use crate::request::Mode;

/// The roots that a run read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Roots {
    /// The root folder: the whole inventory.
    Root,
    /// The root folder could not be read, so the account sees what its own roles cover,
    /// and other objects cannot be ruled out.
    Unknown,
    /// The parts that the request names.
    #[serde(untagged)]
    Parts(Parts),
}

/// The parts of an inventory that a request names, as `source.config.inventory_scope` spells them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Parts {
    /// Names of datacenters.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub datacenter_names: Vec<String>,
    /// Names of clusters.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cluster_names: Vec<String>,
    /// Paths of folders.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub folder_paths: Vec<String>,
}

impl Roots {
    /// The roots that a request selects; `None` unless it requests an inventory of a vCenter.
    #[must_use]
    pub fn from_request(request: &Value) -> Option<Self> {
        let mode = request["request"]["mode"].as_str();
        let mut modes = Mode::ALL.into_iter().filter(|mode| mode.collects());
        let collects = modes.any(|known| Some(known.as_str()) == mode);
        if !collects || request["source"]["source_type"] != "vcenter" {
            return None;
        }
        let scope = &request["source"]["config"]["inventory_scope"];
        let list = |name: &str| {
            let names = scope[name].as_array().into_iter().flatten();
            names
                .filter_map(|name| name.as_str().map(str::to_owned))
                .collect()
        };
        let parts = Parts {
            datacenter_names: list("datacenter_names"),
            cluster_names: list("cluster_names"),
            folder_paths: list("folder_paths"),
        };
        Some(if parts == Parts::default() {
            Roots::Root
        } else {
            Roots::Parts(parts)
        })
    }

    /// Applies a warning: one code means that the root folder could not be read.
    #[must_use]
    pub fn after_warning(self, code: &str) -> Self {
        match self {
            Roots::Root if code == WarningCode::RootUnreadable.as_str() => Roots::Unknown,
            roots => roots,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Roots;
    use serde_json::{Value, json};

    fn after_warning(config: Value, mode: &str, code: &str) -> Option<Value> {
        let request = json!({
            "source": {"source_type": "vcenter", "config": config},
            "request": {"mode": mode},
        });
        let roots = Roots::from_request(&request)?.after_warning(code);
        let json = serde_json::to_value(&roots).expect("JSON");
        assert_eq!(
            serde_json::from_value::<Roots>(json.clone()).ok(),
            Some(roots)
        );
        Some(json)
    }

    #[test]
    fn roots_are_what_was_asked_for_unless_the_root_folder_could_not_be_read() {
        let unreadable = "VCENTER_ROOT_UNREADABLE";
        let part =
            json!({"inventory_scope": {"datacenter_names": ["DC0", "DC1"], "folder_paths": []}});
        let parts = json!({"datacenter_names": ["DC0", "DC1"]});
        let everything = json!({"inventory_scope": {"cluster_names": []}});
        for (config, mode, code, roots) in [
            (json!({}), "collect", "", Some(json!("root"))),
            (everything, "collect_vms", "", Some(json!("root"))),
            (json!({}), "collect", unreadable, Some(json!("unknown"))),
            (part.clone(), "collect_hosts", "", Some(parts.clone())),
            (part, "collect", unreadable, Some(parts)),
            (json!({}), "detect", "", None),
        ] {
            assert_eq!(after_warning(config, mode, code), roots, "{mode}");
        }
        assert_eq!(Roots::from_request(&Value::Null), None);
    }
}
