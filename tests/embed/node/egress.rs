//! Allowed requests.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;

use stocktake_simulator::Fault;
use stocktake_tests::server::{self, Server};
use stocktake_tests::{hostile, request};

use super::{MISBEHAVING, Trust, answer, codes};

#[test]
fn a_collector_that_asks_elsewhere_is_denied_and_nobody_is_called() {
    let simulated = server::simulator(&[]);
    let elsewhere = TcpListener::bind("127.0.0.1:0").expect("a port");
    elsewhere.set_nonblocking(true).expect("a socket");
    let address = elsewhere.local_addr().expect("an address");
    let own = simulated.server.url.as_str();
    let targets = [
        ("asks-another-host", format!("http://{address}/sdk")),
        ("asks-another-host", format!("https://{address}/sdk")),
        ("asks-another-host", own.replace("https", "http") + "/sdk"),
        ("asks-another-host", format!("{own}/sdk/../ui")),
        ("asks-another-host", format!("{own}/sdk?a=b")),
        ("asks-another-host", format!("{own}/rest")),
        ("asks-another-host", format!("{own}@{address}/sdk")),
        ("asks-the-metadata-service", String::new()),
        ("asks-a-rebinding-name", String::new()),
    ];
    for (behaviour, target) in targets {
        let asked = hostile::request(&simulated.server, behaviour);
        let asked = request::with(asked, "target", target.as_str());
        let document = MISBEHAVING.answer(&simulated.server, &asked);
        let case = format!("{behaviour} {target}");
        assert_eq!(document["errors"][0]["code"], "EGRESS_DENIED", "{case}");
        assert_eq!(document["stats"]["inventory_complete"], false, "{case}");
    }
    let called = elsewhere.accept().map_err(|error| error.kind());
    assert!(
        matches!(called, Err(std::io::ErrorKind::WouldBlock)),
        "{called:?}"
    );
    assert_eq!(simulated.simulator.counters().connections, 0);
}

#[test]
fn an_endpoint_on_the_link_or_of_a_metadata_service_is_denied() {
    for endpoint in [
        "http://169.254.169.254",
        "http://[::ffff:169.254.169.254]",
        "http://[64:ff9b::169.254.169.254]",
        "http://[fd00:ec2::254]",
        "http://[fe80::1]",
        "http://168.63.129.16",
    ] {
        let simulated = server::simulator(&[]);
        let asked = request::to(&simulated.server, "collect");
        let asked = request::with(asked, "endpoint", endpoint);
        let output = answer(&asked, Trust::Node);
        assert_eq!(codes(&output)[0], "EGRESS_DENIED", "{endpoint}");
    }
}

#[test]
fn a_redirect_is_reported_and_not_followed() {
    let simulated = server::simulator(&[Fault::Redirect]);
    let asked = request::to(&simulated.server, "collect");
    let output = answer(&asked, Trust::of(&simulated.server));
    assert_eq!(codes(&output), ["VCENTER_PARSE_ERROR"]);
    assert_eq!(simulated.simulator.counters().requests, 1);
}

/// Answers one request and returns it, including its head.
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
    let document = MISBEHAVING.answer(&server, &hostile::request(&server, "smuggles-headers"));
    assert_eq!(document["errors"], serde_json::json!([]));
    let request = received.join().expect("a request");
    let (head, body) = request.split_once("\r\n\r\n").expect("a head");
    let head = head.to_ascii_lowercase();
    let mut sent: Vec<&str> = head.lines().skip(1).collect();
    sent.sort_unstable();
    let host = format!("host: {address}");
    let length = format!("content-length: {}", body.len());
    let expected = [
        "accept-encoding: gzip",
        "connection: keep-alive",
        &length,
        "content-type: text/xml; charset=utf-8",
        "cookie: vmware_soap_session=stolen",
        &host,
        "soapaction: \"urn:vim25\"",
    ];
    assert_eq!(sent, expected);
}
