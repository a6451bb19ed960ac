use serde_json::{Value, json};
use stocktake_contract::request::Mode;

use super::{asset, assets, evidence, relation, relations, warning};
use crate::validation::{ItemLimits, Scope, validate};

fn document() -> Value {
    json!({
        "schema_version": "collector-response-v1",
        "assets": assets(),
        "relations": relations(),
        "stats": {
            "assets": 4, "relations": 3, "inventory_complete": true,
            "warnings": [warning()], "evidence": evidence(),
        },
        "errors": [],
    })
}

fn issues(document: &Value) -> Vec<(&'static str, String)> {
    issues_in(document, Some(Mode::Collect))
}

fn issues_in(document: &Value, mode: Option<Mode>) -> Vec<(&'static str, String)> {
    let scope = Scope::from_document(mode, Vec::new());
    let report = validate(
        document.to_string().as_bytes(),
        scope,
        ItemLimits::default(),
    );
    let named = report.issues.iter();
    named
        .map(|issue| (issue.code.as_str(), issue.json_path()))
        .collect()
}

#[test]
fn a_sound_document_is_valid() {
    assert_eq!(issues(&document()), []);
    assert_eq!(issues_in(&document(), None), []);
}

type Change = fn(&mut Value);

#[test]
fn every_broken_rule_is_named_by_code_and_place() {
    const INVALID: &str = "PLUGIN_RESPONSE_INVALID";
    const SCHEMA: &str = "SCHEMA_VALIDATION_FAILED";
    const INCOMPLETE: &str = "INVENTORY_INCOMPLETE";
    let cases: &[(Change, &str, &str)] = &[
        (
            |d| d["schema_version"] = json!("collector-response-v2"),
            "PLUGIN_SCHEMA_VERSION_UNSUPPORTED",
            "$.schema_version",
        ),
        (
            |d| drop(d.as_object_mut().map(|d| d.remove("errors"))),
            INVALID,
            "$",
        ),
        (|d| d["extra"] = json!(1), INVALID, "$.extra"),
        (
            |d| d["assets"][2]["extra"] = json!(1),
            INVALID,
            "$.assets[2].extra",
        ),
        (
            |d| d["assets"][2]["raw_payload"] = json!([]),
            INVALID,
            "$.assets[2].raw_payload",
        ),
        (
            |d| {
                drop(
                    d["assets"][2]
                        .as_object_mut()
                        .map(|a| a.remove("raw_payload")),
                )
            },
            INVALID,
            "$.assets[2]",
        ),
        (
            |d| d["assets"][3]["external_id"] = json!(""),
            INVALID,
            "$.assets[3].external_id",
        ),
        (
            |d| d["assets"][3]["external_id"] = json!(7),
            INVALID,
            "$.assets[3].external_id",
        ),
        (
            |d| d["assets"][3]["external_id"] = json!("vm-1"),
            INVALID,
            "$.assets[3].external_id",
        ),
        (
            |d| d["assets"][3]["normalized"]["kind"] = json!("host"),
            SCHEMA,
            "$.assets[3].normalized.kind",
        ),
        (
            |d| d["assets"][3]["normalized"]["network"]["ip_addresses"][1] = json!(""),
            SCHEMA,
            "$.assets[3].normalized.network.ip_addresses[1]",
        ),
        (
            |d| d["assets"][3]["normalized"]["network"]["ip_addresses"][1] = json!("10.0.0.1"),
            SCHEMA,
            "$.assets[3].normalized.network.ip_addresses",
        ),
        (
            |d| d["assets"][3]["normalized"]["hardware"]["memory_bytes"] = json!(-1),
            SCHEMA,
            "$.assets[3].normalized.hardware.memory_bytes",
        ),
        (
            |d| d["assets"][3]["normalized"]["hardware"]["memory_bytes"] = Value::Null,
            SCHEMA,
            "$.assets[3].normalized.hardware.memory_bytes",
        ),
        (
            |d| d["assets"][3]["normalized"]["attributes"] = json!({"a": []}),
            SCHEMA,
            "$.assets[3].normalized.attributes.a",
        ),
        (
            |d| d["assets"][3]["raw_payload"]["deep"] = nested(100),
            INVALID,
            "$.assets[3]",
        ),
        (
            |d| d["relations"][1]["to"]["external_id"] = json!("host-9"),
            INVALID,
            "$.relations[1].to",
        ),
        (
            |d| d["relations"][1]["to"]["external_kind"] = json!("cluster"),
            INVALID,
            "$.relations[1].to.external_kind",
        ),
        (
            |d| d["relations"][1]["type"] = json!(""),
            INVALID,
            "$.relations[1].type",
        ),
        (
            |d| d["relations"][2] = d["relations"][1].clone(),
            INVALID,
            "$.relations[2]",
        ),
        (
            |d| d["relations"][2] = relation("backs", ("vm", "vm-1"), ("san", "1")),
            INVALID,
            "$.relations[2].to.external_kind",
        ),
        (
            |d| d["stats"]["assets"] = json!(5),
            INVALID,
            "$.stats.assets",
        ),
        (
            |d| d["stats"]["relations"] = json!(2),
            INVALID,
            "$.stats.relations",
        ),
        (
            |d| d["stats"]["warnings"][0]["retryable"] = json!(true),
            INVALID,
            "$.stats.warnings[0].retryable",
        ),
        (
            |d| d["stats"]["warnings"][0]["category"] = json!("odd"),
            INVALID,
            "$.stats.warnings[0].category",
        ),
        (
            |d| d["stats"]["evidence"]["drained"] = json!(false),
            INCOMPLETE,
            "$.stats.evidence.drained",
        ),
        (
            |d| d["stats"]["evidence"]["drained"] = json!("yes"),
            INVALID,
            "$.stats.evidence.drained",
        ),
        (
            |d| d["stats"]["evidence"]["logouts"] = json!(0),
            INVALID,
            "$.stats.evidence",
        ),
        (
            |d| d["stats"]["evidence"]["views_destroyed"] = json!(0),
            INVALID,
            "$.stats.evidence",
        ),
        (
            |d| d["stats"]["evidence"]["kinds"][0]["announced"] = json!(4),
            INCOMPLETE,
            "$.stats.evidence.kinds[0]",
        ),
        (
            |d| d["stats"]["evidence"]["kinds"][0]["vanished"] = json!(2),
            INVALID,
            "$.stats.evidence.kinds[0]",
        ),
        (
            |d| d["stats"]["evidence"]["kinds"][0]["excluded"] = json!(1),
            INVALID,
            "$.stats.evidence.kinds[0]",
        ),
        (
            |d| d["stats"]["evidence"]["kinds"][0]["unannounced"] = json!(1),
            INVALID,
            "$.stats.evidence.kinds[0]",
        ),
        // What no list names may not be missing alone.
        (
            |d| {
                let kind = &mut d["stats"]["evidence"]["kinds"][0];
                kind["returned"] = json!(kind["returned"].as_u64().expect("a count") - 1);
                kind["announced"] = json!(kind["announced"].as_u64().expect("a count") - 1);
                kind["unannounced"] = json!(1);
            },
            INCOMPLETE,
            "$.stats.evidence.kinds[0]",
        ),
        (
            |d| d["stats"]["evidence"]["kinds"][1]["kind"] = json!("vm"),
            INVALID,
            "$.stats.evidence.kinds[1]",
        ),
        (
            |d| d["errors"] = json!([{"code": "VCENTER_NETWORK_ERROR", "category": "network", "message": "reset", "retryable": true}]),
            INVALID,
            "$.stats.inventory_complete",
        ),
        (
            |d| d["errors"] = json!([{"code": "VCENTER_NETWORK_ERROR"}]),
            INVALID,
            "$.errors[0]",
        ),
        (
            |d| d["stats"]["inventory_complete"] = json!(false),
            "PLUGIN_EXIT_NONZERO",
            "$.errors",
        ),
        (
            |d| d["detect"] = json!({"target_version": "8"}),
            INVALID,
            "$.detect",
        ),
    ];
    for (number, (change, code, path)) in cases.iter().enumerate() {
        let mut changed = document();
        change(&mut changed);
        let found = issues(&changed);
        assert!(
            found.contains(&(*code, (*path).to_owned())),
            "case {number}: {code} {path} expected, found {found:?}"
        );
    }
}

fn nested(depth: usize) -> Value {
    (0..depth).fold(json!(1), |inner, _| json!([inner]))
}

#[test]
fn every_problem_is_reported_at_once() {
    let mut broken = document();
    for number in 0..4 {
        broken["assets"][number]["normalized"]["hardware"]["cpu_count"] = json!("many");
    }
    broken["stats"]["assets"] = json!(7);
    assert_eq!(issues(&broken).len(), 5);
    let all = (0..30).map(|number| asset("vm", &format!("vm-{number}")));
    let mut many = document();
    many["assets"] = all
        .map(|mut asset| {
            asset["normalized"]["hardware"]["cpu_count"] = json!(-1);
            asset
        })
        .collect();
    let found = issues(&many);
    let broken = found.iter().filter(|(_, path)| path.ends_with("cpu_count"));
    assert_eq!(broken.count(), 30);
}

#[test]
fn what_is_not_json_is_reported_by_line_and_column() {
    let scope = || Scope::from_document(None, Vec::new());
    let cases: [(&[u8], &str); 4] = [
        (b"", "line 1 column 0"),
        (b"{\n \"assets\": [}", "line 2 column 13"),
        (b"{}\n{}", "line 2 column 1"),
        (b"\"\xff\"", "byte 1"),
    ];
    for (text, place) in cases {
        let report = validate(text, scope(), ItemLimits::default());
        assert_eq!(report.issues.len(), 1);
        let issue = &report.issues[0];
        assert_eq!(issue.code.as_str(), "PLUGIN_OUTPUT_INVALID_JSON");
        assert!(issue.message.contains(place), "{issue}");
    }
}

#[test]
fn an_asset_that_is_misshapen_does_not_make_its_relations_dangle() {
    let mut broken = document();
    broken["assets"][1]["extra"] = json!(1);
    assert_eq!(
        issues(&broken),
        [("PLUGIN_RESPONSE_INVALID", "$.assets[1].extra".to_owned())]
    );
}

#[test]
fn vms_alone_may_leave_their_hosts_to_the_ledger() {
    let vms_only = json!({
        "schema_version": "collector-response-v1",
        "assets": [asset("vm", "vm-1")],
        "relations": [relation("runs_on", ("vm", "vm-1"), ("host", "host-1"))],
        "stats": {"assets": 1, "relations": 1, "inventory_complete": true, "warnings": []},
        "errors": [],
    });
    assert_eq!(issues_in(&vms_only, Some(Mode::CollectVms)), []);
    assert_eq!(issues_in(&vms_only, None), []);
    assert_eq!(issues_in(&vms_only, Some(Mode::Collect)).len(), 1);
    assert!(!issues_in(&vms_only, Some(Mode::CollectHosts)).is_empty());
}

#[test]
fn a_document_with_errors_may_be_partial() {
    let mut partial = document();
    partial["assets"] = json!([asset("vm", "vm-1")]);
    partial["relations"] = json!([relations()[1]]);
    partial["stats"] =
        json!({"assets": 1, "relations": 1, "inventory_complete": false, "warnings": []});
    partial["errors"] = json!([{"code": "VCENTER_NETWORK_ERROR", "category": "network", "message": "reset", "retryable": true}]);
    assert_eq!(issues(&partial), []);
}

#[test]
fn answers_of_the_modes_without_inventory_are_valid() {
    let mut empty = json!({
        "schema_version": "collector-response-v1", "assets": [], "relations": [],
        "stats": {"assets": 0, "relations": 0, "inventory_complete": false, "warnings": []},
        "errors": [],
    });
    assert_eq!(issues_in(&empty, Some(Mode::Healthcheck)), []);
    assert_eq!(
        issues_in(&empty, Some(Mode::Detect)),
        [("PLUGIN_RESPONSE_INVALID", "$.detect".to_owned())]
    );
    empty["detect"] = json!({
        "target_version": "8.0.2 (build 1)", "capabilities": {"build": "1"},
        "driver": "vcenter-auto@v1", "recommended_preferred_version": "7.0-8.x",
    });
    assert_eq!(issues_in(&empty, Some(Mode::Detect)), []);
    empty["stats"]["inventory_complete"] = json!(true);
    assert_eq!(issues_in(&empty, Some(Mode::Detect)).len(), 1);
}
