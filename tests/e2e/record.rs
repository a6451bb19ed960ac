//! A live exchange becomes a fixture that names nothing and is still answered alike.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value;
use stocktake_simulator::{Fault, Simulator};
use stocktake_tests::executable::{response, run_against};
use stocktake_tests::fixture::{self, Fixture};
use stocktake_tests::replay::answer_to;
use stocktake_tests::server::{self, Server};
use stocktake_tests::vcsim::{Size, Vcsim};

/// Names that every vCenter has.
const EVERYWHERE: [&str; 2] = ["VM Network", "Management Network"];

/// Fields of an asset that identify something, at any depth.
const NAMING: &[&str] = &[
    "bios_uuid",
    "canonicalName",
    "caption",
    "config.instanceUuid",
    "config.uuid",
    "contentId",
    "external_id",
    "fileName",
    "guest.hostName",
    "guest.ipAddress",
    "hostname",
    "instance_uuid",
    "ip_addresses",
    "ipAddress",
    "mac",
    "mac_addresses",
    "macAddress",
    "machine_uuid",
    "management_ip",
    "network",
    "portgroupKey",
    "serial_number",
    "subnqn",
    "summary.name",
    "summary.url",
    "switchUuid",
    "uuid",
    "vm_path",
];

fn record(server: &Server, folder: &Path, arguments: &[&str]) -> Output {
    let folder = folder.to_str().expect("UTF-8");
    let output = ["--output", folder];
    run_against(server, "record", &[&output, arguments].concat())
}

fn stderr_of(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Records, and collects the same live.
fn recorded(server: &Server, arguments: &[&str]) -> (Fixture, Value, String) {
    let place = tempfile::tempdir().expect("a folder");
    let folder = place.path().join("case");
    let output = record(server, &folder, arguments);
    assert!(output.status.success(), "{}", stderr_of(&output));
    let live = response(&run_against(server, "collect", arguments));
    (fixture::open(folder.clone()), live, text(&folder))
}

/// The text of the files of a folder, as written and as parsed JSON.
fn text(folder: &Path) -> String {
    let mut all = String::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            all += &text(&path);
            continue;
        }
        let content = String::from_utf8_lossy(&fs::read(&path).expect("a file")).into_owned();
        if let Ok(document) = serde_json::from_str::<Value>(&content) {
            all += &format!("{document:?}\n");
        }
        all += &content;
    }
    all
}

/// The identifying texts of a response.
fn names(value: &Value, field: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if NAMING.contains(&field) => {
            // `mpx.vmhba0:C0:T0:L0` is a place, not a name.
            let is_general = EVERYWHERE.contains(&text.as_str()) || text.starts_with("mpx.");
            let is_telling = text.trim().len() > 3 && !is_general;
            found.extend(is_telling.then(|| text.clone()));
        }
        Value::Array(items) => items.iter().for_each(|item| names(item, field, found)),
        Value::Object(fields) => fields
            .iter()
            .for_each(|(field, value)| names(value, field, found)),
        _ => {}
    }
}

fn assert_nothing_is_left(server: &Server, live: &Value, text: &str) {
    let mut originals = BTreeSet::new();
    names(&live["assets"], "", &mut originals);
    assert!(originals.len() > 20, "{originals:?}");
    let authority = server.url.split("//").nth(1).expect("an authority");
    originals.insert(authority.to_owned());
    // The account of a fixture is the one of vcsim.
    if server.username != fixture::USERNAME {
        originals.insert(server.username.clone());
        originals.insert(server.password.clone());
    }
    let is_part = |character: Option<char>| character.is_some_and(char::is_alphanumeric);
    for original in originals {
        let stands = text.match_indices(&original).any(|(at, _)| {
            let before = is_part(text[..at].chars().next_back());
            !before && !is_part(text[at + original.len()..].chars().next())
        });
        assert!(!stands, "{original:?} is in the fixture");
    }
    assert!(text.contains("vmware_soap_session=") && !text.contains("session[5"));
}

/// The parts of a response that are not names.
fn shape(response: &Value) -> Vec<Value> {
    let list = |name: &str| response[name].as_array().cloned().unwrap_or_default();
    let assets = list("assets").into_iter().map(|asset| {
        let mut hardware = asset["normalized"]["hardware"].clone();
        if let Some(disks) = hardware["disks"].as_array_mut() {
            disks.iter_mut().for_each(|disk| disk["name"] = Value::Null);
        }
        serde_json::json!([
            asset["external_kind"],
            hardware,
            asset["normalized"]["runtime"],
            asset["normalized"]["os"],
            asset["normalized"]["attributes"]["ghost_class"],
        ])
    });
    let relations = list("relations").into_iter().map(|relation| {
        let kinds = ["from", "to"].map(|end| relation[end]["external_kind"].clone());
        serde_json::json!([relation["type"], kinds])
    });
    let warnings = response["stats"]["warnings"].as_array().cloned();
    let codes = warnings.into_iter().flatten().chain(list("errors"));
    let codes = codes.map(|problem| problem["code"].clone());
    assets.chain(relations).chain(codes).collect()
}

fn assert_answered_alike(fixture: &Fixture, live: &Value) {
    let answer = answer_to(fixture);
    assert!(answer == fixture.expected, "{answer}\n{}", fixture.expected);
    let answer: Value = serde_json::from_str(&answer).expect("JSON");
    assert_eq!(shape(&answer), shape(live));
}

#[test]
fn a_recording_names_nothing_and_is_answered_like_the_live_run() {
    for faults in [
        &[][..],
        &[Fault::OddNames, Fault::Ghosts, Fault::DuplicateUuid],
    ] {
        let simulated = server::simulator(faults);
        let arguments = ["--page-size", "7", "--preferred-version", "7.0-8.x"];
        let kinds = ["--kinds", "datastore,network,dvportgroup,dvswitch"];
        let arguments = [&arguments[..], &kinds].concat();
        let (fixture, live, text) = recorded(&simulated.server, &arguments);
        assert!(fixture.exchanges.len() > 12, "several pages");
        assert_nothing_is_left(&simulated.server, &live, &text);
        assert_answered_alike(&fixture, &live);
        simulated.assert_clean();
    }
}

#[test]
fn odd_names_stay_odd() {
    let simulated = server::simulator(&[Fault::OddNames]);
    let (_, _, text) = recorded(&simulated.server, &["--mode", "collect_vms"]);
    for odd in [
        "%2f",
        "%5c",
        "50%25",
        "++ +1",
        "&#xD800;",
        "&#0;",
        "\u{1f980}",
        "\u{7}\u{1b}",
    ] {
        assert!(text.contains(odd), "{odd:?}");
    }
}

#[test]
fn a_recording_of_vcsim_names_nothing_and_is_answered_like_the_live_run() {
    let vcsim = Vcsim::start(Size {
        datacenters: 2,
        clusters: 1,
        hosts: 2,
        vms: 3,
    });
    let (fixture, live, text) = recorded(&vcsim.server, &["--page-size", "3"]);
    assert_nothing_is_left(&vcsim.server, &live, &text);
    assert_answered_alike(&fixture, &live);
}

#[test]
fn recording_again_gives_the_same_fixture() {
    let simulated = server::simulator(&[]);
    let (_, _, one) = recorded(&simulated.server, &["--page-size", "7"]);
    let (_, _, other) = recorded(&simulated.server, &["--page-size", "7"]);
    assert!(one == other);
}

#[test]
fn a_scope_is_renamed_with_the_inventory() {
    let simulated = server::start(Simulator::builder().vms(40).hosts(6).clusters(2).seed(11));
    let arguments = ["--scope-cluster", "cluster-02", "--shows", "one cluster"];
    let place = tempfile::tempdir().expect("a folder");
    let folder = place.path().join("case");
    let output = record(&simulated.server, &folder, &arguments);
    assert!(output.status.success(), "{}", stderr_of(&output));
    let fixture = fixture::open(folder);
    let asked = &fixture.case.config["inventory_scope"]["cluster_names"][0];
    assert_ne!(asked, "cluster-02");
    assert_eq!(fixture.case.shows, "one cluster");
    let answer: Value = serde_json::from_str(&answer_to(&fixture)).expect("JSON");
    let assets = answer["assets"].as_array().expect("assets");
    let clusters: Vec<&Value> = assets
        .iter()
        .filter(|asset| asset["external_kind"] == "cluster")
        .map(|asset| &asset["normalized"]["identity"]["caption"])
        .collect();
    assert_eq!(clusters, [asked]);
}

#[test]
fn a_failure_is_worth_a_fixture() {
    for (fault, code) in [
        (Fault::SessionLostForever, "VCENTER_AUTH_FAILED"),
        (Fault::ProxyHtml, "VCENTER_PARSE_ERROR"),
        (Fault::TruncatedXml, "VCENTER_PARSE_ERROR"),
    ] {
        let simulated = server::simulator(&[fault]);
        let place = tempfile::tempdir().expect("a folder");
        let folder = place.path().join("case");
        let output = record(&simulated.server, &folder, &["--page-size", "7"]);
        assert!(output.status.success(), "{fault}: {}", stderr_of(&output));
        assert!(stderr_of(&output).contains("a run that failed"), "{fault}");
        let fixture = fixture::open(folder);
        assert!(fixture.expected.contains(code), "{fault}");
        assert_eq!(answer_to(&fixture), fixture.expected, "{fault}");
    }
}

#[test]
fn what_cannot_be_replayed_is_not_written() {
    let simulated = server::simulator(&[Fault::CutConnection]);
    let place = tempfile::tempdir().expect("a folder");
    let output = record(&simulated.server, &place.path().join("case"), &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr_of(&output).contains("was cut"),
        "{}",
        stderr_of(&output)
    );
    assert_eq!(fs::read_dir(place.path()).expect("a folder").count(), 0);
}

#[test]
fn a_sentence_that_holds_a_name_is_refused_without_repeating_it() {
    let simulated = server::simulator(&[]);
    let live = response(&run_against(&simulated.server, "collect", &[]));
    let host = live["assets"].as_array().and_then(|assets| {
        let host = assets
            .iter()
            .find(|asset| asset["external_kind"] == "host")?;
        host["normalized"]["identity"]["hostname"].as_str()
    });
    let host = host.expect("a host");
    let place = tempfile::tempdir().expect("a folder");
    let shows = format!("the trouble with {host}");
    let output = record(
        &simulated.server,
        &place.path().join("case"),
        &["--shows", &shows],
    );
    assert_eq!(output.status.code(), Some(1));
    let message = stderr_of(&output);
    assert!(
        message.contains("case.toml") && !message.contains(host),
        "{message}"
    );
    assert_eq!(fs::read_dir(place.path()).expect("a folder").count(), 0);
}

#[test]
fn a_folder_that_holds_something_is_refused_before_anything_is_asked() {
    let simulated = server::simulator(&[]);
    let place = tempfile::tempdir().expect("a folder");
    fs::write(place.path().join("mine"), "kept").expect("a file");
    let output = record(&simulated.server, place.path(), &[]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr_of(&output));
    assert_eq!(simulated.simulator.counters().requests, 0);
    let kept = fs::read_to_string(place.path().join("mine")).expect("a file");
    assert_eq!(kept, "kept");
}
