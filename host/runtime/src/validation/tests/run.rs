use std::collections::BTreeMap;

use serde::Deserialize as _;
use serde_json::{Value, json};
use stocktake_contract::request::Mode;
use stocktake_contract::response::{CountedBy, Evidence};
use stocktake_contract::roots::{Parts, Roots};
use stocktake_contract::{ErrorCode, Problem};

use super::{asset, assets, evidence, relation, relations, warning};
use crate::page::{Page, Progress, Stats, Summary};
use crate::request::Request;
use crate::validation::{ItemLimits, Scope, Verifier};

/// A mutation, and what must be reported of it.
type Case<T> = (fn(&mut T), &'static str);

fn page(sequence: u32, lines: &[Value]) -> Page {
    let mut page = Page {
        sequence,
        progress: Progress::default(),
        ..Page::default()
    };
    for line in lines {
        if let Some(asset) = line.get("asset") {
            let kind = asset["external_kind"].as_str().unwrap_or_default();
            match page.assets.iter_mut().find(|(known, _)| known == kind) {
                Some((_, count)) => *count += 1,
                None => page.assets.push((kind.to_owned(), 1)),
            }
        }
        page.relations += u32::from(line.get("relation").is_some());
        page.warnings += u32::from(line.get("warning").is_some());
        page.batch += &format!("{line}\n");
    }
    page
}

fn first() -> Page {
    let lines: Vec<Value> = assets()
        .into_iter()
        .map(|asset| json!({"asset": asset}))
        .collect();
    page(0, &lines)
}

fn second() -> Page {
    let mut lines: Vec<Value> = relations()
        .into_iter()
        .map(|relation| json!({"relation": relation}))
        .collect();
    lines.push(json!({"warning": warning()}));
    page(1, &lines)
}

fn summary() -> Summary {
    Summary {
        stats: Stats {
            assets: 4,
            relations: 3,
            warnings: 1,
            inventory_complete: true,
        },
        evidence: Evidence::deserialize(&evidence()).expect("evidence"),
        detection: None,
        errors: Vec::new(),
    }
}

fn verify(mode: &str, pages: &[Page], summary: &Summary) -> Result<(), Vec<Problem>> {
    let request = json!({"source": {"config": {}}, "request": {"mode": mode}}).to_string();
    let mut verifier = Verifier::new(
        Scope::from_request(&Request::parse(&request).expect("JSON")),
        ItemLimits::default(),
    );
    for page in pages {
        verifier.page(page)?;
    }
    verifier.finish(summary).map(drop)
}

fn refused(mode: &str, pages: &[Page], summary: &Summary) -> String {
    let problems = verify(mode, pages, summary).expect_err("a problem");
    problems[0].to_string()
}

#[test]
fn a_sound_run_passes() {
    assert_eq!(verify("collect", &[first(), second()], &summary()), Ok(()));
    assert_eq!(
        verify("collect", &[relations_first(), assets_second()], &summary()),
        Ok(()),
        "relations may come before their assets"
    );
}

#[test]
fn a_proof_names_run_source_kinds_roots_and_who_counted() {
    let request = json!({
        "source": {
            "source_id": "vc-1",
            "source_type": "vcenter",
            "config": {"inventory_scope": {"datacenter_names": ["DC0"]}},
        },
        "request": {"run_id": "run-7", "mode": "collect"},
    });
    let request = Request::parse(&request.to_string()).expect("JSON");
    let verified = |summary: &Summary| {
        let scope = Scope::from_request(&request);
        let mut verifier = Verifier::new(scope, ItemLimits::default());
        for page in [first(), second()] {
            verifier.page(&page).expect("sound");
        }
        verifier.finish(summary).expect("sound")
    };
    let mut counted = summary();
    counted.evidence.counted_by = CountedBy::Host;
    let proof = verified(&counted).expect("a proof");
    assert_eq!((proof.run_id(), proof.source_id()), ("run-7", "vc-1"));
    let kinds = [("cluster", 1), ("host", 1), ("vm", 2)];
    let kinds = kinds.map(|(kind, count)| (kind.to_owned(), count));
    assert_eq!(proof.kinds(), &BTreeMap::from(kinds));
    let parts = Parts {
        datacenter_names: vec!["DC0".to_owned()],
        ..Parts::default()
    };
    assert_eq!(proof.roots(), Some(&Roots::Parts(parts)));
    assert_eq!(proof.counted_by(), CountedBy::Host);

    let mut failed = summary();
    failed.stats.inventory_complete = false;
    failed
        .errors
        .push(Problem::new(ErrorCode::VcenterNetworkError, "reset"));
    assert_eq!(verified(&failed), None);
}

#[test]
fn a_document_from_elsewhere_names_no_run_and_is_no_proof() {
    let scope = Scope::from_document(Some(Mode::Collect), Vec::new());
    let mut verifier = Verifier::new(scope, ItemLimits::default());
    for page in [first(), second()] {
        verifier.page(&page).expect("sound");
    }
    assert_eq!(verifier.finish(&summary()), Ok(None));
}

fn relations_first() -> Page {
    Page {
        sequence: 0,
        ..second()
    }
}

fn assets_second() -> Page {
    Page {
        sequence: 1,
        ..first()
    }
}

#[test]
fn a_broken_page_is_refused_with_the_place() {
    let cases: &[Case<Page>] = &[
        (
            |page| page.sequence = 1,
            "PLUGIN_RESPONSE_INVALID: page 1: sequence: page 0 was due",
        ),
        (
            |page| page.relations = 1,
            "PLUGIN_RESPONSE_INVALID: page 0: relations: says 1, the batch holds 0",
        ),
        (
            |page| page.warnings = 2,
            "PLUGIN_RESPONSE_INVALID: page 0: warnings: says 2, the batch holds 0",
        ),
        (
            |page| page.assets[2].1 = 3,
            "PLUGIN_RESPONSE_INVALID: page 0: assets: says",
        ),
        (
            |page| page.assets.push(("vm".into(), 2)),
            "PLUGIN_RESPONSE_INVALID: page 0: assets: counts \"vm\" twice",
        ),
        (
            |page| page.batch.truncate(page.batch.len() - 1),
            "PLUGIN_RESPONSE_INVALID: page 0: batch: the last line is cut off",
        ),
        (
            |page| page.batch += "nonsense\n",
            "PLUGIN_OUTPUT_INVALID_JSON: page 0: batch line 5: is not one asset",
        ),
        (
            |page| page.batch += "{\"thing\":{}}\n",
            "PLUGIN_RESPONSE_INVALID: page 0: batch line 5: is not one asset",
        ),
        (
            |page| page.batch += "\n",
            "PLUGIN_OUTPUT_INVALID_JSON: page 0: batch line 5",
        ),
        (
            |page| page.batch += "{\"asset\":{\"external_kind\":}}\n",
            "PLUGIN_OUTPUT_INVALID_JSON: assets[4]: is not JSON",
        ),
        (
            |page| page.batch += "{ \"asset\" : {} }\n",
            "PLUGIN_RESPONSE_INVALID: assets[4]: missing field `external_kind`",
        ),
    ];
    for (change, expected) in cases {
        let mut broken = first();
        change(&mut broken);
        let message = refused("collect", &[broken], &summary());
        assert!(
            message.starts_with(expected),
            "{message}\nexpected {expected}"
        );
    }
}

#[test]
fn a_line_may_be_spelled_with_spaces() {
    let mut spaced = first();
    spaced.batch = spaced.batch.replace("{\"asset\":", "{ \"asset\" : ");
    assert_eq!(verify("collect", &[spaced, second()], &summary()), Ok(()));
}

#[test]
fn a_broken_summary_is_refused_with_the_place() {
    let cases: &[Case<Summary>] = &[
        (
            |s| s.stats.assets = 3,
            "PLUGIN_RESPONSE_INVALID: stats: assets: says 3, 4 were received",
        ),
        (
            |s| s.stats.warnings = 0,
            "PLUGIN_RESPONSE_INVALID: stats: warnings: says 0, 1 were received",
        ),
        (
            |s| s.evidence.drained = false,
            "INVENTORY_INCOMPLETE: stats: evidence.drained",
        ),
        (
            |s| s.evidence.kinds[0].announced = 9,
            "INVENTORY_INCOMPLETE: stats vm: evidence.kinds[0]: 6 of 9 announced",
        ),
        (
            |s| s.evidence.kinds[0].returned = u64::MAX,
            "PLUGIN_RESPONSE_INVALID: stats vm: evidence.kinds[0]",
        ),
        (
            |s| drop(s.evidence.kinds.pop()),
            "PLUGIN_RESPONSE_INVALID: stats: evidence.kinds: does not report \"cluster\"",
        ),
        (
            |s| s.evidence.logins = 2,
            "PLUGIN_RESPONSE_INVALID: stats: evidence: 2 sessions were made, 1 ended and 0 lost",
        ),
        (
            |s| {
                s.errors
                    .push(Problem::new(ErrorCode::VcenterParseError, "html"))
            },
            "PLUGIN_RESPONSE_INVALID: stats: inventory_complete: is true although",
        ),
        (
            |s| s.stats.inventory_complete = false,
            "PLUGIN_EXIT_NONZERO: errors: is empty",
        ),
    ];
    for (change, expected) in cases {
        let mut broken = summary();
        change(&mut broken);
        let message = refused("collect", &[first(), second()], &broken);
        assert!(
            message.starts_with(expected),
            "{message}\nexpected {expected}"
        );
    }
}

#[test]
fn a_kind_outside_the_mode_is_refused() {
    for mode in ["collect_vms", "detect", "healthcheck"] {
        let message = refused(mode, &[first()], &summary());
        assert!(
            message.contains("has no place in mode"),
            "{mode}: {message}"
        );
    }
}

#[test]
fn schema_issues_are_named_by_asset_and_path() {
    let mut broken = asset("vm", "vm-31");
    broken["normalized"]["hardware"]["memory_bytes"] = json!(-1);
    let message = refused(
        "collect",
        &[page(0, &[json!({"asset": broken})])],
        &summary(),
    );
    assert_eq!(
        message,
        "SCHEMA_VALIDATION_FAILED: assets[0] vm vm-31: normalized.hardware.memory_bytes: -1 is less than the minimum of 0"
    );
}

#[test]
fn a_dangling_relation_is_found_at_the_end() {
    let mut page = second();
    page.batch = page.batch.replace("domain-c1", "domain-c2");
    let message = refused("collect", &[first(), page], &summary());
    assert_eq!(
        message,
        "PLUGIN_RESPONSE_INVALID: relations[0]: to: cluster domain-c2 is not among the assets"
    );
}

#[test]
fn an_empty_inventory_is_complete_only_when_allowed() {
    let mut empty = summary();
    empty.stats = Stats {
        inventory_complete: true,
        ..Stats::default()
    };
    for kind in &mut empty.evidence.kinds {
        (kind.announced, kind.returned, kind.vanished) = (0, 0, 0);
    }
    assert!(refused("collect", &[], &empty).starts_with("INVENTORY_INCOMPLETE"));
    let request = r#"{"source":{"config":{"allow_empty":true}},"request":{"mode":"collect"}}"#;
    let verifier = Verifier::new(
        Scope::from_request(&Request::parse(request).expect("JSON")),
        ItemLimits::default(),
    );
    let proof = verifier.finish(&empty).expect("sound");
    assert_eq!(proof.expect("a proof").kinds()["vm"], 0);
}

#[test]
fn vms_without_any_relation_are_refused() {
    let mut bare = summary();
    bare.stats.relations = 0;
    bare.stats.warnings = 0;
    let message = refused("collect", &[first()], &bare);
    assert!(
        message.starts_with("INVENTORY_RELATIONS_EMPTY"),
        "{message}"
    );
}

#[test]
fn hosts_are_elsewhere_in_collect_vms_only() {
    let lines = [
        json!({"asset": asset("vm", "vm-1")}),
        json!({"relation": relation("runs_on", ("vm", "vm-1"), ("host", "host-7"))}),
    ];
    let mut vms = summary();
    (vms.stats.assets, vms.stats.relations, vms.stats.warnings) = (1, 1, 0);
    vms.evidence.kinds.truncate(1);
    vms.evidence.kinds[0].announced = 1;
    vms.evidence.kinds[0].returned = 1;
    vms.evidence.kinds[0].vanished = 0;
    assert_eq!(verify("collect_vms", &[page(0, &lines)], &vms), Ok(()));
}
