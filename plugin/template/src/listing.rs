//! What the source answers, and what becomes of it: a JSON line per asset and relation.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

/// A page as the source sends it.
#[derive(Deserialize)]
pub(crate) struct Listing {
    /// How many objects there are on all pages, by kind.
    pub(crate) total: BTreeMap<String, u64>,
    pub(crate) next: Option<u64>,
    pub(crate) objects: Vec<Value>,
}

/// What the contract needs of a host or VM; an object without it is an error, not a gap.
#[derive(Deserialize)]
pub(crate) struct Object {
    pub(crate) kind: String,
    pub(crate) id: String,
    pub(crate) host: Option<String>,
    name: String,
    cpus: u64,
    memory_bytes: u64,
    running: bool,
}

/// What is not normalized stays in `raw_payload`, as it was read.
pub(crate) fn asset(object: &Object, raw: &Value) -> String {
    let power = ["poweredOff", "poweredOn"][usize::from(object.running)];
    let value = json!({
        "external_kind": object.kind,
        "external_id": object.id,
        "normalized": {
            "version": "normalized-v1",
            "kind": object.kind,
            "identity": {"caption": object.name},
            "network": {},
            "hardware": {"cpu_count": object.cpus, "memory_bytes": object.memory_bytes},
            "runtime": {"power_state": power},
        },
        "raw_payload": raw,
    });
    format!("{}\n", json!({"asset": value}))
}

/// Both directions of a placement.
pub(crate) fn relations(vm: &str, host: &str) -> String {
    let vm = json!({"external_kind": "vm", "external_id": vm});
    let host = json!({"external_kind": "host", "external_id": host});
    [("runs_on", &vm, &host), ("hosts_vm", &host, &vm)]
        .map(|(kind, from, to)| json!({"type": kind, "from": from, "to": to, "raw_payload": {}}))
        .map(|relation| format!("{}\n", json!({"relation": relation})))
        .concat()
}
