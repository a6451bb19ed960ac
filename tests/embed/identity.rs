//! BY-6: one set of bytes, run by the hosts of several languages, with equal results.

use std::process::Output;

use serde_json::Value;
use stocktake_tests::fixture::{self, Fixture};
use stocktake_tests::replay::{OF_A_RECORDING, answer_by};
use stocktake_tests::{executable, request};

use crate::{go, library, node, plain, python};

/// A way to run the collector.
type Way = fn(&Value) -> Output;

/// All six of them. Requests contain a credential, and where there is a choice the collector logs in.
const WAYS: [(&str, Way); 6] = [
    ("the executable", |asked| {
        executable::plugin(&asked.to_string(), &OF_A_RECORDING)
    }),
    ("Go", |asked| go::answer(asked, &OF_A_RECORDING)),
    ("Rust", library::answer_of_guest),
    ("a plain runtime", |asked| {
        plain::answer(asked.to_string().as_bytes())
    }),
    ("Node", |asked| node::answer(asked, node::Trust::Node)),
    ("Python", |asked| {
        python::answer(asked, python::Trust::System)
    }),
];

/// Pages, names in many scripts, warnings, kinds of the extension, a failure.
const CASES: [&str; 5] = [
    "vcsim-collect",
    "odd-names",
    "undecodable-vm",
    "extended-kinds",
    "withheld-vm",
];

fn case(name: &str) -> Fixture {
    fixture::open(fixture::root().join(name))
}

#[test]
fn a_recorded_exchange_is_answered_by_the_same_bytes_in_all_six_ways() {
    for name in CASES {
        let fixture = case(name);
        for (way, collector) in WAYS {
            let answer = answer_by(&fixture, collector);
            assert!(answer == fixture.expected, "{name} by {way}: {answer}");
        }
    }
}

#[test]
fn a_live_vcenter_is_answered_by_the_same_bytes_in_all_six_ways() {
    let vcenter = plain::vcenter(500);
    let asked = request::to(&vcenter.server, "collect");
    let asked = request::with(asked, "page_size", 100);
    let expected = executable::plugin(&asked.to_string(), &[]);
    assert_eq!(expected.status.code(), Some(0));
    for (way, collector) in WAYS {
        let output = collector(&asked);
        assert_eq!(output.status.code(), Some(0), "{way}");
        assert!(output.stdout == expected.stdout, "{way} differs");
    }
    vcenter.assert_clean();
}
