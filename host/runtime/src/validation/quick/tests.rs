//! What is accepted quickly is what parser, limits and schemas accept.

use jsonschema::Validator;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};
use stocktake_contract::response::{EXTENDED_KINDS, LEDGER_KINDS};

use super::{RULES, asset, relation};
use crate::validation::Limits;
use crate::validation::item::{AssetShape, RelationShape};
use crate::validation::schemas::SCHEMAS;

fn limits() -> Limits {
    Limits {
        item_bytes: 4096,
        depth: 6,
        id_bytes: 64,
        ..Limits::default()
    }
}

/// Kind and id of an asset, as it is decided without any quickness.
fn parsed_asset(text: &str) -> Option<(String, String)> {
    limits().check(text).ok()?;
    let shape: AssetShape<'_> = serde_json::from_str(text).ok()?;
    let kind = shape.external_kind.as_ref();
    let schema: &Validator = if EXTENDED_KINDS.contains(&kind) {
        &SCHEMAS.normalized_extended
    } else {
        &SCHEMAS.normalized
    };
    let is_sound =
        shape.fits() && schema.is_valid(&shape.normalized) && shape.normalized["kind"] == kind;
    is_sound.then(|| (kind.to_owned(), shape.external_id.into_owned()))
}

/// Type and ends of a relation, likewise.
fn parsed_relation(text: &str) -> Option<[String; 5]> {
    limits().check(text).ok()?;
    let shape: RelationShape<'_> = serde_json::from_str(text).ok()?;
    let RelationShape { kind, from, to, .. } = &shape;
    let ends = [from, to].map(|end| [&end.external_kind, &end.external_id]);
    let named = [kind, ends[0][0], ends[0][1], ends[1][0], ends[1][1]];
    shape.fits().then(|| named.map(|name| name.to_string()))
}

fn quick_asset(text: &str) -> Option<(String, String)> {
    let asset = asset(text, &limits())?;
    assert_eq!(asset.text, text);
    Some((asset.kind.into(), asset.id.into()))
}

fn quick_relation(text: &str) -> Option<[String; 5]> {
    let relation = relation(text, &limits())?;
    assert_eq!(relation.text, text);
    let (from, to) = (relation.from, relation.to);
    Some([relation.kind, from.0, from.1, to.0, to.1].map(Into::into))
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
    if EXTENDED_KINDS.contains(&kind) {
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
    select([&LEDGER_KINDS[..], &EXTENDED_KINDS[..]].concat())
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
    (name(), name(), name()).prop_map(|(kind, from, to)| {
        format!(
            r#"{{"type":"{kind}","from":{{"external_kind":"vm","external_id":"{from}"}},"to":{{"external_id":"{to}","external_kind":"host"}},"raw_payload":{{"x":[]}}}}"#
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

/// The quick answer is the slow one or none.
fn agrees(text: &str) {
    if let Some(quick) = quick_asset(text) {
        assert_eq!(Some(quick), parsed_asset(text), "{text}");
    }
    if let Some(quick) = quick_relation(text) {
        assert_eq!(Some(quick), parsed_relation(text), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_the_schema_refuses_is_not_accepted(text in assets()) {
        agrees(&text);
    }

    #[test]
    fn what_the_parser_refuses_is_not_accepted(text in damaged(assets())) {
        agrees(&text);
    }

    #[test]
    fn relations_are_the_parsers(text in prop_oneof![relations(), damaged(relations())]) {
        agrees(&text);
    }
}

#[test]
fn every_kind_has_a_rule_that_accepts_a_full_asset() {
    let kinds: Vec<_> = RULES.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, [&LEDGER_KINDS[..], &EXTENDED_KINDS[..]].concat());
    for kind in kinds {
        let text = item(kind, &full(kind));
        assert_eq!(quick_asset(&text), Some((kind.into(), "id-1".into())));
        assert_eq!(quick_asset(&text), parsed_asset(&text));
        assert!(quick_asset(&text.replace(",\"", " ,\n\t\"")).is_some());
        let other = if kind == "vm" { "host" } else { "vm" };
        assert_eq!(quick_asset(&item(kind, &full(other))), None);
    }
}

/// The pointers of a value and of all that is in it.
fn pointers(value: &Value, here: &str, found: &mut Vec<String>) {
    found.push(here.to_owned());
    let members = value.as_object().into_iter().flatten();
    for (key, inner) in members {
        pointers(inner, &format!("{here}/{key}"), found);
    }
    for (index, inner) in value.as_array().into_iter().flatten().enumerate() {
        pointers(inner, &format!("{here}/{index}"), found);
    }
}

#[test]
fn every_value_replaced_by_any_other_is_judged_alike() {
    let scalars = json!([
        "",
        "a",
        "10.0.0.1",
        "thick",
        "suspended",
        "\\",
        "\u{0}",
        "vm",
        0,
        -1,
        1.5,
        1e300,
        u64::MAX,
        true,
        null,
    ]);
    let scalars = scalars.as_array().expect("a list");
    let mut values = scalars.clone();
    values.extend(scalars.iter().map(|scalar| json!([scalar])));
    values.extend(scalars.iter().map(|scalar| json!([scalar, "b", scalar])));
    values.extend(scalars.iter().map(|scalar| json!({"name": scalar})));
    values.extend(
        scalars
            .iter()
            .map(|scalar| json!({"other": scalar, "caption": scalar})),
    );
    for kind in ["vm", "dvswitch"] {
        let whole = full(kind);
        let mut places = Vec::new();
        pointers(&whole, "", &mut places);
        for place in places {
            for value in &values {
                let mut normalized = whole.clone();
                *normalized.pointer_mut(&place).expect("a place") = value.clone();
                agrees(&item(kind, &normalized));
            }
            let inner = whole.pointer(&place).and_then(Value::as_object);
            for key in inner.into_iter().flat_map(|inner| inner.keys()) {
                let mut normalized = whole.clone();
                let inner = normalized.pointer_mut(&place).expect("a place");
                let value = inner.as_object_mut().and_then(|inner| inner.remove(key));
                agrees(&item(kind, &normalized));
                normalized.pointer_mut(&place).expect("a place")["extra"] = value.into();
                agrees(&item(kind, &normalized));
            }
        }
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
    assert!(quick_relation(&texts[2]).is_some());
    for text in texts {
        for (at, _) in text.char_indices() {
            agrees(&text[..at]);
            for piece in [
                "", "\"", "\\", "{", "}", "[", ",", "0", "-", "\n", "\u{1f}", "ä",
            ] {
                let end = at + text[at..].chars().next().map_or(0, char::len_utf8);
                agrees(&format!("{}{piece}{}", &text[..at], &text[at..]));
                agrees(&format!("{}{piece}{}", &text[..at], &text[end..]));
            }
        }
    }
}
