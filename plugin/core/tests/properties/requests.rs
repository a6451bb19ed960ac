//! Request documents.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::oracles::request;

fn good() -> Value {
    json!({
        "schema_version": "collector-request-v1",
        "source": {
            "source_id": "source-1",
            "source_type": "vcenter",
            "config": {
                "endpoint": "https://vcenter.example:8443",
                "preferred_vcenter_version": "7.0-8.x",
                "page_size": 5,
                "include_templates": true,
                "allow_empty": false,
                "profile": "ledger",
                "kinds": [],
            },
            "credential": {"username": "reader", "password": "secret"},
        },
        "request": {"run_id": "run-1", "mode": "collect", "now": "2026-01-01T00:00:00Z"},
    })
}

/// Fields of a request, at any depth.
const POINTERS: [&str; 20] = [
    "/schema_version",
    "/source",
    "/source/source_id",
    "/source/source_type",
    "/source/config",
    "/source/config/endpoint",
    "/source/config/preferred_vcenter_version",
    "/source/config/page_size",
    "/source/config/include_templates",
    "/source/config/allow_empty",
    "/source/config/profile",
    "/source/config/kinds",
    "/source/config/inventory_scope",
    "/source/credential",
    "/source/credential/username",
    "/source/credential/password",
    "/request",
    "/request/run_id",
    "/request/mode",
    "/request/now",
];

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        proptest::sample::select(vec![
            "",
            "collect_vms",
            "detect",
            "healthcheck",
            "6.5-6.7",
            "auto",
            "http://[::1]:80/proxy",
            "https://user:pass@vc",
            "https://vc?a=b",
            "https://vc#a",
            "https://vc:99999",
            " https://vc/sdk ",
            "https://v\u{fc}",
            "property_collector",
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            proptest::collection::hash_map("[a-z_]{1,8}", inner, 0..3)
                .prop_map(|fields| fields.into_iter().collect()),
        ]
    })
}

/// Replaces a field by `value`, or removes it.
fn change(request: &mut Value, pointer: &str, value: Option<Value>) {
    let Some((parent, key)) = pointer.rsplit_once('/') else {
        return;
    };
    let Some(Value::Object(fields)) = request.pointer_mut(parent) else {
        return;
    };
    match value {
        Some(value) => fields.insert(key.to_owned(), value),
        None => fields.remove(key),
    };
}

#[test]
fn a_good_request_is_accepted() {
    assert!(request::is_accepted(&good().to_string()));
}

proptest! {
    #![proptest_config(crate::config())]

    #[test]
    fn a_request_with_wrong_fields_is_refused_by_the_name_of_one(
        changes in proptest::collection::vec(
            (proptest::sample::select(POINTERS.to_vec()), proptest::option::of(value())),
            1..4,
        ),
    ) {
        let mut changed = good();
        for (pointer, value) in changes {
            change(&mut changed, pointer, value);
        }
        let _ = request::is_accepted(&changed.to_string());
    }

    #[test]
    fn a_request_that_breaks_off_is_refused(length in any::<prop::sample::Index>()) {
        let text = good().to_string();
        prop_assert!(!request::is_accepted(&text[..length.index(text.len())]));
    }

    #[test]
    fn text_that_is_no_request_is_refused(text in "\\PC{0,40}") {
        prop_assert!(!request::is_accepted(&text));
    }
}
