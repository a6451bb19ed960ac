use super::Config;
use serde_json::{Value, json};
use stocktake_contract::ErrorCode;
use stocktake_contract::normalized::Kind;
use stocktake_contract::request::{Profile, Strategy};

fn request() -> Value {
    json!({
        "schema_version": "collector-request-v1",
        "source": {
            "source_id": "s1",
            "source_type": "vcenter",
            "config": {
                "endpoint": "https://vc.example:8443//",
                "preferred_vcenter_version": "7.0-8.x",
                "some_future_key": [1]
            },
            "credential": {"username": "u", "password": "p"}
        },
        "request": {"run_id": "r1", "mode": "collect", "now": "2026-01-01T00:00:00Z"}
    })
}

#[test]
fn a_good_request_is_read_and_unknown_keys_are_ignored() {
    let config = Config::from_request(&request().to_string()).expect("a good request");
    assert_eq!(config.endpoint.path, "/sdk");
    assert_eq!(config.endpoint.authority, "vc.example:8443");
    assert_eq!(config.page_size, 1000);
    assert!(!format!("{config:?}").contains("password"));
}

#[test]
fn a_request_that_is_not_json_is_a_parse_error() {
    let problem = Config::from_request("{\"schema_version\": ").expect_err("refused");
    assert_eq!(problem.code, ErrorCode::VcenterParseError);
}

#[test]
fn each_wrong_field_is_named() {
    let cases = [
        (
            "/schema_version",
            json!("collector-request-v2"),
            "schema_version",
        ),
        ("/source/source_type", json!("aws"), "source.source_type"),
        (
            "/source/config/endpoint",
            json!("ftp://x"),
            "source.config.endpoint",
        ),
        (
            "/source/config/endpoint",
            json!(7),
            "source.config.endpoint",
        ),
        ("/request/mode", json!("destroy"), "request.mode"),
        (
            "/source/credential/username",
            json!(""),
            "source.credential.username",
        ),
        (
            "/source/credential",
            json!({"password": "p"}),
            "source.credential.username",
        ),
        (
            "/source/credential",
            json!({"username": "u"}),
            "source.credential.password",
        ),
        (
            "/source/credential",
            json!("p"),
            "source.credential.username",
        ),
        (
            "/source/credential/password",
            Value::Null,
            "source.credential.password",
        ),
        (
            "/source/credential/password",
            json!("p\u{1b}"),
            "source.credential.password",
        ),
        (
            "/source/credential/username",
            json!("u\0"),
            "source.credential.username",
        ),
        ("/request/run_id", json!(1), "request.run_id"),
        (
            "/source/config/preferred_vcenter_version",
            json!("9"),
            "source.config.preferred_vcenter_version",
        ),
        ("/source/config/tags", json!("yes"), "source.config.tags"),
        // The profile is not the one that has them.
        ("/source/config/tags", json!(true), "source.config.tags"),
        (
            "/source/config/page_size",
            json!(0),
            "source.config.page_size",
        ),
        (
            "/source/config/page_size",
            json!(10_001),
            "source.config.page_size",
        ),
        (
            "/source/config/allow_empty",
            json!("yes"),
            "source.config.allow_empty",
        ),
        (
            "/source/config/require_root",
            json!(1),
            "source.config.require_root",
        ),
        (
            "/source/config/inventory_scope",
            json!(["DC0"]),
            "source.config.inventory_scope must",
        ),
        (
            "/source/config/inventory_scope",
            json!({"cluster_names": [""]}),
            "source.config.inventory_scope.cluster_names",
        ),
        (
            "/source/config/inventory_scope",
            json!({"folder_paths": "/DC0"}),
            "source.config.inventory_scope.folder_paths",
        ),
        (
            "/source/config/profile",
            json!("everything"),
            "source.config.profile",
        ),
        (
            "/source/config/kinds",
            json!(["datastore", "vm"]),
            "source.config.kinds",
        ),
        (
            "/source/config/strategy",
            json!("fast"),
            "source.config.strategy",
        ),
        (
            "/source/config/deep_relationships",
            json!(1),
            "source.config.deep_relationships",
        ),
    ];
    for (pointer, value, field) in cases {
        let mut request = request();
        let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
        request.pointer_mut(parent).expect("its parent")[key] = value;
        let problem = Config::from_request(&request.to_string()).expect_err(pointer);
        assert_eq!(problem.code, ErrorCode::VcenterConfigInvalid, "{pointer}");
        assert!(
            problem.message.starts_with(field),
            "{pointer}: {}",
            problem.message
        );
    }
}

#[test]
fn the_checks_come_in_the_order_of_the_contract() {
    let mut request = json!({});
    for (pointer, value) in [
        ("schema_version", json!("collector-request-v1")),
        ("source", json!({"source_type": "vcenter"})),
    ] {
        let problem = Config::from_request(&request.to_string()).expect_err("incomplete");
        assert!(
            problem
                .message
                .contains(pointer.split('.').next().expect("a name"))
        );
        request[pointer] = value;
    }
    let problem = Config::from_request(&request.to_string()).expect_err("incomplete");
    assert_eq!(problem.message, "source.config.endpoint is missing");
}

#[test]
fn only_the_collect_modes_need_a_preferred_version() {
    for (mode, needed) in [
        ("collect", true),
        ("collect_hosts", true),
        ("detect", false),
        ("healthcheck", false),
    ] {
        let mut request = request();
        request["request"]["mode"] = json!(mode);
        request["source"]["config"]
            .as_object_mut()
            .expect("an object")
            .remove("preferred_vcenter_version");
        assert_eq!(
            Config::from_request(&request.to_string()).is_err(),
            needed,
            "{mode}"
        );
    }
}

#[test]
fn what_is_asked_for_beyond_the_default_is_read() {
    let mut request = request();
    let config = &mut request["source"]["config"];
    config["inventory_scope"] = json!({"datacenter_names": ["DC0"], "cluster_names": null});
    config["profile"] = json!("sync");
    config["kinds"] = json!(["dvswitch", "datastore"]);
    config["deep_relationships"] = json!(true);
    config["strategy"] = json!("per_object");
    let config = Config::from_request(&request.to_string()).expect("a good request");
    assert_eq!(config.scope.datacenters, ["DC0"]);
    assert!(config.scope.clusters.is_empty());
    assert_eq!(config.profile, Profile::Sync);
    assert_eq!(config.kinds, [Kind::Datastore, Kind::DvSwitch]);
    assert!(config.deep_relationships);
    assert_eq!(config.strategy, Strategy::PerObject);
}

#[test]
fn an_empty_credential_says_that_the_session_is_the_hosts() {
    let mut request = request();
    let config = Config::from_request(&request.to_string()).expect("a good request");
    assert_eq!(config.account(), "u");
    assert!(config.credential.is_some());
    request["source"]["credential"] = json!({});
    let config = Config::from_request(&request.to_string()).expect("a good request");
    assert_eq!(config.account(), "the account");
    assert!(config.credential.is_none());
}
