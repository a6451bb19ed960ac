//! Tags: from the command line to the Automation API and back.

use serde_json::{Map, Value, json};
use stocktake_simulator::{Profile, Simulator, SimulatorBuilder};
use stocktake_tests::executable::{response, run_against};
use stocktake_tests::python::tags;
use stocktake_tests::server::{self, Server, Simulated};
use stocktake_tests::vcsim::{Size, Vcsim};

const FULL: [&str; 4] = ["--profile", "full", "--tags", "--evidence"];

fn small() -> SimulatorBuilder {
    Simulator::builder().vms(150).hosts(8).clusters(2).varied()
}

/// A complete inventory, collected with these arguments besides.
fn collect(server: &Server, arguments: &[&str]) -> Value {
    let output = run_against(server, "collect", &[&FULL, arguments].concat());
    let answer = response(&output);
    assert_eq!(output.status.code(), Some(0), "{}", answer["errors"]);
    assert_eq!(answer["stats"]["inventory_complete"], true);
    answer
}

fn vms(answer: &Value) -> impl Iterator<Item = &Value> {
    let assets = answer["assets"].as_array().expect("assets");
    assets.iter().filter(|asset| asset["external_kind"] == "vm")
}

fn ids(answer: &Value) -> Vec<String> {
    let ids = vms(answer).map(|vm| vm["external_id"].as_str().expect("an id").to_owned());
    ids.collect()
}

/// Categories and names of the tags of each VM that has any.
fn tagged(answer: &Value) -> Value {
    let mut tagged = Map::new();
    for vm in vms(answer) {
        let Some(tags) = vm["details"].get("tags") else {
            continue;
        };
        let tags = tags.as_array().expect("a list").iter();
        let pairs: Vec<Value> = tags
            .map(|tag| json!([tag["category"], tag["name"]]))
            .collect();
        assert!(!pairs.is_empty(), "{vm}");
        tagged.insert(
            vm["external_id"].as_str().expect("an id").to_owned(),
            pairs.into(),
        );
    }
    tagged.into()
}

fn warnings(answer: &Value) -> Vec<&str> {
    let warnings = answer["stats"]["warnings"]
        .as_array()
        .expect("warnings")
        .iter();
    let unread = warnings.filter(|warning| warning["code"] == "VCENTER_TAGS_UNREAD");
    let messages = unread.map(|warning| warning["message"].as_str().expect("a message"));
    messages.collect()
}

impl Calls {
    fn of(simulated: &Simulated) -> Self {
        let counters = simulated.simulator.counters();
        assert_eq!(counters.automation_sessions_open, 0, "{counters:?}");
        simulated.assert_clean();
        Calls {
            logins: counters.automation_logins,
            logouts: counters.automation_logouts,
            all: counters.automation_calls,
        }
    }
}

/// Calls of the Automation API.
#[derive(Debug, PartialEq, Eq)]
struct Calls {
    logins: u64,
    logouts: u64,
    all: u64,
}

/// Each tag in use and each category once, and the list of categories.
const NAMES: u64 = 7 + 1 + 4;

#[test]
fn the_tags_of_vms_are_those_that_pythons_http_client_reads_in_both_families_of_paths() {
    for (profile, range, family) in [
        (Profile::V6_7, "6.5-6.7", "rest"),
        (Profile::V8_0, "7.0-8.x", "api"),
    ] {
        let simulated = server::start(small().profile(profile));
        let answer = collect(&simulated.server, &["--preferred-version", range]);
        assert_eq!(warnings(&answer), Vec::<&str>::new());
        let calls = Calls::of(&simulated);
        let expected = Calls {
            logins: 1,
            logouts: 1,
            all: 1 + NAMES + 2,
        };
        assert_eq!(calls, expected, "{family}");
        let found = tagged(&answer);
        assert!(found.as_object().is_some_and(|vms| vms.len() > 50));
        assert!(found.to_string().contains("Environment ["));
        assert_eq!(found, tags(&simulated.server, &ids(&answer), &[family]));
    }
}

#[test]
fn the_tags_of_vms_on_vcsim_are_those_that_pythons_http_client_made_and_reads() {
    let size = Size {
        datacenters: 1,
        clusters: 2,
        hosts: 2,
        vms: 10,
    };
    let vcsim = Vcsim::start(size);
    let untagged = collect(&vcsim.server, &[]);
    assert_eq!(tagged(&untagged), json!({}));
    assert_eq!(warnings(&untagged), Vec::<&str>::new());
    let made = tags(&vcsim.server, &ids(&untagged), &["rest", "attach"]);
    assert!(made.as_object().is_some_and(|vms| vms.len() > 15), "{made}");
    let answer = collect(&vcsim.server, &[]);
    assert_eq!(warnings(&answer), Vec::<&str>::new());
    assert_eq!(tagged(&answer), made);
}

#[test]
fn tags_cost_one_call_for_2000_vms() {
    let simulated = server::start(Simulator::builder().vms(4500).hosts(40).clusters(4));
    let answer = collect(&simulated.server, &["--include-templates"]);
    assert_eq!(warnings(&answer), Vec::<&str>::new());
    assert_eq!(Calls::of(&simulated).all, 3 + NAMES + 2);
    let found = tagged(&answer);
    assert_eq!(found, tags(&simulated.server, &ids(&answer), &["api"]));
}

#[test]
fn a_session_that_ends_in_mid_run_is_replaced_once() {
    let simulated = server::start(small().ending_automation_session_after(5));
    let answer = collect(&simulated.server, &[]);
    assert_eq!(warnings(&answer), Vec::<&str>::new());
    let calls = Calls::of(&simulated);
    assert_eq!((calls.logins, calls.logouts), (2, 1));
    assert_eq!(
        tagged(&answer),
        tags(&simulated.server, &ids(&answer), &["api"])
    );
}

#[test]
fn an_automation_api_that_does_not_answer_costs_one_warning_with_the_cure() {
    for (builder, named, logins) in [
        (small().without_automation(), "vmware-vapi-endpoint", 0),
        (small().refusing_tags(), "grant it System.Read", 1),
    ] {
        let simulated = server::start(builder);
        let answer = collect(&simulated.server, &[]);
        let warnings = warnings(&answer);
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        assert!(warnings[0].contains(named), "{}", warnings[0]);
        assert_eq!(tagged(&answer), json!({}));
        assert_eq!(answer["stats"]["evidence"]["counted_by"], "host");
        let calls = Calls::of(&simulated);
        assert_eq!((calls.logins, calls.logouts), (logins, logins));
        assert!(calls.all <= 4, "{calls:?}");
    }
}

#[test]
fn a_host_of_its_own_has_no_tags() {
    let simulated = server::start(Simulator::builder().vms(5).profile(Profile::Esxi));
    let answer = collect(&simulated.server, &["--allow-empty"]);
    let warnings = warnings(&answer);
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].contains("a host of its own"), "{}", warnings[0]);
    assert_eq!(Calls::of(&simulated).all, 0);
}

#[test]
fn a_collector_that_was_given_the_credential_reads_no_tags_and_says_so() {
    let simulated = server::start(small());
    let answer = collect(&simulated.server, &["--credentials-to-guest"]);
    let warnings = warnings(&answer);
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(
        warnings[0].contains("session of the host's"),
        "{}",
        warnings[0]
    );
    assert_eq!(Calls::of(&simulated).all, 0);
}

#[test]
fn tags_without_details_are_a_mistake_in_the_request() {
    let simulated = server::start(small());
    let output = run_against(&simulated.server, "collect", &["--tags"]);
    let answer = response(&output);
    let error = &answer["errors"][0];
    assert_eq!(error["code"], "VCENTER_CONFIG_INVALID");
    let message = error["message"].as_str().expect("a message");
    assert!(
        message.contains("source.config.tags") && message.contains("full"),
        "{message}"
    );
    assert_eq!(Calls::of(&simulated).all, 0);
}

#[test]
fn a_part_of_the_inventory_has_its_tags_by_every_strategy() {
    let simulated = server::start(small());
    let whole = tagged(&collect(&simulated.server, &[]));
    for arguments in [
        ["--strategy", "per_object"],
        ["--scope-datacenter", "DC01 Berlin"],
        ["--mode", "collect_vms"],
    ] {
        let answer = collect(&simulated.server, &arguments);
        assert_eq!(warnings(&answer), Vec::<&str>::new(), "{arguments:?}");
        let found = tagged(&answer);
        let found = found.as_object().expect("VMs");
        assert!(found.len() > 20, "{arguments:?}");
        for (vm, tags) in found {
            assert_eq!(&whole[vm], tags, "{arguments:?} {vm}");
        }
        for vm in ids(&answer) {
            assert_eq!(found.contains_key(&vm), whole.get(&vm).is_some(), "{vm}");
        }
    }
}

#[test]
fn neither_token_nor_password_is_in_anything_that_comes_out() {
    for builder in [
        small(),
        small().refusing_tags(),
        small().without_automation(),
    ] {
        let simulated = server::start(builder);
        let output = run_against(
            &simulated.server,
            "collect",
            &[&FULL[..], &["-vvv"]].concat(),
        );
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text);
        assert!(!text.contains(server::MARK));
        for key in simulated.simulator.keys_given() {
            assert!(!text.contains(&key), "a key is shown");
        }
    }
}
