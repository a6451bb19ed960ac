//! Each rule: a sound answer, one change, and the code and place that are reported.

mod document;
mod mutation;
mod run;
mod schemas;

use serde_json::{Value, json};

fn asset(kind: &str, id: &str) -> Value {
    json!({
        "external_kind": kind,
        "external_id": id,
        "normalized": {
            "version": "normalized-v1",
            "kind": kind,
            "identity": {"caption": id},
            "network": {"ip_addresses": ["10.0.0.1", "10.0.0.2"]},
            "hardware": {"cpu_count": 2, "memory_bytes": 4_294_967_296_u64},
        },
        "raw_payload": {"name": id},
    })
}

fn relation(kind: &str, from: (&str, &str), to: (&str, &str)) -> Value {
    json!({
        "type": kind,
        "from": {"external_kind": from.0, "external_id": from.1},
        "to": {"external_kind": to.0, "external_id": to.1},
        "raw_payload": {},
    })
}

fn warning() -> Value {
    json!({
        "code": "VCENTER_OBJECT_VANISHED",
        "category": "parse",
        "message": "vm-9 was deleted while reading",
    })
}

fn relations() -> Vec<Value> {
    vec![
        relation("member_of", ("host", "host-1"), ("cluster", "domain-c1")),
        relation("runs_on", ("vm", "vm-1"), ("host", "host-1")),
        relation("hosts_vm", ("host", "host-1"), ("vm", "vm-1")),
    ]
}

fn assets() -> Vec<Value> {
    vec![
        asset("cluster", "domain-c1"),
        asset("host", "host-1"),
        asset("vm", "vm-1"),
        asset("vm", "vm-2"),
    ]
}

fn evidence() -> Value {
    let kind = |kind: &str, announced: u64, vanished: u64| {
        json!({
            "kind": kind, "announced": announced, "returned": announced - vanished,
            "unannounced": 0, "vanished": vanished, "quarantined": 0, "excluded": 0,
            "unreadable": 0, "missing_privileges": [],
        })
    };
    json!({
        "kinds": [kind("vm", 3, 1), kind("host", 1, 0), kind("cluster", 1, 0)],
        "pages": 1, "continue_calls": 0, "drained": true, "logins": 1, "logouts": 1,
        "sessions_lost": 0, "views_lost": 0,
        "views_created": 1, "views_destroyed": 1, "restarts": 0,
    })
}
