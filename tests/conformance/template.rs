//! RE-1: another platform is another component. The template is one: no part of the host depends on it.

use std::convert::Infallible;
use std::fs;
use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use stocktake_tests::executable::{command, error_codes, feed, response};
use stocktake_tests::{python, template};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

const TOKEN: &str = "t0ken-of-the-inventory";
/// Machines of the server, five to a page.
const MACHINES: u64 = 23;

/// A page of a small REST inventory; `hidden` machines are announced and not sent.
fn page(number: u64, hidden: u64) -> Value {
    let host = json!({"kind": "host", "id": "host-1", "name": "rack", "cpus": 64, "memory_bytes": 1_u64 << 38, "running": true});
    let first = (number - 1) * 5;
    let machines = (first..MACHINES.min(first + 5)).filter(|&machine| machine >= hidden);
    let machines = machines.map(|machine| {
        json!({"kind": "vm", "id": format!("vm-{machine}"), "name": format!("machine {machine}"),
            "cpus": 2, "memory_bytes": 1_u64 << 32, "running": machine % 2 == 0, "host": "host-1"})
    });
    let objects: Vec<Value> = (number == 1)
        .then_some(host)
        .into_iter()
        .chain(machines)
        .collect();
    let next = (first + 5 < MACHINES).then_some(number + 1);
    json!({"total": {"host": 1, "vm": MACHINES}, "next": next, "objects": objects})
}

/// Serves it until it is dropped.
struct Inventory {
    url: String,
    _runtime: Runtime,
}

fn serve(hidden: u64) -> Inventory {
    let runtime = Runtime::new().expect("threads");
    let listener = runtime
        .block_on(TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))))
        .expect("loopback");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    runtime.spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            let service =
                service_fn(
                    move |request| async move { Ok::<_, Infallible>(answer(&request, hidden)) },
                );
            let served = http1::Builder::new().serve_connection(TokioIo::new(connection), service);
            tokio::spawn(served);
        }
    });
    Inventory {
        url,
        _runtime: runtime,
    }
}

fn answer(request: &http::Request<Incoming>, hidden: u64) -> http::Response<Full<Bytes>> {
    let answer = http::Response::builder();
    let authorization = request.headers().get("authorization");
    if authorization.is_none_or(|given| given != format!("Bearer {TOKEN}").as_str()) {
        return answer
            .status(401)
            .body(Full::default())
            .expect("a response");
    }
    let number = request
        .uri()
        .query()
        .and_then(|query| query.strip_prefix("page="));
    let number = number.and_then(|number| number.parse().ok());
    let (true, "/inventory", Some(number)) = (
        request.method() == http::Method::GET,
        request.uri().path(),
        number,
    ) else {
        return answer
            .status(404)
            .body(Full::default())
            .expect("a response");
    };
    let body = page(number, hidden).to_string();
    answer.body(Full::from(body)).expect("a response")
}

/// Runs the template in place of a ledger's plugin.
fn collect(inventory: &Inventory, token: &str) -> (Option<i32>, Value, Vec<u8>) {
    let request = json!({
        "schema_version": "collector-request-v1",
        "source": {
            "source_id": "source-1",
            "source_type": "static-json",
            "config": {"endpoint": inventory.url},
            "credential": {"username": "reader", "password": token},
        },
        "request": {"run_id": "run-1", "mode": "collect", "now": "2026-01-01T00:00:00Z"},
    });
    let component = template::file();
    let mut plugin = command(&["plugin", "--component"]);
    plugin.arg(component.path());
    let output = feed(&mut plugin, request.to_string().as_bytes());
    assert!(!String::from_utf8_lossy(&output.stdout).contains(token));
    (output.status.code(), response(&output), output.stdout)
}

/// RE-1
#[test]
fn the_host_runs_a_component_for_another_platform_that_it_knows_nothing_of() {
    let (code, answer, document) = collect(&serve(0), TOKEN);
    assert_eq!(code, Some(0), "{answer}");
    assert_eq!(answer["stats"]["inventory_complete"], true);
    let assets = answer["assets"].as_array().expect("assets");
    assert_eq!(assets.len() as u64, MACHINES + 1);
    assert_eq!(answer["stats"]["relations"], 2 * MACHINES);
    assert_eq!(python::schema_errors(&document), "");
    let validated = feed(
        &mut command(&["validate", "--mode", "collect", "-"]),
        &document,
    );
    assert_eq!(validated.status.code(), Some(0), "{validated:?}");
}

#[test]
fn an_inventory_of_another_platform_that_hides_a_machine_is_not_complete() {
    let (code, answer, _) = collect(&serve(1), TOKEN);
    assert_eq!(code, Some(1));
    assert_eq!(error_codes(&answer), ["INVENTORY_INCOMPLETE"]);
    assert_eq!(answer["stats"]["inventory_complete"], false);
    assert_eq!(answer["stats"]["assets"], MACHINES);
}

#[test]
fn a_platform_that_refuses_the_token_is_an_auth_failure() {
    let (code, answer, _) = collect(&serve(0), "another-t0ken");
    assert_eq!(code, Some(1));
    assert_eq!(error_codes(&answer), ["VCENTER_AUTH_FAILED"]);
}

/// Each was run unchanged.
#[test]
fn the_guide_shows_how_to_build_test_and_run_a_collector() {
    let readme = fs::read_to_string(template::folder().join("README.md")).expect("the guide");
    for command in [
        "--bin component -- stocktake-template",
        "stocktake-dev test-component",
        "stocktake plugin --component",
    ] {
        assert!(readme.contains(command), "{command}");
    }
}

/// A tutorial is read in one go.
#[test]
fn the_collector_to_copy_is_less_than_two_hundred_lines() {
    let folder = template::folder();
    assert!(!folder.join("build.rs").exists());
    let sources = fs::read_dir(folder.join("src")).expect("its sources");
    let lines = sources.map(|source| {
        let text = fs::read_to_string(source.expect("an entry").path()).expect("a source");
        text.lines().count()
    });
    let lines: usize = lines.sum();
    assert!(lines < 200, "{lines} lines");
}
