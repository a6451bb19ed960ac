//! Certificates that authorities cannot vouch for: a pin accepts them where TLS can, and each
//! message names a cure that works.

use std::path::PathBuf;

use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};
use stocktake_simulator::Simulator;
use stocktake_tests::answer::{Answer, collect};
use stocktake_tests::server::{self, Server, Simulated};
use stocktake_tests::tls_front::{Identity, TlsFront};
use tempfile::TempDir;

use super::at;

/// A vCenter behind a certificate.
struct Site {
    simulated: Simulated,
    front: TlsFront,
    identity: Identity,
}

impl Site {
    fn start(identity: Identity, oldest: &str) -> Self {
        let builder = Simulator::builder().vms(2).hosts(1).clusters(1);
        let simulated = server::start(builder.plain_http());
        let port = simulated.simulator.address().port();
        Site {
            front: TlsFront::start(&identity, port, oldest),
            simulated,
            identity,
        }
    }

    fn collect(&self, ca_file: Option<PathBuf>, trust: &[&str]) -> Answer {
        let server = Server {
            ca_file,
            username: self.simulated.server.username.clone(),
            ..at(self.front.url())
        };
        let version = ["--preferred-version", "7.0-8.x"];
        let answer = collect(&server, &[&version[..], trust].concat());
        self.simulated.assert_clean();
        answer
    }
}

/// A leaf that says that it is an authority, as many appliances make for themselves.
fn marked_as_authority(folder: &TempDir) -> Identity {
    let mut params = CertificateParams::new(["127.0.0.1".to_owned()]).expect("names");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    let made = params.self_signed(&key).expect("a certificate");
    let identity = Identity {
        certificate: folder.path().join("authority.pem"),
        key: folder.path().join("authority.key"),
    };
    std::fs::write(&identity.certificate, made.pem()).expect("a file");
    std::fs::write(&identity.key, key.serialize_pem()).expect("a file");
    identity
}

/// What the message says to pass.
fn pin_in(message: &str) -> &str {
    let (_, pin) = message.split_once("--pin ").expect("a pin");
    pin.split_whitespace().next().expect("a pin")
}

fn assert_plain_words(message: &str) {
    for debug in [
        "Other(",
        "Error(",
        "Unsupported",
        "InvalidCertificate",
        "CaUsed",
        "{",
    ] {
        assert!(!message.contains(debug), "{message}");
    }
}

#[test]
fn a_certificate_that_no_authority_can_vouch_for_is_reported_with_a_cure_that_works() {
    let folder = tempfile::tempdir().expect("a folder");
    for (identity, told) in [
        (Identity::kept("v1"), "X.509 version 1"),
        (Identity::kept("rsa1024"), "RSA key of 1024 bits"),
        (marked_as_authority(&folder), "CA:TRUE"),
    ] {
        let site = Site::start(identity, "1.2");
        let own = site.identity.certificate.clone();
        for ca_file in [None, Some(own)] {
            let refused = site.collect(ca_file, &[]);
            assert_eq!(refused.errors(), ["VCENTER_TLS_ERROR"], "{told}");
            let message = refused.message();
            assert!(message.contains(told), "{told}: {message}");
            assert!(message.contains("replace it"), "{told}: {message}");
            assert_plain_words(message);
            site.collect(None, &["--pin", pin_in(message)])
                .assert_complete();
        }
        site.collect(None, &["--insecure"]).assert_complete();
        let other = format!("sha256:{}", "0".repeat(64));
        let refused = site.collect(None, &["--pin", &other]);
        assert!(refused.message().contains("not the pinned one"), "{told}");
        assert_plain_words(refused.message());
    }
}

#[test]
fn a_short_key_is_used_where_tls_can_and_reported_where_it_cannot() {
    let site = Site::start(Identity::kept("rsa1024"), "1.3");
    let refused = site.collect(None, &[]);
    let pin = pin_in(refused.message()).to_owned();
    let refused = site.collect(None, &["--pin", &pin]);
    assert_eq!(refused.errors(), ["VCENTER_TLS_ERROR"]);
    let message = refused.message();
    for told in [
        "1024 bits",
        "over TLS 1.2 only",
        "enable TLS 1.2 there",
        "replace",
    ] {
        assert!(message.contains(told), "{message}");
    }
    assert!(!message.contains("--pin"), "it was pinned: {message}");
    assert_plain_words(message);
    site.collect(None, &["--insecure"]).assert_complete();
}
