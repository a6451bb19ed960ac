//! Refusals and failures, by the codes of the contract.

use super::*;

#[test]
fn the_pinned_certificate_is_believed_and_no_other() {
    let simulated = server::simulator(&[]);
    let asked = request::to(&simulated.server, "healthcheck");
    let pin = simulated.simulator.fingerprint().expect("TLS");
    // As openssl and browsers write it.
    let spelled = pin.to_uppercase();
    for pin in [pin, &spelled] {
        let output = answer(&asked, Trust::Pin(pin));
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    }
    let former = server::simulator(&[]);
    let requests = simulated.simulator.counters().requests;
    let pin = former.simulator.fingerprint().expect("TLS");
    let output = answer(&asked, Trust::Pin(pin));
    assert_eq!(failure(&output), ["VCENTER_TLS_ERROR"]);
    assert_eq!(simulated.simulator.counters().requests, requests);
}

#[test]
fn a_certificate_of_another_authority_is_refused_before_anything_is_sent() {
    let simulated = server::simulator(&[]);
    let other = server::simulator(&[]);
    let asked = request::to(&simulated.server, "collect");
    for trust in [Trust::System, Trust::CaFile(ca_file(&other))] {
        let output = answer(&asked, trust);
        assert_eq!(failure(&output), ["VCENTER_TLS_ERROR"], "{trust:?}");
    }
    assert_eq!(simulated.simulator.counters().requests, 0);
}

#[test]
fn a_trust_that_is_none_is_a_wrong_usage_that_says_why() {
    let folder = tempfile::tempdir().expect("a folder");
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "").expect("a file");
    let asked = Value::Null;
    for trust in [
        Trust::Pin("sha256:1234"),
        Trust::CaFile(&folder.path().join("absent.pem")),
        Trust::CaFile(&empty),
    ] {
        let output = answer(&asked, trust);
        assert_eq!(output.status.code(), Some(2), "{trust:?}");
        assert!(stderr(&output).contains("invalid"), "{}", stderr(&output));
    }
}

#[test]
fn another_place_than_the_policys_is_denied_and_nobody_is_called() {
    let simulated = server::simulator(&[]);
    let url = &simulated.server.url;
    let asked = request::to(&simulated.server, "collect");
    let other_port = url.rsplit_once(':').map(|(host, _)| format!("{host}:1"));
    for allowed in [
        "https://vcenter.example",
        &other_port.expect("a port"),
        &url.replace("https://", "http://"),
        &format!("{url}/elsewhere"),
    ] {
        let arguments = ["--ca-file", ca_argument(&simulated), "--endpoint", allowed];
        let output = drive(&asked, &arguments);
        let codes = failure(&output);
        assert_eq!(codes[0], "EGRESS_DENIED", "{allowed}: {codes:?}");
    }
    assert_eq!(simulated.simulator.counters().connections, 0);
}

#[test]
fn a_component_of_another_world_is_refused_by_what_it_imports() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("collector.wasm");
    std::fs::write(&file, stocktake_vcenter_artifact::COMPONENT).expect("a file");
    let output = drive(
        &Value::Null,
        &["--component", file.to_str().expect("UTF-8")],
    );
    let message = stderr(&output);
    assert!(message.contains("ForeignComponent"), "{message}");
    assert!(
        message.contains("wasi:http/outgoing-handler@0.2.0"),
        "{message}"
    );
}

#[test]
fn a_request_that_is_refused_is_reported_by_its_code() {
    for (asked, code) in [
        (serde_json::json!({}), "VCENTER_CONFIG_INVALID"),
        (Value::Null, "VCENTER_CONFIG_INVALID"),
    ] {
        let output = answer(&asked, Trust::System);
        assert_eq!(failure(&output), [code], "{asked}");
    }
}

#[test]
fn a_refused_login_is_reported_without_the_password() {
    let simulated = server::simulator(&[]);
    let mut asked = request::to(&simulated.server, "collect");
    asked["source"]["credential"]["password"] = format!("wrong-{MARKED_PASSWORD}").into();
    let output = answer(&asked, Trust::CaFile(ca_file(&simulated)));
    assert_eq!(failure(&output), ["VCENTER_AUTH_FAILED"]);
    for stream in [&output.stdout, &output.stderr] {
        assert!(!String::from_utf8_lossy(stream).contains(MARK));
    }
    assert_eq!(simulated.simulator.counters().refused_logins, 1);
}

#[test]
fn what_goes_wrong_with_a_reply_has_the_code_of_the_contract() {
    for (fault, code) in [
        (Fault::CutConnection, "VCENTER_NETWORK_ERROR"),
        (Fault::TruncatedXml, "VCENTER_PARSE_ERROR"),
        (Fault::ProxyHtml, "VCENTER_PARSE_ERROR"),
        (Fault::BadGateway, "VCENTER_NETWORK_ERROR"),
        (Fault::RateLimited, "VCENTER_RATE_LIMIT"),
        (Fault::Redirect, "VCENTER_PARSE_ERROR"),
    ] {
        let simulated = server::simulator(&[fault]);
        let asked = request::to(&simulated.server, "collect");
        let output = answer(&asked, Trust::CaFile(ca_file(&simulated)));
        assert_eq!(failure(&output), [code], "{fault}");
        simulated.assert_clean();
    }
}

#[test]
fn where_nobody_listens_and_what_is_no_tls_are_distinguished() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let plain = server::start(
        stocktake_simulator::Simulator::builder()
            .vms(2)
            .plain_http(),
    );
    let tls = plain.server.url.replace("http://", "https://");
    for (url, code) in [
        (format!("https://{address}"), "VCENTER_NETWORK_ERROR"),
        ("https://name.invalid".to_owned(), "VCENTER_NETWORK_ERROR"),
        (tls, "VCENTER_TLS_ERROR"),
    ] {
        let mut asked = request::to(&plain.server, "healthcheck");
        asked["source"]["config"]["endpoint"] = url.clone().into();
        assert_eq!(failure(&answer(&asked, Trust::System)), [code], "{url}");
    }
    assert_eq!(plain.simulator.counters().logins, 0);
}

#[test]
fn a_server_that_says_nothing_is_waited_for_no_longer_than_allowed() {
    // The kernel accepts connections; no process reads from one.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let simulated = server::simulator(&[]);
    let mut asked = request::to(&simulated.server, "collect");
    asked["source"]["config"]["endpoint"] = url.into();
    let output = drive(&asked, &["--silence", "0.2"]);
    assert_eq!(failure(&output), ["VCENTER_NETWORK_ERROR"]);
    let message = response(&output)["errors"][0]["message"].to_string();
    assert!(message.contains("did not answer in time"), "{message}");
}

#[test]
fn a_reply_over_its_limit_is_cut_off_and_reported_as_used_and_allowed() {
    let simulated = server::simulator(&[]);
    let asked = request::to(&simulated.server, "collect");
    let arguments = [
        "--ca-file",
        ca_argument(&simulated),
        "--reply-bytes",
        "20000",
    ];
    let output = drive(&asked, &arguments);
    assert_eq!(failure(&output)[0], "PLUGIN_BUDGET_EXCEEDED");
    let context = &response(&output)["errors"][0]["redacted_context"];
    assert_eq!(context["budget"], "response body");
    assert_eq!(context["allowed"], 20_000);
    simulated.assert_clean();
}
