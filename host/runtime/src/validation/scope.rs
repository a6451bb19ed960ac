//! What a run may answer.

use serde_json::Value;
use stocktake_contract::request::Mode;
use stocktake_contract::response::{EXTENDED_KINDS, LEDGER_KINDS, TREE_KINDS};
use stocktake_contract::roots::Roots;

use crate::request::Request;

/// What a run may answer: its mode and the kinds asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// `request.run_id`; empty when it is not known.
    pub run_id: String,
    /// `source.source_id`; empty when it is not known.
    pub source_id: String,
    /// The mode; `None` when it is not known, as for a document from elsewhere.
    pub mode: Option<Mode>,
    /// Extended kinds asked for.
    pub kinds: Vec<String>,
    /// Assets may have details: the profile is `full`.
    pub has_details: bool,
    /// An inventory with nothing in it may be complete.
    pub allow_empty: bool,
    /// The answer is a run's, not a document from elsewhere: evidence is owed.
    pub evidence_owed: bool,
    /// Hosts may lie outside of what was asked for, so VMs need not be related to any.
    pub may_lack_hosts: bool,
    /// The roots that are asked for; `None` when no inventory of a vCenter is.
    pub roots: Option<Roots>,
}

impl Scope {
    /// The scope of a run of this request.
    ///
    /// One without a mode of the contract yields a scope without a mode: the collector reports what is wrong
    /// with it.
    #[must_use]
    pub fn from_request(request: &Request) -> Self {
        let roots = Roots::from_request(request.document());
        let config = &request.document()["source"]["config"];
        let mut kinds: Vec<String> = config["kinds"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect();
        let mode = request.mode();
        let is_sync = config["profile"] == "sync";
        let is_part = config["inventory_scope"].as_object().is_some_and(|scope| {
            let mut lists = scope.values();
            lists.any(|list| list.as_array().is_some_and(|names| !names.is_empty()))
        });
        let has_details = config["profile"] == "full";
        let is_full = has_details && mode == Some(Mode::Collect);
        if is_full || is_sync && mode.is_some_and(Mode::collects_hosts) {
            kinds.extend(EXTENDED_KINDS.map(str::to_owned));
        }
        if is_full {
            kinds.extend(TREE_KINDS.map(str::to_owned));
        }
        let text = |part: &str, name: &str| {
            let text = request.document()[part][name].as_str();
            text.unwrap_or_default().to_owned()
        };
        Scope {
            run_id: text("request", "run_id"),
            source_id: text("source", "source_id"),
            mode,
            kinds,
            has_details,
            allow_empty: config["allow_empty"] == true,
            evidence_owed: true,
            may_lack_hosts: is_sync && is_part,
            roots,
        }
    }

    /// The scope of a document from elsewhere.
    #[must_use]
    pub fn from_document(mode: Option<Mode>, kinds: Vec<String>) -> Self {
        Scope {
            mode,
            kinds,
            allow_empty: true,
            ..Scope::default()
        }
    }

    /// The same for a document of profile `full`: every kind, with details.
    #[must_use]
    pub fn with_details(self) -> Self {
        let kinds = EXTENDED_KINDS.into_iter().chain(TREE_KINDS);
        Scope {
            kinds: kinds.map(str::to_owned).collect(),
            has_details: true,
            ..self
        }
    }

    /// Why assets of `kind` have no place in the answer.
    pub(crate) fn refusal(&self, kind: &str) -> Option<String> {
        let is_tree = TREE_KINDS.contains(&kind);
        let extended = is_tree || EXTENDED_KINDS.contains(&kind);
        if !extended && !LEDGER_KINDS.contains(&kind) {
            return Some(format!(
                "{kind:?} is not a kind of the contract ({})",
                LEDGER_KINDS.join(", ")
            ));
        }
        if extended && !self.kinds.iter().any(|asked| asked == kind) {
            let cure = if is_tree {
                "profile full asks for it"
            } else {
                "name it in the request's config.kinds"
            };
            return Some(format!("{kind:?} was not asked for; {cure}"));
        }
        let mode = match self.mode {
            Some(mode) => mode,
            None if self.evidence_owed => {
                return Some("a request that cannot be read has no inventory".to_owned());
            }
            None => return None,
        };
        let fits = match kind {
            "vm" => mode.collects_vms(),
            "host" | "cluster" => mode.collects_hosts(),
            _ => mode.collects(),
        };
        (!fits).then(|| format!("{kind:?} has no place in mode {mode}"))
    }

    /// The kinds that a complete inventory of this mode accounts for.
    pub(crate) fn owed_kinds(&self) -> impl Iterator<Item = &'static str> {
        let collects = self.mode.is_some_and(Mode::collects);
        let asked = move |kind: &&str| collects && self.kinds.iter().any(|asked| asked == kind);
        let owed = |kind: &&str| {
            self.mode.is_some_and(|mode| match *kind {
                "vm" => mode.collects_vms(),
                _ => mode.collects_hosts(),
            })
        };
        let ledger = LEDGER_KINDS.into_iter().filter(owed);
        let extended = EXTENDED_KINDS.into_iter().chain(TREE_KINDS);
        ledger.chain(extended.filter(asked))
    }
}

#[cfg(test)]
mod tests {
    use super::{Scope, TREE_KINDS};
    use crate::request::Request;
    use stocktake_contract::request::Mode;

    #[test]
    fn each_mode_admits_its_kinds_only() {
        let cases = [
            (Mode::Healthcheck, [false, false, false]),
            (Mode::Detect, [false, false, false]),
            (Mode::Collect, [true, true, true]),
            (Mode::CollectHosts, [false, true, true]),
            (Mode::CollectVms, [true, false, false]),
        ];
        for (mode, admitted) in cases {
            let request = format!(r#"{{"request":{{"mode":"{mode}"}}}}"#);
            let scope = Scope::from_request(&Request::parse(&request).expect("JSON"));
            let answer = ["vm", "host", "cluster"].map(|kind| scope.refusal(kind).is_none());
            assert_eq!(answer, admitted, "{mode}");
        }
    }

    #[test]
    fn an_extended_kind_must_be_asked_for() {
        let request = |config: &str| {
            format!(r#"{{"source":{{"config":{config}}},"request":{{"mode":"collect"}}}}"#)
        };
        let refusal = |config: &str| {
            let request = Request::parse(&request(config)).expect("JSON");
            Scope::from_request(&request).refusal("datastore")
        };
        assert!(refusal("{}").is_some());
        assert!(refusal(r#"{"kinds":["network"]}"#).is_some());
        assert_eq!(refusal(r#"{"kinds":["datastore"]}"#), None);
        assert_eq!(refusal(r#"{"profile":"sync"}"#), None);
        assert_eq!(refusal(r#"{"profile":"full"}"#), None);
    }

    #[test]
    fn the_tree_and_details_are_those_of_the_full_profile() {
        let scope = |profile: &str, mode: &str| {
            let request = format!(
                r#"{{"source":{{"config":{{"profile":"{profile}"}}}},"request":{{"mode":"{mode}"}}}}"#
            );
            Scope::from_request(&Request::parse(&request).expect("JSON"))
        };
        let full = scope("full", "collect");
        assert!(full.has_details);
        for kind in TREE_KINDS {
            assert_eq!(full.refusal(kind), None);
            assert!(full.owed_kinds().any(|owed| owed == kind));
            for other in [
                scope("sync", "collect"),
                scope("ledger", "collect"),
                scope("full", "collect_vms"),
            ] {
                assert!(other.refusal(kind).is_some(), "{kind}");
                assert!(!other.owed_kinds().any(|owed| owed == kind));
            }
        }
        assert!(scope("full", "collect_vms").has_details);
        assert!(!scope("ledger", "collect").has_details);
    }

    #[test]
    fn a_request_that_cannot_be_read_admits_nothing() {
        assert!(
            Scope::from_request(&Request::parse("{}").expect("JSON"))
                .refusal("vm")
                .is_some()
        );
        assert!(
            Scope::from_document(None, Vec::new())
                .refusal("vm")
                .is_none()
        );
    }
}
