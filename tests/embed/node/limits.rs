//! What a run may use.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;

use serde_json::{Value, json};
use stocktake_simulator::Fault;
use stocktake_tests::request;
use stocktake_tests::server::{self, Server};

use super::{PACKAGE, given, run};

/// The errors of a run under these limits.
fn under(server: &Server, limits: Value) -> Value {
    let mut given = given(server, &request::to(server, "collect"));
    given["policy"]["limits"] = limits;
    run(
        PACKAGE,
        &given,
        "
        const run = open(given.request, given.policy);
        for (const page of run);
        console.log(JSON.stringify(run.summary.errors));",
    )
}

#[test]
fn a_limit_that_is_reached_ends_the_run_and_is_reported_with_what_was_allowed() {
    let simulated = server::simulator(&[]);
    for (limits, what, allowed) in [
        (json!({"responseBytes": 5000}), "response body", 5000),
        (json!({"runBytes": 9000}), "bytes received", 9000),
        (json!({"requestBytes": 100}), "request body", 100),
        (json!({"requests": 3}), "requests", 3),
    ] {
        let errors = under(&simulated.server, limits);
        assert_eq!(errors[0]["code"], "PLUGIN_BUDGET_EXCEEDED", "{errors}");
        assert_eq!(errors[0]["redacted_context"]["budget"], what);
        assert_eq!(errors[0]["redacted_context"]["allowed"], allowed);
    }
}

#[test]
fn a_reply_that_is_cut_off_is_reported_as_that() {
    let cut = server::simulator(&[Fault::CutConnection]);
    let errors = under(&cut.server, json!({}));
    assert_eq!(errors[0]["code"], "VCENTER_NETWORK_ERROR", "{errors}");
    let message = errors[0]["message"].as_str().expect("a message");
    assert!(message.contains("before its answer was whole"), "{message}");
}

#[test]
fn a_server_that_falls_silent_is_given_up_after_the_limit_of_where_it_is() {
    // They accept connections; one never replies, the other stops in the middle of its reply.
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let halting = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = |listener: &TcpListener| listener.local_addr().expect("an address");
    let cases = [
        (
            "https",
            address(&silent),
            "connectMs",
            "cannot be connected to",
        ),
        ("http", address(&silent), "firstByteMs", "did not answer"),
        ("http", address(&halting), "betweenBytesMs", "in the middle"),
    ];
    let halted = thread::spawn(move || {
        let (mut stream, _) = halting.accept().expect("a connection");
        let half = b"HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\ncontent-length: 100\r\n\r\n<";
        stream.write_all(half).expect("answered");
        // Until the other end has given up.
        while stream.read(&mut [0; 4096]).is_ok_and(|read| read > 0) {}
    });
    for (scheme, address, limit, expected) in cases {
        let server = Server {
            url: format!("{scheme}://{address}"),
            username: "reader".to_owned(),
            password: "a password".to_owned(),
            ca_file: None,
            preferred_version: "7.0-8.x",
        };
        let errors = under(&server, json!({limit: 300}));
        assert_eq!(errors[0]["code"], "VCENTER_NETWORK_ERROR", "{errors}");
        let message = errors[0]["message"].as_str().expect("a message");
        assert!(message.contains(expected), "{message}");
    }
    halted.join().expect("an end");
}
