//! Which certificates it trusts.

use serde_json::json;
use stocktake_simulator::{CertificateKind, Simulator};
use stocktake_tests::executable::response;
use stocktake_tests::request;
use stocktake_tests::server::{self, Simulated};

use super::{PACKAGE, Trust, answer, codes, run};

fn small(kind: CertificateKind) -> Simulated {
    let builder = Simulator::builder().vms(2).hosts(1).clusters(1);
    server::start(builder.certificate(kind))
}

#[test]
fn only_the_given_authority_or_pin_is_believed() {
    use CertificateKind::{Expired, SelfSigned, Valid, WrongName};
    let former = small(Valid);
    let other_ca = former.server.ca_file.as_deref().expect("TLS");
    let accepted: &[&str] = &[];
    for (kind, by_its_authority) in [
        (Valid, accepted),
        (SelfSigned, &["unknown authority"][..]),
        (Expired, &["has expired", "clock"][..]),
        (WrongName, &["another name"][..]),
    ] {
        let simulated = small(kind);
        let of_certificate = simulated.simulator.fingerprint().expect("TLS");
        let of_key = simulated.simulator.key_fingerprint().expect("TLS");
        let of_former = former.simulator.fingerprint().expect("TLS");
        let mut cases = vec![
            // Where there are two reasons to refuse, either may be reported.
            (Trust::Ca(other_ca), &["trust"][..]),
            (Trust::Node, &["trust"][..]),
            // A pin asks for neither name, date nor authority.
            (Trust::Pin(of_certificate), accepted),
            (Trust::Pin(of_key), accepted),
            (Trust::Pin(of_former), &["not the pinned one"][..]),
        ];
        if simulated.server.ca_file.is_some() {
            cases.push((Trust::of(&simulated.server), by_its_authority));
        }
        for (trust, expected) in cases {
            let case = format!("{kind:?} by {trust:?}");
            let before = simulated.simulator.counters().requests;
            let output = answer(&request::to(&simulated.server, "collect"), trust);
            if expected.is_empty() {
                assert_eq!(codes(&output), [""; 0], "{case}");
                continue;
            }
            assert_eq!(codes(&output), ["VCENTER_TLS_ERROR"], "{case}");
            let document = response(&output);
            let message = document["errors"][0]["message"]
                .as_str()
                .expect("a message");
            for words in expected {
                assert!(message.contains(words), "{case}: {message}");
            }
            assert!(message.contains(of_certificate), "{case}: {message}");
            assert_eq!(simulated.simulator.counters().requests, before, "{case}");
        }
        simulated.assert_clean();
    }
}

#[test]
fn a_policy_that_cannot_be_used_is_refused_with_what_to_do() {
    let policies = json!([
        {"ca": "hello"},
        {"ca": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"},
        {"pin": "sha1:00"},
        {"pin": format!("sha256:{}", "g".repeat(64))},
        {"ca": "", "pin": ""},
        {"limits": {"connectMs": 0}},
        {"limits": {"timeout": 1}},
    ]);
    let messages = run(
        PACKAGE,
        &policies,
        "
        const messages = given.map((policy) => {
          try { return open('{}', policy) && 'accepted'; } catch ({ code, message }) { return `${code}: ${message}`; }
        });
        console.log(JSON.stringify(messages));",
    );
    let expected = [
        "it contains no certificate",
        "a damaged certificate",
        "expected sha256: and 64 hexadecimal digits",
        "expected sha256: and 64 hexadecimal digits",
        "both ca and pin are set",
        "limits.connectMs must be a positive integer",
        "limits.timeout is not known; the limits are connectMs",
    ];
    let messages = messages.as_array().expect("a list");
    assert_eq!(messages.len(), expected.len());
    for (message, expected) in messages.iter().zip(expected) {
        let message = message.as_str().expect("a text");
        assert!(message.starts_with("VCENTER_CONFIG_INVALID: "), "{message}");
        assert!(message.contains(expected), "{message}");
    }
}
