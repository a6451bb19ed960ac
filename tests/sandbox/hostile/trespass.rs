//! What it asks for.

mod automation;
mod calls;

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;

use stocktake_runtime::Policy;
use stocktake_tests::hostile;
use stocktake_tests::request;
use stocktake_tests::server::{self, Server};

use super::{CAGE, assert_refused};

#[test]
fn a_guest_that_asks_elsewhere_is_denied_and_nobody_is_called() {
    let simulated = server::simulator(&[]);
    let elsewhere = TcpListener::bind("127.0.0.1:0").expect("a port");
    elsewhere.set_nonblocking(true).expect("a socket");
    let target = format!("http://{}/", elsewhere.local_addr().expect("an address"));
    for behaviour in [
        "asks-another-host",
        "asks-the-metadata-service",
        "asks-a-rebinding-name",
    ] {
        let request = hostile::request(&simulated.server, behaviour);
        let request = request::with(request, "target", target.as_str());
        let policy = Policy::for_request(&request::parsed(&request));
        let ran = CAGE.run_under(&request, &policy);
        assert_refused(behaviour, &ran, "EGRESS_DENIED");
    }
    let called = elsewhere.accept().map_err(|error| error.kind());
    assert!(
        matches!(called, Err(std::io::ErrorKind::WouldBlock)),
        "{called:?}"
    );
    assert_eq!(simulated.simulator.counters().retrieve_calls, 0);
    simulated.assert_clean();
}

/// The request allows it, and yet no collector may dial it.
#[test]
fn an_endpoint_that_is_a_metadata_service_is_denied() {
    let simulated = server::simulator(&[]);
    for endpoint in ["http://169.254.169.254", "http://[fd00:ec2::254]"] {
        let request = hostile::request(&simulated.server, "floods-requests");
        let request = request::with(request, "endpoint", endpoint);
        let ran = CAGE.run_under(&request, &Policy::for_request(&request::parsed(&request)));
        assert_refused(endpoint, &ran, "EGRESS_DENIED");
    }
}

// BY-5
#[test]
fn a_guest_that_asks_for_more_than_reading_is_denied_before_anything_leaves() {
    let simulated = server::simulator(&[]);
    for (behaviour, expected) in [
        ("powers-off-a-vm", "PowerOffVM_Task"),
        ("sends-two-methods-at-once", "not one call"),
        ("logs-in", "Login"),
    ] {
        let ran = CAGE.run(&simulated.server, behaviour);
        assert_refused(behaviour, &ran, "EGRESS_DENIED");
        let message = &ran.outcome.errors[0].message;
        assert!(message.contains(expected), "{behaviour}: {message}");
        // Not even the host's login, which only a call that is admitted needs.
        let reached = simulated.simulator.counters();
        assert_eq!(reached.requests, 0, "{behaviour}");
    }
    simulated.assert_clean();
}

/// Answers one request and returns it, with its head.
fn listen_once(listener: TcpListener) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        let mut request = Vec::new();
        let mut piece = [0; 4096];
        while !request.ends_with(b"</soapenv:Envelope>") {
            match stream.read(&mut piece).expect("a request") {
                0 => break,
                read => request.extend(&piece[..read]),
            }
        }
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        stream.write_all(answer).expect("answered");
        String::from_utf8_lossy(&request).into_owned()
    })
}

#[test]
fn headers_of_host_framing_and_connection_cannot_be_smuggled() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let server = Server {
        url: format!("http://{address}"),
        username: "reader".to_owned(),
        password: "a password".to_owned(),
        ca_file: None,
        preferred_version: "7.0-8.x",
    };
    let received = listen_once(listener);
    let ran = CAGE.run_in_the_know(&server, "smuggles-headers");
    assert!(ran.outcome.proof().is_some(), "{:?}", ran.outcome.errors);
    let request = received.join().expect("a request");
    let (head, body) = request.split_once("\r\n\r\n").expect("a head");
    let head = head.to_ascii_lowercase();
    let values = |name: &str| -> Vec<&str> {
        let lines = head.lines().filter_map(|line| line.split_once(": "));
        lines
            .filter(|(known, _)| *known == name)
            .map(|(_, value)| value)
            .collect()
    };
    assert_eq!(values("host"), [address.to_string()]);
    assert_eq!(values("content-length"), [body.len().to_string()]);
    for name in [
        "transfer-encoding",
        "connection",
        "upgrade",
        "expect",
        "te",
        "proxy-authorization",
        "proxy-connection",
    ] {
        assert!(values(name).is_empty(), "{name}: {head}");
    }
    assert!(values("x-a").is_empty(), "{head}");
}
