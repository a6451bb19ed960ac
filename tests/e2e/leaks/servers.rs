//! Failures of vCenters and other servers.

use std::net::TcpListener;
use std::thread;

use stocktake_simulator::{CertificateKind, Fault, Simulator};
use stocktake_tests::proxy::{Manner, Proxy};
use stocktake_tests::request;
use stocktake_tests::server::{MARKED_PASSWORD, Server};
use stocktake_tests::tls_1_1::Tls11;

use super::Case;
use super::scene::{Scene, argument};

pub(super) fn cases() -> Vec<Case> {
    let faults = Fault::all().iter().flat_map(|&fault| {
        [
            Case::new(format!("{fault} strikes a ledger's plugin"), move |scene| {
                let server = scene.simulator(&[fault]);
                let asked = request::to(&server, "collect");
                scene.ask(&server, &request::with(asked, "page_size", 7));
                assert!(scene.last().simulator.counters().requests > 0, "{fault}");
            }),
            Case::new(format!("{fault} strikes a recording"), move |scene| {
                let server = scene.simulator(&[fault]);
                let fixture = scene.path("fixture");
                let arguments = ["--output", argument(&fixture), "--page-size", "7"];
                scene.run(&server, "record", &arguments);
            }),
        ]
    });
    faults.chain(refusals()).chain(strangers()).collect()
}

fn refusals() -> Vec<Case> {
    let mut cases = vec![
        Case::new("the password is wrong", |scene: &mut Scene| {
            wrong_password(scene, &format!("{MARKED_PASSWORD} "));
        }),
        Case::new("the password lacks its last character", |scene| {
            wrong_password(scene, &MARKED_PASSWORD[..MARKED_PASSWORD.len() - 1]);
        }),
        Case::new(
            "no authority of the system's knows the certificate",
            |scene| {
                let server = scene.simulator(&[]);
                every_command(
                    scene,
                    &Server {
                        ca_file: None,
                        ..server
                    },
                    &[],
                );
            },
        ),
        Case::new("the certificate is not the pinned one", |scene| {
            let server = scene.simulator(&[]);
            let pin = format!("sha256:{}", "0".repeat(64));
            every_command(
                scene,
                &Server {
                    ca_file: None,
                    ..server
                },
                &["--pin", &pin],
            );
        }),
        Case::new(
            "the vCenter fails until the circuit breaker opens",
            |scene| {
                let server = scene.simulator(&[Fault::BadGateway]);
                for _ in 0..6 {
                    scene.ask(&server, &request::to(&server, "healthcheck"));
                }
                assert!(scene.stderr().contains("breaker refused a run"));
            },
        ),
    ];
    for kind in [
        CertificateKind::Expired,
        CertificateKind::NotYetValid,
        CertificateKind::WrongName,
        CertificateKind::SelfSigned,
    ] {
        cases.push(Case::new(
            format!("the certificate is {kind:?}"),
            move |scene| {
                let server = scene.start(Simulator::builder().vms(2).certificate(kind));
                every_command(scene, &server, &[]);
            },
        ));
    }
    cases
}

fn wrong_password(scene: &mut Scene, wrong: &str) {
    let mut server = scene.simulator(&[]);
    server.password = wrong.to_owned();
    every_command(scene, &server, &[]);
    let counters = scene.last().simulator.counters();
    assert!(
        counters.refused_logins > 4 && counters.logins == 0,
        "{counters:?}"
    );
}

/// Every command that logs in, and the plugin.
fn every_command(scene: &mut Scene, server: &Server, arguments: &[&str]) {
    for name in ["collect", "sync", "detect", "healthcheck"] {
        scene.run(server, name, arguments);
    }
    let fixture = scene.path("fixture");
    let record = [&["--output", argument(&fixture)], arguments].concat();
    scene.run(server, "record", &record);
    scene.ask(server, &request::to(server, "collect"));
}

fn strangers() -> Vec<Case> {
    vec![
        Case::new("nothing listens on the port", |scene: &mut Scene| {
            let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
            let server = at(&format!("https://{}", listener.local_addr().expect("one")));
            drop(listener);
            every_command(scene, &server, &[]);
        }),
        Case::new("the name does not resolve", |scene| {
            every_command(scene, &at("https://vcenter.invalid"), &[]);
        }),
        Case::new("the server speaks TLS 1.1 only", |scene| {
            let old = Tls11::start();
            scene.run(&at(&old.url()), "collect", &["--insecure"]);
        }),
        Case::new("the server speaks no TLS", |scene| {
            let server = scene.start(Simulator::builder().vms(2).plain_http());
            let url = server.url.replace("http://", "https://");
            every_command(scene, &at(&url), &["--insecure"]);
        }),
        Case::new("the server hangs up during the handshake", |scene| {
            let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
            let url = format!("https://{}", listener.local_addr().expect("one"));
            thread::spawn(move || listener.incoming().for_each(drop));
            every_command(scene, &at(&url), &["--insecure"]);
        }),
        Case::new("the proxy refuses its password", |scene| {
            let server = scene.simulator(&[]);
            let proxy = Proxy::start(Manner {
                target: scene.last().simulator.address(),
                login: Some(("reader".to_owned(), "another".to_owned())),
                refuses: None,
            });
            let url = proxy.url_as("reader", MARKED_PASSWORD);
            for name in ["collect", "detect", "healthcheck", "sync"] {
                let mut command = scene.command(&server, name, &[]);
                let output = command.env("STOCKTAKE_PROXY", &url).output();
                scene.add_output(output.expect("stocktake starts"));
            }
            assert!(proxy.asked().len() >= 4, "{:?}", proxy.asked());
        }),
        Case::new("the server says nothing until the time is over", |scene| {
            let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
            let server = at(&format!("http://{}", listener.local_addr().expect("one")));
            scene.run(&server, "collect", &["--timeout", "1"]);
        }),
    ]
}

fn at(url: &str) -> Server {
    Server {
        url: url.to_owned(),
        username: "reader@vsphere.local".to_owned(),
        password: MARKED_PASSWORD.to_owned(),
        ca_file: None,
        preferred_version: "7.0-8.x",
    }
}
