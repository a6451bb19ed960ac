//! Every way in which a connection can fail to be secure: its code, and the cure in
//! the message.

mod odd;

use std::net::TcpListener;
use std::thread;

use stocktake_simulator::{CertificateKind, Simulator};
use stocktake_tests::answer::{Answer, collect};
use stocktake_tests::server::{self, MARKED_PASSWORD, Server, Simulated};
use stocktake_tests::tls_1_1::Tls11;

/// Which certificates the run trusts.
#[derive(Clone, Copy, Debug)]
enum Trust {
    /// The authority that signed the certificate.
    Authority,
    /// Another one, of the same name.
    OtherAuthority,
    /// Those of this machine.
    System,
    /// The pin of the certificate.
    Certificate,
    /// The pin of its key.
    Key,
    /// The pin of the certificate that was there before.
    FormerCertificate,
    /// The pin of the key that was there before.
    FormerKey,
}

fn simulated(kind: CertificateKind) -> Simulated {
    let builder = Simulator::builder().vms(2).hosts(1).clusters(1);
    server::start(builder.certificate(kind))
}

fn collect_trusting(simulated: &mut Simulated, former: &Simulated, trust: Trust) -> Answer {
    let simulator = &simulated.simulator;
    let pin = match trust {
        Trust::Authority | Trust::OtherAuthority | Trust::System => None,
        Trust::Certificate => simulator.fingerprint(),
        Trust::Key => simulator.key_fingerprint(),
        Trust::FormerCertificate => former.simulator.fingerprint(),
        Trust::FormerKey => former.simulator.key_fingerprint(),
    };
    let mut arguments = vec!["--preferred-version", "7.0-8.x"];
    if let Some(pin) = pin {
        arguments.extend(["--pin", pin]);
    }
    match trust {
        Trust::Authority => {}
        Trust::OtherAuthority => simulated.server.ca_file = former.server.ca_file.clone(),
        _ => simulated.server.ca_file = None,
    }
    collect(&simulated.server, &arguments)
}

#[test]
fn each_certificate_is_accepted_or_refused_with_what_to_do() {
    use CertificateKind::{Expired, NotYetValid, SelfSigned, Valid, WrongName};
    let accepted: &[&str] = &[];
    let unknown = &["unknown authority", "--ca-file"][..];
    let changed = &["not the pinned one", "renewed"][..];
    let cases = [
        (Valid, Trust::Authority, accepted),
        (Valid, Trust::Certificate, accepted),
        (Valid, Trust::Key, accepted),
        // A pin asks for neither name, date nor authority.
        (SelfSigned, Trust::Certificate, accepted),
        (Expired, Trust::Certificate, accepted),
        (NotYetValid, Trust::Key, accepted),
        (WrongName, Trust::Key, accepted),
        (Valid, Trust::System, unknown),
        (Valid, Trust::OtherAuthority, unknown),
        (SelfSigned, Trust::System, unknown),
        (
            Expired,
            Trust::Authority,
            &["has expired", "renew it", "clock"],
        ),
        (NotYetValid, Trust::Authority, &["not valid yet", "clock"]),
        (
            WrongName,
            Trust::Authority,
            &["vcenter.example.com", "use that name"],
        ),
        (Valid, Trust::FormerCertificate, changed),
        (Valid, Trust::FormerKey, changed),
    ];
    let former = simulated(Valid);
    for (kind, trust, expected) in cases {
        let case = format!("{kind:?} by {trust:?}");
        let mut simulated = simulated(kind);
        let answer = collect_trusting(&mut simulated, &former, trust);
        if expected.is_empty() {
            answer.assert_complete();
            continue;
        }
        assert_eq!(answer.errors(), ["VCENTER_TLS_ERROR"], "{case}");
        let message = answer.message();
        for words in expected {
            assert!(message.contains(words), "{case}: {message}");
        }
        let fingerprint = simulated.simulator.fingerprint().expect("TLS");
        let pin = format!("--pin {fingerprint}");
        assert!(message.contains(&pin), "{case}: {message}");
        let counters = simulated.simulator.counters();
        assert_eq!((counters.connections, counters.requests), (1, 0), "{case}");
    }
}

fn at(url: String) -> Server {
    Server {
        url,
        username: "reader@vsphere.local".to_owned(),
        password: MARKED_PASSWORD.to_owned(),
        ca_file: None,
        preferred_version: "7.0-8.x",
    }
}

fn refusal_of(url: String, code: &str, parts: &[&str]) {
    let answer = collect(&at(url), &["--insecure", "--preferred-version", "7.0-8.x"]);
    assert_eq!(answer.errors(), [code], "{}", answer.0["errors"]);
    let message = answer.message();
    for words in parts {
        assert!(message.contains(words), "{message}");
    }
}

#[test]
fn a_server_that_speaks_tls_1_1_only_is_told_to_speak_a_newer_one() {
    let old = Tls11::start();
    let parts = ["no secure TLS version", "enable TLS 1.2 or 1.3"];
    refusal_of(old.url(), "VCENTER_TLS_ERROR", &parts);
}

#[test]
fn a_server_that_speaks_plain_http_is_distinguished_from_a_bad_certificate() {
    let plain = server::start(Simulator::builder().vms(2).plain_http());
    let url = plain.server.url.replace("http://", "https://");
    let parts = ["does not use TLS", "check the port", "http://"];
    refusal_of(url, "VCENTER_TLS_ERROR", &parts);
    assert_eq!(plain.simulator.counters().logins, 0);
}

#[test]
fn a_service_that_hangs_up_during_the_handshake_is_a_failure_of_the_network() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("https://{}", listener.local_addr().expect("an address"));
    thread::spawn(move || listener.incoming().for_each(drop));
    let parts = [
        "ended the connection during the TLS handshake",
        "is running",
    ];
    refusal_of(url, "VCENTER_NETWORK_ERROR", &parts);
}

#[test]
fn a_port_without_a_service_is_reported_with_its_address() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    drop(listener);
    let parts = ["is refused", &address, "check the port"];
    refusal_of(
        format!("https://{address}"),
        "VCENTER_NETWORK_ERROR",
        &parts,
    );
}
