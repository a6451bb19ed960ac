//! What the types accept is what the JSON Schemas accept.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jsonschema::Validator;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use stocktake_contract::response::{EXTENDED_KINDS, LEDGER_KINDS, TREE_KINDS};
use stocktake_contract::schema;

use super::mutation::{self, Schema};
use crate::validation::envelope::{Detect, Envelope, Reported, Stats};
use crate::validation::issue::Issues;
use crate::validation::item::RawWarning;
use crate::validation::item_validator::ItemValidator;
use crate::validation::reader::read;
use crate::validation::shape::{RawAsset, RawRelation, sound_asset, sound_relation};
use crate::validation::value::Object;
use crate::validation::{ItemLimits, Scope};

static RESPONSE: LazyLock<Schema> = LazyLock::new(|| Schema::parse(schema::RESPONSE));
static NORMALIZED: LazyLock<Schema> = LazyLock::new(|| Schema::parse(schema::NORMALIZED));
static EXTENDED: LazyLock<Schema> = LazyLock::new(|| Schema::parse(schema::NORMALIZED_EXTENDED));

static DETAILS: LazyLock<Schema> = LazyLock::new(|| Schema::parse(schema::DETAILS));

static NORMALIZED_VALIDATOR: LazyLock<Validator> = LazyLock::new(|| NORMALIZED.validator());
static EXTENDED_VALIDATOR: LazyLock<Validator> = LazyLock::new(|| EXTENDED.validator());
static ASSET_VALIDATOR: LazyLock<Validator> =
    LazyLock::new(|| RESPONSE.part("/properties/assets/items").validator());
static RELATION_VALIDATOR: LazyLock<Validator> =
    LazyLock::new(|| RESPONSE.part("/properties/relations/items").validator());

fn limits() -> ItemLimits {
    ItemLimits {
        item_bytes: 8192,
        depth: 6,
        id_bytes: 64,
        ..ItemLimits::default()
    }
}

fn validator() -> ItemValidator {
    let scope = Scope::from_document(None, Vec::new()).with_details();
    ItemValidator::new(scope, limits(), Issues::all())
}

/// The item, its payload as an empty object: no schema looks into it, and a number may be in it that
/// no type holds.
fn parsed(text: &str) -> Option<Value> {
    limits().check(text).ok()?;
    let members: BTreeMap<String, &RawValue> = serde_json::from_str(text).ok()?;
    let value = |(name, raw): (String, &RawValue)| {
        let is_payload = name == "raw_payload" && raw.get().starts_with('{');
        let text = if is_payload { "{}" } else { raw.get() };
        let value: Value = serde_json::from_str(text).ok()?;
        Some((name, value))
    };
    members.into_iter().map(value).collect()
}

/// The schemas and limits accept the asset.
fn schemas_accept_asset(text: &str) -> bool {
    let Some(asset) = parsed(text) else {
        return false;
    };
    let kind = asset["external_kind"].as_str().unwrap_or_default();
    let normalized = if LEDGER_KINDS.contains(&kind) {
        &NORMALIZED_VALIDATOR
    } else {
        &EXTENDED_VALIDATOR
    };
    ASSET_VALIDATOR.is_valid(&asset)
        && normalized.is_valid(&asset["normalized"])
        && asset["normalized"]["kind"] == kind
}

fn schemas_accept_relation(text: &str) -> bool {
    parsed(text).is_some_and(|relation| RELATION_VALIDATOR.is_valid(&relation))
}

/// The validator accepts the asset; when it does so at first sight, a second look says the same.
fn types_accept_asset(text: &str) -> bool {
    types_accept_asset_within(text, &limits())
}

fn types_accept_asset_within(text: &str, limits: &ItemLimits) -> bool {
    let scope = Scope::from_document(None, Vec::new()).with_details();
    let mut items = ItemValidator::new(scope, *limits, Issues::all());
    let is_accepted = items.asset(text).is_some();
    let issues = items.issues.into_kept();
    assert_eq!(is_accepted, issues.is_empty(), "{issues:?} {text}");
    if sound_asset(text, limits, true).is_some() {
        assert!(read::<RawAsset<'_>>(text).is_ok(), "{text}");
    }
    is_accepted
}

fn types_accept_relation(text: &str) -> bool {
    if sound_relation(text, &limits()).is_some() {
        assert!(read::<RawRelation<'_>>(text).is_ok(), "{text}");
        return limits().check(text).is_ok();
    }
    limits().check(text).is_ok() && read::<RawRelation<'_>>(text).is_ok()
}

/// The types read a whole document.
fn types_accept_document(text: &str) -> bool {
    fn is<'a, T: serde::Deserialize<'a>>(text: &'a str) -> bool {
        read::<T>(text).is_ok()
    }
    Envelope::read(text.as_bytes()).is_ok_and(|envelope| {
        let detect = envelope.detect.0;
        is::<Object<Stats<'_>>>(envelope.stats.get())
            && is::<Vec<Object<Reported<'_>>>>(envelope.errors.get())
            && detect.is_none_or(|detect| is::<Object<Detect>>(detect.get()))
            && envelope
                .assets
                .iter()
                .all(|item| is::<RawAsset<'_>>(item.get()))
            && envelope
                .relations
                .iter()
                .all(|item| is::<RawRelation<'_>>(item.get()))
    })
}

/// Each value that breaks one keyword of the schema is refused by it and by the types, and each that keeps them all is accepted by both.
fn hold_together(schema: &Schema, accept: impl Fn(&Value) -> bool) {
    let validator = schema.validator();
    let (sound, unsound) = (mutation::sound(schema), mutation::unsound(schema));
    assert!(!sound.is_empty() && !unsound.is_empty());
    for value in sound {
        assert!(validator.is_valid(&value), "not sound: {value}");
        assert!(accept(&value), "the types refuse {value}");
    }
    for value in unsound {
        assert!(!validator.is_valid(&value), "sound: {value}");
        assert!(!accept(&value), "the types accept {value}");
    }
}

#[test]
fn every_keyword_of_normalized_is_a_rule_of_the_types() {
    for schema in [&NORMALIZED, &EXTENDED] {
        hold_together(schema, |normalized| {
            let kind = normalized["kind"].as_str().unwrap_or("vm");
            types_accept_asset(&item(kind, normalized))
        });
    }
}

/// Every number is an integer as a collector writes it: `2.0` is one to JSON Schema, not to a type.
fn has_plain_numbers(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_u64(),
        Value::Array(items) => items.iter().all(has_plain_numbers),
        Value::Object(members) => members.values().all(has_plain_numbers),
        _ => true,
    }
}

#[test]
fn every_keyword_of_details_is_a_rule_of_the_types() {
    for kind in [&LEDGER_KINDS[..], &EXTENDED_KINDS[..], &TREE_KINDS[..]].concat() {
        let schema = DETAILS.part(&format!("/$defs/{kind}"));
        let validator = schema.validator();
        let accept = |details: &Value| {
            let asset = item(kind, &full(kind));
            let behind = r#","raw_payload""#;
            let text = asset.replacen(behind, &format!(r#","details":{details}{behind}"#), 1);
            assert!(text.len() > asset.len());
            types_accept_asset_within(&text, &ItemLimits::default())
        };
        let sound = mutation::sound(&schema);
        for details in sound.into_iter().filter(has_plain_numbers) {
            assert!(validator.is_valid(&details), "not sound: {kind} {details}");
            assert!(accept(&details), "the types refuse {kind} {details}");
        }
        for details in mutation::unsound(&schema) {
            assert!(!validator.is_valid(&details), "sound: {kind} {details}");
            assert!(!accept(&details), "the types accept {kind} {details}");
        }
    }
}

#[test]
fn details_are_refused_unless_the_full_profile_asks_for_them() {
    let asset = item("vm", &full("vm")).replacen(
        r#","raw_payload""#,
        r#","details":{"version":"details-v1"},"raw_payload""#,
        1,
    );
    assert!(types_accept_asset(&asset));
    let scope = Scope::from_document(None, Vec::new());
    let mut items = ItemValidator::new(scope, limits(), Issues::all());
    assert!(items.asset(&asset).is_none());
    let issues = items.issues.into_kept();
    assert_eq!(issues.len(), 1, "{issues:?}");
    assert_eq!(issues[0].path, "details");
    assert!(issues[0].message.contains("profile full"), "{issues:?}");
}

#[test]
fn a_wrong_value_of_details_is_named_by_its_place() {
    let details = r#"{"version":"details-v1","nics":[{"mac":"a"},{"mac":7}]}"#;
    let asset = item("vm", &full("vm")).replacen(
        r#","raw_payload""#,
        &format!(r#","details":{details},"raw_payload""#),
        1,
    );
    let mut items = validator();
    assert!(items.asset(&asset).is_none());
    let issues = items.issues.into_kept();
    assert_eq!(issues[0].path, "details.nics[1].mac", "{issues:?}");
}

#[test]
fn every_keyword_of_the_response_is_a_rule_of_the_types() {
    hold_together(&RESPONSE, |document| {
        types_accept_document(&document.to_string())
    });
    hold_together(&RESPONSE.part("/properties/relations/items"), |relation| {
        types_accept_relation(&relation.to_string())
    });
    hold_together(&RESPONSE.part("/$defs/warning"), |warning| {
        read::<Object<RawWarning>>(&warning.to_string()).is_ok()
    });
}

#[test]
fn an_asset_is_of_the_kind_that_it_says() {
    for kind in [&LEDGER_KINDS[..], &EXTENDED_KINDS[..], &TREE_KINDS[..]].concat() {
        let text = item(kind, &full(kind));
        let found = sound_asset(&text, &limits(), true).expect("a sound asset");
        assert_eq!(
            (&*found.kind, &*found.id, found.text),
            (kind, "id-1", &*text)
        );
        assert!(types_accept_asset(&text.replace(",\"", " ,\n\t\"")));
        let other = if kind == "vm" { "host" } else { "vm" };
        assert!(!types_accept_asset(&item(kind, &full(other))));
        // In whatever order the members come.
        let turned = format!(
            r#"{{"raw_payload":{{}},"normalized":{},"external_id":"id-1","external_kind":"{kind}"}}"#,
            full(kind)
        );
        assert!(sound_asset(&turned, &limits(), true).is_some());
    }
}

#[test]
fn an_array_does_not_do_for_an_object() {
    let cases = [
        r#"["vm","id-1",{"version":"normalized-v1","kind":"vm"},{}]"#,
        r#"{"external_kind":"vm","external_id":"id-1","normalized":["normalized-v1","vm"],"raw_payload":{}}"#,
        r#"{"external_kind":"vm","external_id":"id-1","normalized":{"version":"normalized-v1","kind":"vm","identity":["h"]},"raw_payload":{}}"#,
        r#"{"external_kind":"vm","external_id":"id-1","normalized":{"version":"normalized-v1","kind":{"vm":null}},"raw_payload":{}}"#,
    ];
    for text in cases {
        assert!(!types_accept_asset(text), "{text}");
    }
    assert!(!types_accept_relation(
        r#"["runs_on",["vm","1"],["host","2"],{}]"#
    ));
    let warning = r#"{"code":"X","category":{"parse":null},"message":"m"}"#;
    assert!(validator().warning(warning).is_none());
}

#[test]
fn a_duplicate_key_is_refused_wherever_a_type_is_known() {
    let text = item("vm", &full("vm"));
    for (key, object) in [
        ("\"external_id\":\"id-1\"", ""),
        ("\"kind\":\"vm\"", "normalized"),
        ("\"hostname\":\"h\"", "normalized.identity"),
        ("\"size_bytes\":1", "normalized.hardware.disks[0]"),
        ("\"a\":null", "normalized.attributes"),
    ] {
        let doubled = text.replacen(key, &format!("{key},{key}"), 1);
        let mut items = validator();
        assert!(items.asset(&doubled).is_none(), "{doubled}");
        let issues = items.issues.into_kept();
        assert!(issues[0].message.contains("duplicate"), "{issues:?}");
        assert_eq!(issues[0].path, object, "{issues:?}");
    }
    // As it was read.
    let payload = text.replacen("\"e\":null", "\"e\":null,\"e\":null", 1);
    assert!(types_accept_asset(&payload));
}

#[test]
fn a_number_in_a_payload_may_be_larger_than_any_type() {
    let normalized = json!({"version": "normalized-v1", "kind": "vm"});
    let text = item("vm", &normalized).replace("\"e\":null", "\"e\":1e999");
    assert!(
        text.contains("1e999") && types_accept_asset(&text),
        "{text}"
    );
}

#[test]
fn many_unique_strings_are_compared_without_comparing_each_with_each() {
    let mut addresses: Vec<_> = (0..20_000).map(|number| number.to_string()).collect();
    let accepted = |addresses: &[String]| {
        let normalized = json!({"version": "normalized-v1", "kind": "vm", "network": {"ip_addresses": addresses}});
        sound_asset(&item("vm", &normalized), &ItemLimits::default(), false).is_some()
    };
    assert!(accepted(&addresses));
    addresses.push("19999".to_owned());
    assert!(!accepted(&addresses));
}

/// Values as the sections of `normalized` hold them, rightly and wrongly.
fn value() -> impl Strategy<Value = Value> {
    let scalar = select(vec![
        json!("10.0.0.1"),
        json!("10.0.0.2"),
        json!("thin"),
        json!("poweredOn"),
        json!("ä \u{1f600} \" \\ \n \u{7f}"),
        json!(""),
        json!(0),
        json!(4_294_967_296_u64),
        json!(u64::MAX),
        json!(-1),
        json!(1.5),
        json!(1e300),
        json!(true),
        json!(null),
    ]);
    scalar.prop_recursive(3, 12, 4, |inner| {
        let member = (select(KEYS.to_vec()), inner.clone());
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(Value::from),
            prop::collection::vec(member, 0..4)
                .prop_map(|members| members.into_iter().collect::<Value>()),
        ]
    })
}

const KEYS: [&str; 14] = [
    "identity",
    "caption",
    "network",
    "ip_addresses",
    "hardware",
    "memory_bytes",
    "disks",
    "name",
    "size_bytes",
    "type",
    "attributes",
    "cloud",
    "kind",
    "other",
];

/// Every section as the schema asks for it.
fn full(kind: &str) -> Value {
    if !LEDGER_KINDS.contains(&kind) {
        return json!({
            "version": "normalized-extended-v1",
            "kind": kind,
            "identity": {"caption": "ä"},
            "attributes": {
                "type": "VMFS", "capacity_bytes": 5, "free_bytes": 0, "url": "ds:///",
                "multiple_host_access": true, "uuid": "u", "more": 1.5, "on": false,
            },
        });
    }
    json!({
        "version": "normalized-v1",
        "kind": kind,
        "identity": {"hostname": "h", "vendor": "", "caption": "a \" b"},
        "network": {"ip_addresses": ["10.0.0.1", "fe80::1"], "mac_addresses": []},
        "os": {"name": "Linux"},
        "hardware": {"cpu_count": 2, "memory_bytes": 4_294_967_296_u64,
            "disks": [{"name": "d", "size_bytes": 1, "type": "thin"}]},
        "runtime": {"power_state": "poweredOn", "tools_running": true},
        "storage": {"datastores": [{"name": "d", "capacity_bytes": 1}]},
        "service": {"applications": ["a", ""]},
        "cloud": false,
        "attributes": {"a": null, "b": -1.25, "c": "", "d": true},
    })
}

fn item(kind: &str, normalized: &Value) -> String {
    let payload = r#"{"a":[1,-2.5e+3,{"b":"A\\ \/ä"}],"c":[],"d":{},"e":null}"#;
    format!(
        r#"{{"external_kind":"{kind}","external_id":"id-1","normalized":{normalized},"raw_payload":{payload}}}"#
    )
}

fn kind() -> impl Strategy<Value = &'static str> {
    select([&LEDGER_KINDS[..], &EXTENDED_KINDS[..], &TREE_KINDS[..]].concat())
}

/// An asset some of whose sections, or of the values in them, are others.
fn assets() -> impl Strategy<Value = String> {
    let change = (any::<Index>(), any::<Index>(), any::<bool>(), value());
    (kind(), prop::collection::vec(change, 0..3)).prop_map(|(kind, changes)| {
        let mut normalized = full(kind);
        for (section, member, deep, value) in changes {
            let mut slot = pick(&mut normalized, section);
            if deep && slot.as_object().is_some_and(|inner| !inner.is_empty()) {
                slot = pick(slot, member);
            }
            *slot = value;
        }
        item(kind, &normalized)
    })
}

fn pick(object: &mut Value, index: Index) -> &mut Value {
    let members = object.as_object_mut().expect("an object");
    let position = index.index(members.len());
    members.values_mut().nth(position).expect("a member")
}

fn relations() -> impl Strategy<Value = String> {
    let name = || select(vec!["vm", "host", "", "a\\\"b", "ä", "runs_on"]);
    (name(), name(), name(), any::<bool>()).prop_map(|(kind, from, to, is_in_order)| {
        let to = if is_in_order {
            format!(r#"{{"external_kind":"host","external_id":"{to}"}}"#)
        } else {
            format!(r#"{{"external_id":"{to}","external_kind":"host"}}"#)
        };
        format!(
            r#"{{"type":"{kind}","from":{{"external_kind":"vm","external_id":"{from}"}},"to":{to},"raw_payload":{{"x":[]}}}}"#
        )
    })
}

/// Text with pieces cut out, doubled, or replaced by what breaks or bends JSON.
fn damaged(text: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    let piece = select(vec![
        "",
        " ",
        "\n",
        "\u{b}",
        "\u{0}",
        "\"",
        "\\",
        "\\u00e9",
        "\\ud83d",
        "\\ude00",
        "\\ud83d\\ude00",
        "\\x",
        "{",
        "}",
        "[",
        "]",
        "[[[[",
        ",",
        ":",
        "0",
        "01",
        "-",
        "-0",
        ".",
        "1.5",
        "1e999",
        "e",
        "null",
        "true",
        "nul",
        "\"kind\":\"vm\",",
        "\"kind\":\"host\",",
        "\"a\":1,",
        "ä",
        "\"external_id\":\"x\",",
        "\"\\u006bind\":1,",
    ]);
    let change = (any::<Index>(), 0..6_usize, piece);
    (text, prop::collection::vec(change, 1..3)).prop_map(|(mut text, changes)| {
        for (place, length, piece) in changes {
            // Behind a token most pieces make a difference that is no mere syntax.
            let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
            let start = place.index(places.len().max(1));
            let at = |index: usize| places.get(index).copied().unwrap_or(text.len());
            let range = at(start)..at(start + length);
            text.replace_range(range, piece);
        }
        text
    })
}

/// What the types accept, the schemas and the limits accept.
fn accepts_no_more(text: &str) {
    if types_accept_asset(text) {
        assert!(schemas_accept_asset(text), "{text}");
    }
    if types_accept_relation(text) {
        assert!(schemas_accept_relation(text), "{text}");
    }
}

/// The types and the schemas say the same of an asset without duplicate keys.
fn agree(text: &str) {
    assert_eq!(
        types_accept_asset(text),
        schemas_accept_asset(text),
        "{text}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn types_and_schemas_agree_on_assets(text in assets()) {
        agree(&text);
    }

    #[test]
    fn what_the_parser_refuses_is_not_accepted(text in damaged(assets())) {
        accepts_no_more(&text);
    }

    #[test]
    fn types_and_schema_agree_on_relations(text in relations()) {
        assert_eq!(types_accept_relation(&text), schemas_accept_relation(&text));
    }

    #[test]
    fn what_the_parser_refuses_is_no_relation(text in damaged(relations())) {
        accepts_no_more(&text);
    }
}

#[test]
fn every_single_change_of_a_byte_is_judged_alike() {
    let kinds = ["vm", "datastore"];
    let mut texts: Vec<_> = kinds.map(|kind| item(kind, &full(kind))).into();
    texts.push(
        r#"{"type":"a","from":{"external_kind":"b","external_id":"c"},"to":{"external_kind":"d","external_id":"e"},"raw_payload":{"":0.5e-7}}"#
            .to_owned(),
    );
    assert!(sound_relation(&texts[2], &limits()).is_some());
    for text in texts {
        for (at, _) in text.char_indices() {
            accepts_no_more(&text[..at]);
            for piece in [
                "", "\"", "\\", "{", "}", "[", ",", "0", "-", "\n", "\u{1f}", "ä",
            ] {
                let end = at + text[at..].chars().next().map_or(0, char::len_utf8);
                accepts_no_more(&format!("{}{piece}{}", &text[..at], &text[at..]));
                accepts_no_more(&format!("{}{piece}{}", &text[..at], &text[end..]));
            }
        }
    }
}
