use std::time::Duration;

use super::{Listed, Rules, parse};

#[test]
fn what_is_shown_is_a_file_that_says_the_same() {
    let mut rules = Rules::default();
    let shown = toml::to_string(&rules).expect("TOML");
    assert_eq!(parse(&shown), Ok(rules.clone()), "{shown}");

    let digest = format!("sha256:{}", "0a".repeat(32));
    rules.component.allow = vec![Listed::try_from(digest).expect("a digest")];
    rules.session.credentials_to_guest = true;
    rules.count.required = true;
    rules.calls.methods.insert("QueryPerf".to_owned());
    let read = rules.calls.read.and("VirtualMachine", "config.annotation");
    rules.calls.read = read.expect("readable");
    rules.sandbox.wall_seconds = Duration::from_millis(1500);
    rules.network.requests = 7;
    rules.retry.attempts = 1;
    rules.breaker.state = Some("/var/lib/stocktake".into());
    let shown = toml::to_string(&rules).expect("TOML");
    assert!(shown.contains("wall_seconds = 1.5"), "{shown}");
    assert_eq!(parse(&shown), Ok(rules));
}

#[test]
fn what_a_file_leaves_out_is_as_usual() {
    let rules = parse("[sandbox]\nmemory_bytes = 1048576\n").expect("rules");
    let mut expected = Rules::default();
    expected.sandbox.memory_bytes = 1 << 20;
    assert_eq!(rules, expected);
    assert_eq!(rules.limits().memory, 1 << 20);
    assert_eq!(parse(""), Ok(Rules::default()));
}

#[test]
fn what_a_file_lists_is_readable_besides_the_usual() {
    let rules = parse("[calls.read]\nOptionManager = [\"setting\"]\n").expect("rules");
    let read = &rules.calls.read;
    assert!(read.allows("OptionManager", "setting"));
    assert!(read.allows("VirtualMachine", "config.uuid"));
    assert!(!read.allows("VirtualMachine", "config.extraConfig"));
    let policy = rules.policy(r#"{"source":{"config":{"endpoint":"https://vc.lan"}}}"#);
    assert_eq!(policy.readable, *read);
    let methods = parse("[calls]\nmethods = [\"CurrentTime\"]\n").expect("rules");
    assert_eq!(methods.calls.read, Rules::default().calls.read);
}

#[test]
fn the_usual_rules_are_those_of_the_runtime() {
    let rules = Rules::default();
    assert_eq!(rules.limits(), stocktake_runtime::Limits::default());
    let network = stocktake_runtime::gateway::Limits::default();
    assert_eq!(rules.network(), network);
    let retries = stocktake_runtime::resilience::Retries::default();
    assert_eq!(rules.retries(), retries);
    assert_eq!(
        rules.breaker(),
        stocktake_runtime::resilience::Settings::default()
    );
    assert_eq!(
        rules.methods(),
        stocktake_runtime::gateway::Methods::default()
    );
}

/// The runtime may add a limit without breaking the build of whoever sets them.
#[test]
fn every_limit_of_the_runtime_is_a_rule() {
    let rules = toml::Table::try_from(Rules::default()).expect("TOML");
    let sandbox = format!("{:?}", stocktake_runtime::Limits::default());
    let network = format!("{:?}", stocktake_runtime::gateway::Limits::default());
    for (section, limits) in [("sandbox", sandbox), ("network", network)] {
        let written = rules[section].as_table().expect("a table").len();
        assert_eq!(written, limits.matches(": ").count(), "{section}: {limits}");
    }
}

#[test]
fn what_cannot_be_meant_is_refused_by_its_key() {
    for (text, told) in [
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
        assert!(refused.contains(told), "{text}: {refused}");
    }
}
