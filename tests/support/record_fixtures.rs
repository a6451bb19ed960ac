//! Records every fixture again: `cargo run -p stocktake-tests --bin record-fixtures`. A case that was made
//! by hand keeps its exchange, and is answered again.
//!
//! vcsim is found by `STOCKTAKE_VCSIM`; `cargo xtask setup` builds one.

use serde_json::{Map, Value};
use stocktake_fixture::Fixture;
use stocktake_fixture::replay::replay;
use stocktake_runtime::Runtime;
use stocktake_simulator::{Fault, Profile, Simulator};
use stocktake_tests::fixture::{self, Case, PASSWORD, SessionOf, USERNAME};
use stocktake_tests::recording::record;
use stocktake_tests::request;
use stocktake_tests::server::Server;
use stocktake_tests::vcsim::{Size, Vcsim};

const HOW: &str = "cargo run -p stocktake-tests --bin record-fixtures";

/// Who is recorded.
#[derive(Clone, Copy)]
enum Origin {
    Vcsim,
    /// A simulator with twelve VMs.
    Sound,
    Faulty(Fault),
    /// An ESXi host of its own with three VMs.
    Host,
    /// A simulator of vCenter 9 with three VMs.
    Nine,
    /// A simulator with one VM and this password.
    Tiny(&'static str),
}

use Origin::{Faulty, Host, Nine, Sound, Tiny};

/// Name, what it shows, who is recorded, mode, settings.
type Row = (
    &'static str,
    &'static str,
    Origin,
    &'static str,
    &'static str,
);

#[rustfmt::skip]
const ROWS: &[Row] = &[
    ("vcsim-collect", "everything of a small vCenter, page by page", Origin::Vcsim, "collect", r#"{"page_size": 3}"#),
    ("vcsim-collect-hosts", "hosts and clusters alone", Origin::Vcsim, "collect_hosts", r#"{"page_size": 1000}"#),
    ("vcsim-collect-vms", "VMs alone, related to hosts that are elsewhere", Origin::Vcsim, "collect_vms", r#"{"page_size": 1000}"#),
    ("vcsim-detect", "the version of a vCenter", Origin::Vcsim, "detect", r#"{"page_size": 1000}"#),
    ("vcsim-healthcheck", "a session can be made", Origin::Vcsim, "healthcheck", r#"{"page_size": 1000}"#),
    ("simulator-collect", "every property of the profile with realistic values", Sound, "collect", r#"{"page_size": 5}"#),
    ("templates-are-vms-when-asked", "templates as VMs", Sound, "collect", r#"{"include_templates": true}"#),
    ("withheld-vm", "a VM that is announced and never sent", Faulty(Fault::WithholdVm), "collect", "{}"),
    ("short-list", "a server that stops handing out pages", Faulty(Fault::ShortList), "collect", r#"{"page_size": 5}"#),
    ("vanished-vm", "a VM that is deleted while reading", Faulty(Fault::VanishedVm), "collect", "{}"),
    ("session-lost", "a session that ends on page 2, cured by one login", Faulty(Fault::SessionLost), "collect", r#"{"page_size": 5}"#),
    ("session-lost-for-ever", "a session that ends again after a new login", Faulty(Fault::SessionLostForever), "collect", r#"{"page_size": 5}"#),
    ("dying-token", "a token that is never drained", Faulty(Fault::DyingToken), "collect", r#"{"page_size": 5}"#),
    ("config-unreadable", "a VM whose config the account may not read", Faulty(Fault::ConfigUnreadable), "collect", "{}"),
    ("invalid-property", "a property that the version does not know", Faulty(Fault::InvalidProperty), "collect", "{}"),
    ("empty-inventory", "a vCenter that shows nothing", Faulty(Fault::EmptyInventory), "collect", "{}"),
    ("empty-inventory-allowed", "a vCenter that shows nothing, as expected", Faulty(Fault::EmptyInventory), "collect", r#"{"allow_empty": true}"#),
    ("proxy-html", "HTML from a proxy in place of SOAP", Faulty(Fault::ProxyHtml), "collect", "{}"),
    ("bad-gateway", "HTML with status 502", Faulty(Fault::BadGateway), "collect", "{}"),
    ("rate-limited", "429 with Retry-After", Faulty(Fault::RateLimited), "collect", "{}"),
    ("redirect", "a redirect to another host, not followed", Faulty(Fault::Redirect), "collect", "{}"),
    ("truncated-xml", "a page that ends in the middle of an element", Faulty(Fault::TruncatedXml), "collect", "{}"),
    ("sync-profile", "all seven kinds by the short lists of properties", Sound, "collect", r#"{"profile": "sync", "page_size": 20}"#),
    ("extended-kinds", "datastores, networks and switches with their relations", Sound, "collect_hosts", r#"{"profile": "sync", "deep_relationships": true}"#),
    ("one-call-per-object", "the slow crawl", Sound, "collect_vms", r#"{"strategy": "per_object"}"#),
    ("one-cluster", "a cluster, its hosts, their VMs and what they use", Sound, "collect", r#"{"profile": "sync", "inventory_scope": {"cluster_names": ["cluster-01"]}}"#),
    ("scope-that-matches-nothing", "a cluster that does not exist, with those that do", Sound, "collect", r#"{"inventory_scope": {"cluster_names": ["cluster-09"]}}"#),
    ("esxi-host", "an ESXi host of its own", Host, "collect", "{}"),
    ("continue-refused", "further pages refused, the announced objects read by name", Faulty(Fault::ContinueRefused), "collect", r#"{"page_size": 5}"#),
    ("gone-on-continue", "an object that is gone when the next page is asked for", Faulty(Fault::GoneOnContinue), "collect", r#"{"page_size": 5}"#),
    ("session-lost-quietly", "a session that ends without a fault, cured by one login", Faulty(Fault::SessionLostQuietly), "collect", r#"{"page_size": 5}"#),
    ("name-unreadable", "a VM whose name the account may not read", Faulty(Fault::NameUnreadable), "collect_vms", "{}"),
    ("host-unreadable", "VMs whose host the account may not read", Faulty(Fault::HostUnreadable), "collect_vms", "{}"),
    ("limited-role", "an account that may not read the root folder", Faulty(Fault::LimitedRole), "collect_vms", "{}"),
    ("undecodable-vm", "a VM whose numbers are none", Faulty(Fault::UndecodableVm), "collect_vms", "{}"),
    ("unknown-option", "a server that does not know an option", Faulty(Fault::UnknownOption), "collect_vms", "{}"),
    ("duplicate-uuid", "VMs that share a BIOS or instance UUID", Faulty(Fault::DuplicateUuid), "collect_vms", "{}"),
    ("odd-names", "names with escapes, emoji, lone surrogates and control characters", Faulty(Fault::OddNames), "collect_vms", "{}"),
    ("ghosts", "VMs that are no machines", Faulty(Fault::Ghosts), "collect_vms", r#"{"include_templates": true}"#),
    ("future-type", "types and elements of a newer vCenter", Faulty(Fault::FutureType), "collect_vms", "{}"),
    ("duplicate-objects", "objects that stand on two pages", Faulty(Fault::DuplicateObjects), "collect_vms", r#"{"page_size": 5}"#),
    ("soap-fault", "a retrieval that is answered by a fault", Faulty(Fault::SoapFault), "collect", "{}"),
    ("json-fault", "a fault in JSON", Faulty(Fault::JsonFault), "collect", "{}"),
    ("version-9-collect", "everything of a vCenter 9", Nine, "collect", r#"{"preferred_vcenter_version": "9.x"}"#),
    ("host-out-of-sight", "VMs on a host that the account does not see, by the short lists of properties", Faulty(Fault::HostOutOfSight), "collect", r#"{"profile": "sync"}"#),
    ("invalid-login", "a wrong password", Tiny("another"), "healthcheck", "{}"),
    ("version-outside-the-range", "a vCenter of another version", Tiny(PASSWORD), "detect", r#"{"preferred_vcenter_version": "6.5-6.7"}"#),
];

fn main() {
    let is_made = |name: &str| !ROWS.iter().any(|row| row.0 == name);
    match std::env::args().nth(1).as_deref() {
        None => {
            record_all();
            answer_again(is_made);
        }
        Some("--answers") => answer_again(|_| true),
        Some(other) => {
            panic!("{other} is not known: --answers records nothing and answers every case again")
        }
    }
}

fn record_all() {
    let vcsim = Vcsim::start(Size {
        datacenters: 1,
        clusters: 1,
        hosts: 2,
        vms: 2,
    });
    for row in ROWS {
        match row.2 {
            Origin::Vcsim => save(
                &vcsim.server,
                "vcsim of govmomi 0.24.2 with paging added",
                row,
            ),
            origin => simulate(origin, row),
        }
    }
}

/// Answers the cases of these names from the exchanges that they hold.
fn answer_again(is_meant: impl Fn(&str) -> bool) {
    let executor = tokio::runtime::Runtime::new().expect("threads");
    let runtime = Runtime::new().expect("an engine");
    let collector = runtime
        .load(stocktake_vcenter_artifact::COMPONENT)
        .expect("the built-in component");
    let fixtures = Fixture::open_unblessed(&fixture::root());
    for mut fixture in fixtures.unwrap_or_else(|error| panic!("{error}")) {
        let name = fixture.name();
        if !is_meant(&name) {
            continue;
        }
        let replayed = executor.block_on(replay(&collector, &fixture.case, &fixture.exchanges));
        assert_eq!(replayed.left, 0, "{name}: exchanges that are not asked for");
        fixture.expected = String::from_utf8(replayed.response).expect("UTF-8");
        let folder = fixture.folder.clone();
        fixture
            .write(&folder)
            .unwrap_or_else(|error| panic!("{error}"));
        println!("{name}: answered again");
    }
}

fn simulate(origin: Origin, row: &Row) {
    let twelve = || Simulator::builder().vms(12).hosts(4).clusters(1).seed(3);
    let (builder, password) = match origin {
        Faulty(fault) => (twelve().fault(fault), PASSWORD),
        Host => (Simulator::builder().vms(3).profile(Profile::Esxi), PASSWORD),
        Nine => {
            let builder = Simulator::builder().vms(3).hosts(1).clusters(1);
            (builder.profile(Profile::V9_0), PASSWORD)
        }
        Tiny(password) => (Simulator::builder().vms(1).hosts(1).clusters(1), password),
        Sound | Origin::Vcsim => (twelve(), PASSWORD),
    };
    let simulator = builder
        .credentials(USERNAME, password)
        .plain_http()
        .start_blocking()
        .expect("the simulator starts");
    let server = Server {
        url: simulator.url(),
        username: USERNAME.to_owned(),
        password: PASSWORD.to_owned(),
        ca_file: None,
        preferred_version: "7.0-8.x",
    };
    save(&server, "stocktake-dev simulate", row);
}

fn save(server: &Server, source: &str, &(name, shows, _, mode, settings): &Row) {
    let mut config = Map::new();
    let version = server.preferred_version.into();
    config.insert("preferred_vcenter_version".to_owned(), version);
    config.extend(serde_json::from_str::<Map<String, Value>>(settings).expect("an object"));
    let mut asked = request::to(server, mode);
    for (key, value) in &config {
        asked = request::with(asked, key, value.clone());
    }
    let recording = record(server, &asked);
    let authority = server.url.split("//").nth(1).expect("an authority");
    let response = String::from_utf8(recording.response).expect("UTF-8");
    let case = Case {
        shows: shows.to_owned(),
        provenance: format!("recorded from {source} by `{HOW}`"),
        source_type: "vcenter".to_owned(),
        mode: mode.to_owned(),
        session: SessionOf::default(),
        config,
    };
    fixture::write(name, case, &recording.exchanges, &response, authority);
    println!("{name}: {} exchanges", recording.exchanges.len());
}
