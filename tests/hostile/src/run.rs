//! What a run knows, and the sound answers that each behaviour departs from.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::bindings::exports::stocktake::collector::inventory::{
    Category, Evidence, KindCount, KindEvidence, Page, Problem, Progress, Pulled, Stats, Summary,
};
use crate::reading;

/// One run.
pub(crate) struct Run {
    /// The text of the request, as it came.
    pub(crate) text: String,
    pub(crate) request: Value,
    /// The number of the next page.
    pub(crate) next: u32,
    assets: BTreeMap<String, u64>,
    relations: u64,
    warnings: u64,
}

impl Run {
    pub(crate) fn open(text: String) -> Self {
        Run {
            request: serde_json::from_str(&text).unwrap_or_default(),
            text,
            next: 0,
            assets: BTreeMap::new(),
            relations: 0,
            warnings: 0,
        }
    }

    /// What the request asks for: by `source.config.behaviour`, or, from a command line, by the first
    /// datacenter of its scope.
    pub(crate) fn behaviour(&self) -> String {
        let named = self.setting("/behaviour");
        named
            .or_else(|| self.setting("/inventory_scope/datacenter_names/0"))
            .unwrap_or_default()
            .to_owned()
    }

    /// A text of `source.config`.
    pub(crate) fn setting(&self, pointer: &str) -> Option<&str> {
        let config = &self.request["source"]["config"];
        config.pointer(pointer)?.as_str()
    }

    /// The password, where the host hands it out.
    pub(crate) fn password(&self) -> &str {
        let password = &self.request["source"]["credential"]["password"];
        password.as_str().unwrap_or_default()
    }

    /// A page of these lines, truthfully counted.
    pub(crate) fn page(&mut self, lines: &[String]) -> Pulled {
        Pulled::Page(self.counted(lines))
    }

    /// As [`Run::page`], for those who falsify it.
    pub(crate) fn counted(&mut self, lines: &[String]) -> Page {
        let mut assets = BTreeMap::new();
        let (mut relations, mut warnings) = (0, 0);
        for line in lines {
            let value: Value = serde_json::from_str(line).unwrap_or_default();
            if let Some(kind) = value["asset"]["external_kind"].as_str() {
                *assets.entry(kind.to_owned()).or_insert(0) += 1;
                *self.assets.entry(kind.to_owned()).or_insert(0) += 1;
            }
            relations += u32::from(value["relation"].is_object());
            warnings += u32::from(value["warning"].is_object());
        }
        self.relations += u64::from(relations);
        self.warnings += u64::from(warnings);
        let sequence = self.next;
        self.next += 1;
        let mut batch = lines.join("\n");
        if !batch.is_empty() {
            batch.push('\n');
        }
        Page {
            sequence,
            assets: assets
                .into_iter()
                .map(|(kind, count)| KindCount { kind, count })
                .collect(),
            relations,
            warnings,
            progress: Progress {
                done: u64::from(self.next),
                total: None,
            },
            batch,
        }
    }

    /// What was emitted, with the evidence for it, called complete.
    pub(crate) fn summary(&self) -> Summary {
        let counts = |kind: &str| self.assets.get(kind).copied().unwrap_or_default();
        let mut kinds: Vec<String> = ["vm", "host", "cluster"].map(str::to_owned).into();
        let others = self.assets.keys().filter(|kind| !kinds.contains(kind));
        kinds.extend(others.cloned().collect::<Vec<_>>());
        let evidence = |kind: String| KindEvidence {
            announced: counts(&kind),
            returned: counts(&kind),
            unannounced: 0,
            vanished: 0,
            quarantined: 0,
            excluded: 0,
            unreadable: 0,
            missing_privileges: Vec::new(),
            kind,
        };
        Summary {
            stats: Stats {
                assets: self.assets.values().sum(),
                relations: self.relations,
                warnings: self.warnings,
                inventory_complete: true,
            },
            evidence: Evidence {
                kinds: kinds.into_iter().map(evidence).collect(),
                pages: self.next,
                continue_calls: 0,
                drained: true,
                logins: 0,
                logouts: 0,
                sessions_lost: 0,
                views_created: 0,
                views_destroyed: 0,
                views_lost: 0,
                restarts: 0,
            },
            detection: None,
            errors: Vec::new(),
        }
    }

    /// What was emitted, called incomplete for one reason.
    pub(crate) fn failure(&self, code: &str, message: &str) -> Summary {
        let mut summary = self.summary();
        summary.stats.inventory_complete = false;
        summary.errors.push(problem(code, message));
        summary
    }

    /// First one page of these lines, then the summary.
    pub(crate) fn page_then_summary(&mut self, lines: &[String]) -> Pulled {
        match self.next {
            0 => self.page(lines),
            _ => Pulled::Summary(self.summary()),
        }
    }

    /// An inventory without any fault: what there is, as far as a session is at hand. Whoever was given the password
    /// has none, and nobody counts what he lists.
    pub(crate) fn truth(&mut self) -> Pulled {
        if self.next > 0 || !self.password().is_empty() {
            return self.page_then_summary(&inventory());
        }
        match reading::read(self, None) {
            Some(site) => self.page(&site.lines()),
            None => Pulled::Summary(self.failure("VCENTER_NETWORK_ERROR", "nothing could be read")),
        }
    }
}

/// A VM on a host, with its relations.
pub(crate) fn inventory() -> Vec<String> {
    vec![
        asset("vm", "vm-1"),
        asset("host", "host-1"),
        relation("runs_on", ("vm", "vm-1"), ("host", "host-1")),
        relation("hosts_vm", ("host", "host-1"), ("vm", "vm-1")),
    ]
}

/// The line of a sound asset.
pub(crate) fn asset(kind: &str, id: &str) -> String {
    asset_with(kind, id, &json!({"name": id}))
}

/// The line of an asset with this raw payload.
pub(crate) fn asset_with(kind: &str, id: &str, raw_payload: &Value) -> String {
    let mut normalized =
        json!({"version": "normalized-v1", "kind": kind, "identity": {}, "network": {}});
    if kind == "vm" {
        normalized["hardware"] = json!({"cpu_count": 1, "memory_bytes": 1});
        normalized["runtime"] = json!({"power_state": "poweredOn"});
    }
    let value = json!({
        "external_kind": kind,
        "external_id": id,
        "normalized": normalized,
        "raw_payload": raw_payload,
    });
    json!({"asset": value}).to_string()
}

/// The line of a VM that is this.
pub(crate) fn vm(id: &str, identity: &Value, power_state: &str) -> String {
    let normalized = json!({
        "version": "normalized-v1",
        "kind": "vm",
        "identity": identity,
        "network": {},
        "hardware": {"cpu_count": 1, "memory_bytes": 1},
        "runtime": {"power_state": power_state},
    });
    let value = json!({
        "external_kind": "vm",
        "external_id": id,
        "normalized": normalized,
        "raw_payload": {},
    });
    json!({"asset": value}).to_string()
}

/// The line of a relation.
pub(crate) fn relation(kind: &str, from: (&str, &str), to: (&str, &str)) -> String {
    let end = |(kind, id): (&str, &str)| json!({"external_kind": kind, "external_id": id});
    let value = json!({"type": kind, "from": end(from), "to": end(to), "raw_payload": {}});
    json!({"relation": value}).to_string()
}

/// The line of a warning.
pub(crate) fn warning(message: &str) -> String {
    let value = json!({"code": "VCENTER_OBJECT_VANISHED", "category": "parse", "message": message});
    json!({"warning": value}).to_string()
}

/// An error of the summary.
pub(crate) fn problem(code: &str, message: &str) -> Problem {
    Problem {
        code: code.to_owned(),
        category: Category::Schema,
        message: message.to_owned(),
        retryable: false,
        redacted_context: None,
    }
}
