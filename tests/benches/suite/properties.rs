//! The properties that every client reads: those of the collector.

use std::io::Write as _;

use anyhow::Result;
use serde_json::{Map, Value, json};
use stocktake_vcenter::config::Config;
use tempfile::NamedTempFile;

/// The lists of properties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    Sync,
    Ledger,
    Full,
}

impl Profile {
    pub(crate) const ALL: [Profile; 3] = [Profile::Sync, Profile::Ledger, Profile::Full];
    /// Those whose every property vcsim has, so that all clients can ask for them in one call.
    pub(crate) const COMPARED: [Profile; 2] = [Profile::Sync, Profile::Ledger];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Profile::Sync => "sync",
            Profile::Ledger => "ledger",
            Profile::Full => "full",
        }
    }

    /// `{type: [property, …]}` in a file, for clients in other languages.
    pub(crate) fn file(self) -> Result<NamedTempFile> {
        let mut file = NamedTempFile::new()?;
        write!(file, "{}", Value::Object(self.properties()?))?;
        Ok(file)
    }

    fn properties(self) -> Result<Map<String, Value>> {
        let request = json!({
            "schema_version": "collector-request-v1",
            "source": {
                "source_id": "bench",
                "source_type": "vcenter",
                "config": {
                    "endpoint": "https://vcenter.example",
                    "preferred_vcenter_version": "6.5-6.7",
                    "profile": self.name(),
                },
                "credential": {"username": "u", "password": "p"},
            },
            "request": {"run_id": "bench", "mode": "collect", "now": "2026-01-01T00:00:00Z"},
        });
        let config = Config::from_request(&request.to_string())
            .map_err(|problem| anyhow::anyhow!("{}", problem.message))?;
        let profile = stocktake_vcenter::profile::Profile::from_config(&config);
        let sets = profile.inventory.into_iter().chain(profile.datastores);
        Ok(sets
            .map(|set| (set.type_name.to_owned(), json!(set.paths)))
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::Profile;

    #[test]
    fn the_lists_are_the_collectors_own() {
        let sync = Profile::Sync.properties().expect("a list");
        assert_eq!(sync.len(), 7);
        assert_eq!(sync["VirtualMachine"].as_array().map(Vec::len), Some(6));
        let ledger = Profile::Ledger.properties().expect("a list");
        assert!(ledger.contains_key("Datastore") && !ledger.contains_key("Network"));
    }
}
