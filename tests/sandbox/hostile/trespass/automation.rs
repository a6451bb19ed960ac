//! Calls of the Automation API that are not a collector's to make.

use serde_json::{Value, json};
use stocktake_tests::hostile::{self, Ran};
use stocktake_tests::server::{self, Simulated};

use crate::hostile::{CAGE, assert_refused};

const ATTACHED: &str = "/api/cis/tagging/tag-association?action=list-attached-tags-on-objects";
const OBJECTS: &str = r#"{"object_ids":[{"id":"vm-1","type":"VirtualMachine"}]}"#;

/// Lets a guest of a run with these settings send `body` to `path`; the session is its own, or the host's.
fn ask(simulated: &Simulated, asked: (&str, &str, &str), settings: &Value, is_own: bool) -> Ran {
    let (method, path, body) = asked;
    let mut request = hostile::request(&simulated.server, "calls-as-instructed");
    let config = &mut request["source"]["config"];
    config["target"] = format!("{}{path}", simulated.server.url).into();
    config["method"] = method.into();
    config["body"] = body.into();
    config["headers"] = json!({"content-type": "application/json"});
    for (key, value) in settings.as_object().into_iter().flatten() {
        config[key] = value.clone();
    }
    let policy = hostile::policy(&simulated.server, &request);
    CAGE.run_under(&request, &policy.with_credentials_to_guest(is_own))
}

fn with_tags() -> Value {
    json!({"profile": "full", "tags": true})
}

fn assert_denied(ran: &Ran, path: &str, expected: &str) {
    assert_refused(path, ran, "EGRESS_DENIED");
    let message = &ran.outcome.errors[0].message;
    assert!(message.contains(expected), "{expected}: {message}");
}

#[test]
fn a_guest_that_reads_tags_in_a_run_with_tags_is_answered_in_a_session_that_ends_with_it() {
    let simulated = server::simulator(&[]);
    let asked = ("POST", ATTACHED, OBJECTS);
    let ran = ask(&simulated, asked, &with_tags(), false);
    let codes = ran.codes();
    assert!(!codes.contains(&"EGRESS_DENIED"), "{codes:?}");
    let counters = simulated.simulator.counters();
    assert_eq!(counters.automation_logins, 1);
    assert_eq!(counters.automation_logouts, 1);
    assert_eq!(counters.automation_sessions_open, 0);
}

#[test]
fn a_guest_that_asks_the_automation_api_for_anything_but_tags_is_denied_by_name() {
    let simulated = server::simulator(&[]);
    for (method, path) in [
        ("POST", "/api/session"),
        ("DELETE", "/api/session"),
        ("GET", "/api/session"),
        ("POST", "/rest/com/vmware/cis/session"),
        ("GET", "/api/vcenter/vm"),
        ("POST", "/api/vcenter/vm/vm-1/power?action=stop"),
        ("DELETE", "/api/vcenter/vm/vm-1"),
        ("POST", "/api/cis/tagging/tag"),
        ("DELETE", "/api/cis/tagging/tag/urn:a"),
        ("PATCH", "/api/cis/tagging/category/urn:a"),
        ("POST", "/api/cis/tagging/tag-association?action=attach"),
        ("GET", "/api/cis/tagging/tag/..%2f..%2fsession"),
        ("GET", "/api/appliance/access/ssh"),
        ("GET", "/rest/vcenter/vm"),
    ] {
        let ran = ask(&simulated, (method, path, ""), &with_tags(), false);
        assert_denied(&ran, path, &format!("asked for {method} {path}"));
    }
    let many = vec![r#"{"id":"vm-1","type":"VirtualMachine"}"#; 2001].join(",");
    for (body, expected) in [
        (format!(r#"{{"object_ids":[{many}]}}"#), "2001 objects"),
        (
            OBJECTS.replace("VirtualMachine", "SessionManager"),
            "SessionManager",
        ),
        (OBJECTS.replace("object_ids", "tag_ids"), "another body"),
    ] {
        let ran = ask(&simulated, ("POST", ATTACHED, &body), &with_tags(), false);
        assert_denied(&ran, ATTACHED, expected);
    }
    // Not even a session is made.
    assert_eq!(simulated.simulator.counters().automation_calls, 0);
}

#[test]
fn nothing_of_the_automation_api_is_reachable_without_tags() {
    let simulated = server::simulator(&[]);
    for (settings, is_own) in [
        (json!({"profile": "full"}), false),
        (json!({"profile": "ledger", "tags": true}), false),
        (json!({"tags": "yes", "profile": "full"}), false),
        (with_tags(), true),
    ] {
        let ran = ask(&simulated, ("POST", ATTACHED, OBJECTS), &settings, is_own);
        let path = "asked for POST /api/cis/tagging/tag-association";
        assert_denied(&ran, ATTACHED, path);
    }
    assert_eq!(simulated.simulator.counters().requests, 0);
}
