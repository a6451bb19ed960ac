//! Records every fixture again: `cargo run -p stocktake-tests --bin record-fixtures`.
//!
//! vcsim is found by `STOCKTAKE_VCSIM`; `cargo xtask setup` builds one.

use serde_json::{Map, Value, json};
use stocktake_simulator::{Fault, Simulator};
use stocktake_tests::fixture::{self, Case, PASSWORD, USERNAME};
use stocktake_tests::recording::record;
use stocktake_tests::request;
use stocktake_tests::server::Server;
use stocktake_tests::vcsim::{Size, Vcsim};

const HOW: &str = "cargo run -p stocktake-tests --bin record-fixtures";

fn main() {
    let vcsim = Vcsim::start(Size {
        datacenters: 1,
        clusters: 1,
        hosts: 2,
        vms: 2,
    });
    let source = "vcsim of govmomi 0.24.2 with paging added";
    for (name, shows, mode, page_size) in [
        (
            "vcsim-collect",
            "everything of a small vCenter, page by page",
            "collect",
            3,
        ),
        (
            "vcsim-collect-hosts",
            "hosts and clusters alone",
            "collect_hosts",
            1000,
        ),
        (
            "vcsim-collect-vms",
            "VMs alone, related to hosts that are elsewhere",
            "collect_vms",
            1000,
        ),
        ("vcsim-detect", "the version of a vCenter", "detect", 1000),
        (
            "vcsim-healthcheck",
            "a session can be made",
            "healthcheck",
            1000,
        ),
    ] {
        save(
            &vcsim.server,
            source,
            name,
            shows,
            mode,
            json!({"page_size": page_size}),
        );
    }
    for (name, shows, fault, config) in [
        (
            "simulator-collect",
            "every property of the profile with realistic values",
            None,
            json!({"page_size": 5}),
        ),
        (
            "templates-are-vms-when-asked",
            "templates as VMs",
            None,
            json!({"include_templates": true}),
        ),
        (
            "withheld-vm",
            "a VM that is announced and never sent",
            Some(Fault::WithholdVm),
            json!({}),
        ),
        (
            "short-list",
            "a server that stops handing out pages",
            Some(Fault::ShortList),
            json!({"page_size": 5}),
        ),
        (
            "vanished-vm",
            "a VM that is deleted while reading",
            Some(Fault::VanishedVm),
            json!({}),
        ),
        (
            "session-lost",
            "a session that ends on page 2, cured by one login",
            Some(Fault::SessionLost),
            json!({"page_size": 5}),
        ),
        (
            "session-lost-for-ever",
            "a session that ends again after a new login",
            Some(Fault::SessionLostForever),
            json!({"page_size": 5}),
        ),
        (
            "dying-token",
            "a token that is never drained",
            Some(Fault::DyingToken),
            json!({"page_size": 5}),
        ),
        (
            "config-unreadable",
            "a VM whose config the account may not read",
            Some(Fault::ConfigUnreadable),
            json!({}),
        ),
        (
            "invalid-property",
            "a property that the version does not know",
            Some(Fault::InvalidProperty),
            json!({}),
        ),
        (
            "empty-inventory",
            "a vCenter that shows nothing",
            Some(Fault::EmptyInventory),
            json!({}),
        ),
        (
            "empty-inventory-allowed",
            "a vCenter that shows nothing, as expected",
            Some(Fault::EmptyInventory),
            json!({"allow_empty": true}),
        ),
        (
            "proxy-html",
            "HTML from a proxy in place of SOAP",
            Some(Fault::ProxyHtml),
            json!({}),
        ),
        (
            "bad-gateway",
            "HTML with status 502",
            Some(Fault::BadGateway),
            json!({}),
        ),
        (
            "rate-limited",
            "429 with Retry-After",
            Some(Fault::RateLimited),
            json!({}),
        ),
        (
            "redirect",
            "a redirect to another host, not followed",
            Some(Fault::Redirect),
            json!({}),
        ),
        (
            "truncated-xml",
            "a page that ends in the middle of an element",
            Some(Fault::TruncatedXml),
            json!({}),
        ),
    ] {
        let builder = Simulator::builder()
            .vms(12)
            .hosts(4)
            .clusters(1)
            .seed(3)
            .credentials(USERNAME, PASSWORD);
        let builder = fault
            .into_iter()
            .fold(builder, stocktake_simulator::SimulatorBuilder::fault);
        let simulator = builder
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
        save(
            &server,
            "stocktake simulate",
            name,
            shows,
            "collect",
            config,
        );
    }
    let simulator = Simulator::builder()
        .vms(1)
        .hosts(1)
        .clusters(1)
        .credentials(USERNAME, "another")
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
    save(
        &server,
        "stocktake simulate",
        "invalid-login",
        "a wrong password",
        "healthcheck",
        json!({}),
    );
    let simulator = Simulator::builder()
        .vms(1)
        .hosts(1)
        .clusters(1)
        .credentials(USERNAME, PASSWORD)
        .plain_http()
        .start_blocking()
        .expect("the simulator starts");
    let server = Server {
        url: simulator.url(),
        ..server
    };
    save(
        &server,
        "stocktake simulate",
        "version-outside-the-range",
        "a vCenter of another version",
        "detect",
        json!({"preferred_vcenter_version": "6.5-6.7"}),
    );
}

fn save(server: &Server, source: &str, name: &str, shows: &str, mode: &str, config: Value) {
    let mut settings = Map::new();
    settings.insert(
        "preferred_vcenter_version".to_owned(),
        server.preferred_version.into(),
    );
    settings.extend(config.as_object().cloned().unwrap_or_default());
    let mut asked = request::to(server, mode);
    for (key, value) in &settings {
        asked = request::with(asked, key, value.clone());
    }
    let recording = record(server, &asked);
    let authority = server.url.split("//").nth(1).expect("an authority");
    let response = String::from_utf8(recording.response).expect("UTF-8");
    let case = Case {
        shows: shows.to_owned(),
        provenance: format!("recorded from {source} by `{HOW}`"),
        mode: mode.to_owned(),
        config: settings,
    };
    fixture::write(name, &case, &recording.exchanges, &response, authority);
    println!("{name}: {} exchanges", recording.exchanges.len());
}
