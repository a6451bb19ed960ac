use std::time::Duration;

use stocktake_runtime::vsphere::Methods;
use stocktake_runtime::{Limits, Request, Settings};

use super::parse;

#[test]
fn what_is_shown_is_a_file_that_says_the_same() {
    let mut settings = Settings::default();
    let shown = toml::to_string(&settings).expect("TOML");
    assert_eq!(parse(&shown), Ok(settings.clone()), "{shown}");

    let digest = format!("sha256:{}", "0a".repeat(32));
    settings.component.allow = vec![digest.parse().expect("a digest")];
    settings.session.credentials_to_guest = true;
    settings.count.required = true;
    settings.count.spot_check = 50;
    let methods = settings.calls.methods.names().chain(["QueryPerf"]);
    settings.calls.methods = Methods::only(methods.map(str::to_owned));
    let read = settings
        .calls
        .read
        .and("VirtualMachine", "config.swapPlacement");
    settings.calls.read = read.expect("readable");
    settings.sandbox.wall = Duration::from_millis(1500);
    settings.network.requests = 7;
    settings.proxy.url = Some("http://proxy.lan:3128".to_owned());
    settings.retry.attempts = 1;
    settings.breaker.state = Some("/var/lib/stocktake".into());
    let shown = toml::to_string(&settings).expect("TOML");
    assert!(shown.contains("wall_seconds = 1.5"), "{shown}");
    assert_eq!(parse(&shown), Ok(settings));
}

#[test]
fn what_a_file_leaves_out_is_as_usual() {
    let settings = parse("[sandbox]\nmemory_bytes = 1048576\n").expect("settings");
    let mut expected = Settings::default();
    expected.sandbox.memory_bytes = 1 << 20;
    assert_eq!(settings, expected);
    assert_eq!(settings.limits().sandbox.memory_bytes, 1 << 20);
    assert_eq!(parse(""), Ok(Settings::default()));
}

#[test]
fn what_a_file_lists_is_readable_besides_the_usual() {
    let settings = parse("[calls.read]\nOptionManager = [\"setting\"]\n").expect("settings");
    let read = &settings.calls.read;
    assert!(read.allows("OptionManager", "setting"));
    assert!(read.allows("VirtualMachine", "config.uuid"));
    assert!(!read.allows("VirtualMachine", "config.extraConfig"));
    let request = r#"{"source":{"config":{"endpoint":"https://vc.lan"}}}"#;
    let policy = settings.policy(&Request::parse(request).expect("JSON"));
    assert_eq!(policy.readable, *read);
    let methods = parse("[calls]\nmethods = [\"CurrentTime\"]\n").expect("settings");
    assert_eq!(methods.calls.read, Settings::default().calls.read);
}

#[test]
fn the_default_settings_are_those_of_the_runtime() {
    assert_eq!(Settings::default().limits(), Limits::default());
}

#[test]
fn what_cannot_be_meant_is_refused_by_its_key() {
    for (text, expected) in [
        ("[sandbox]\nmemory = 1\n", "memory"),
        ("[snadbox]\n", "snadbox"),
        ("[network]\nrequests = 0\n", "network.requests is 0"),
        ("[network]\nrequests = -1\n", "requests"),
        ("[network]\nconnect_seconds = -1\n", "connect_seconds"),
        ("[network]\nconnect_seconds = nan\n", "connect_seconds"),
        ("[network]\nconnect_seconds = \"5 s\"\n", "connect_seconds"),
        ("[component]\nallow = [\"sha256:no\"]\n", "allow"),
        ("[retry]\nattempts = 0\n", "retry.attempts"),
        (
            "[calls.read]\nSessionManager = [\"sessionList\"]\n",
            "SessionManager.sessionList",
        ),
        (
            "[calls.read]\nvirtualMachine = [\"name\"]\n",
            "virtualMachine",
        ),
        ("[calls.read]\nVirtualMachine = [\"\"]\n", "property path"),
        ("[calls.read]\nVirtualMachine = \"name\"\n", "a sequence"),
        ("sandbox = 1\n", "sandbox"),
        ("[calls\n", "line 1"),
    ] {
        let refused = parse(text).expect_err(text);
        assert!(refused.contains(expected), "{text}: {refused}");
    }
}
