//! A real registry on this machine.

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use stocktake_tests::registry::{Guard, PASSWORD, Registry, USERNAME};

use super::{COMPONENT, Desk, stderr_of, text};

/// Pushes and pulls with these options, by digest and by tag.
fn round_trip(desk: &Desk, registry: &Registry, arguments: &[&str]) {
    let tagged = format!("{}/collectors/vcenter:1.0.0", registry.host);
    let pushed = desk.push(&tagged, arguments);
    assert_eq!(desk.push(&tagged, arguments), pushed);
    let reference = text(&pushed["reference"]);
    let by_tag = [&["--allow-tag"], arguments].concat();
    let prefixed = format!("docker://{tagged}");
    for (reference, arguments) in [
        (reference, arguments),
        (&tagged, &by_tag),
        (&prefixed, &by_tag),
    ] {
        let pulled = desk.pull(reference, arguments);
        assert!(pulled.status.success(), "{}", stderr_of(&pulled));
        let bytes = fs::read(desk.path("pulled.wasm")).expect("the component");
        assert!(bytes == COMPONENT, "other bytes");
        fs::remove_file(desk.path("pulled.wasm")).expect("removed");
    }
    let inspect = [&["inspect", tagged.as_str()], arguments].concat();
    let shown = desk.run(&inspect);
    let shown = String::from_utf8(shown.stdout).expect("UTF-8");
    assert!(shown.contains(text(&pushed["digest"])), "{shown}");
}

fn password_file(desk: &Desk, password: &str) {
    fs::write(desk.path("password"), password).expect("written");
}

const NAMED: [&str; 4] = ["--username", USERNAME, "--password-file", "password"];

#[test]
fn a_registry_on_this_machine_takes_and_gives_over_plain_http() {
    let (desk, registry) = (Desk::new(), Registry::start(Guard::Open));
    round_trip(&desk, &registry, &["--plain-http"]);
    let tagged = format!("{}/collectors/vcenter:1.0.0", registry.host);
    let layout = desk.push("oci:collectors", &[]);
    let remote = desk.push(&tagged, &["--plain-http"]);
    assert_eq!(layout["digest"], remote["digest"]);

    let missing = format!("{}/collectors/other:1.0.0", registry.host);
    desk.assert_refused(
        &missing,
        &["--allow-tag", "--plain-http"],
        "404 Not Found: MANIFEST_UNKNOWN",
    );
    let other = format!(
        "{}/collectors/vcenter@sha256:{}",
        registry.host,
        "0".repeat(64)
    );
    desk.assert_refused(&other, &["--plain-http"], "MANIFEST_UNKNOWN");
    desk.assert_refused(&other, &[], "does not use TLS");
}

#[test]
fn a_registry_over_tls_is_believed_by_its_authority_only() {
    let (desk, registry) = (Desk::new(), Registry::over_tls(Guard::Open));
    let ca_file = registry.ca_file.as_ref().expect("TLS");
    let ca_file = ca_file.to_str().expect("UTF-8");
    round_trip(&desk, &registry, &["--ca-file", ca_file]);
    let tagged = format!("{}/collectors/vcenter:1.0.0", registry.host);
    desk.assert_refused(&tagged, &["--allow-tag"], "is not trusted");
    desk.assert_refused(&tagged, &["--allow-tag"], "--ca-file");
}

#[test]
fn a_password_is_taken_from_a_file_or_from_what_docker_login_left() {
    let (desk, registry) = (Desk::new(), Registry::start(Guard::Password));
    let tagged = format!("{}/collectors/vcenter:1.0.0", registry.host);
    let by_tag = ["--allow-tag", "--plain-http"];
    desk.assert_refused(
        &tagged,
        &by_tag,
        "requires an account; give it by --username",
    );
    password_file(&desk, "s3cret:wrong");
    let named = [&NAMED[..], &["--plain-http"]].concat();
    let wrong = [&named[..], &["--allow-tag"]].concat();
    desk.assert_refused(&tagged, &wrong, "its password is wrong");
    desk.assert_refused(
        &tagged,
        &["--allow-tag", "--password-file", "password"],
        "without --username",
    );
    password_file(&desk, PASSWORD);
    round_trip(&desk, &registry, &named);

    let auth = STANDARD.encode(format!("{USERNAME}:{PASSWORD}"));
    let config = json!({ "auths": { &registry.host: { "auth": auth } } });
    fs::write(desk.path("config.json"), config.to_string()).expect("written");
    round_trip(&desk, &registry, &["--plain-http"]);
}

#[test]
fn a_token_is_fetched_from_where_the_registry_says() {
    let (desk, registry) = (Desk::new(), Registry::start(Guard::Token));
    let tagged = format!("{}/collectors/vcenter:1.0.0", registry.host);
    let by_tag = ["--allow-tag", "--plain-http"];
    desk.assert_refused(
        &tagged,
        &by_tag,
        "issued no token: 401 Unauthorized: UNAUTHORIZED, wrong password",
    );
    assert_eq!(registry.tokens_given(), 0);
    password_file(&desk, PASSWORD);
    let named = [&NAMED[..], &["--plain-http"]].concat();
    round_trip(&desk, &registry, &named);
    assert!(registry.tokens_given() > 0);
}
