//! Misbehaving components.

use stocktake_tests::executable::feed;
use stocktake_tests::hostile;
use stocktake_tests::server::MARKED_PASSWORD;

use super::Case;
use super::scene::{Scene, TIMEOUT, argument};

/// Those that end by themselves.
const BEHAVIOURS: [&str; 16] = [
    "panics-in-the-constructor",
    "no-such-behaviour",
    "leaks-in-its-errors",
    "leaks-in-its-warnings",
    "leaks-in-its-assets",
    "traps-on-page-3",
    "traps-while-closing",
    "hogs-memory",
    "logs-in",
    "smuggles-headers",
    "asks-another-host",
    "powers-off-a-vm",
    "sends-two-methods-at-once",
    "claims-completeness-of-a-part",
    "writes-what-is-no-json",
    "control-characters-in-errors",
];

/// Those that are ended.
const ENDLESS: [&str; 3] = ["spins-for-ever", "sleeps-for-ever", "floods-empty-pages"];

pub(super) fn cases() -> Vec<Case> {
    let ending = BEHAVIOURS.map(|behaviour| (behaviour, TIMEOUT));
    let endless = ENDLESS.map(|behaviour| (behaviour, "1"));
    let plain = ending
        .into_iter()
        .chain(endless)
        .map(|(behaviour, timeout)| {
            Case::new(format!("the component {behaviour}"), move |scene| {
                let server = scene.simulator(&[]);
                let asked = hostile::request(&server, behaviour).to_string();
                run(scene, asked.as_bytes(), timeout);
            })
        });
    plain.chain(odd_credentials()).collect()
}

/// Discloses what it received, which is no usable credential.
fn odd_credentials() -> Vec<Case> {
    let with = |name: &str, credential: String| {
        Case::new(name, move |scene: &mut Scene| {
            let server = scene.simulator(&[]);
            for behaviour in ["panics-in-the-constructor", "leaks-in-its-errors"] {
                let mut asked = hostile::request(&server, behaviour);
                asked["source"]["credential"] = "HERE".into();
                let asked = asked.to_string().replace("\"HERE\"", &credential);
                run(scene, asked.as_bytes(), TIMEOUT);
            }
        })
    };
    let password = serde_json::Value::from(MARKED_PASSWORD);
    vec![
        with(
            "the component discloses a credential that is a text",
            password.to_string(),
        ),
        with(
            "the component discloses a credential that is a list",
            format!("[\"u\",{password}]"),
        ),
        with(
            "the component discloses a password that is a list",
            format!("{{\"username\":\"u\",\"password\":[{password}]}}"),
        ),
        with(
            "the component discloses a password that is given twice",
            format!("{{\"username\":\"u\",\"password\":\"other\",\"password\":{password}}}"),
        ),
        with(
            "the component discloses a password that is replaced by another",
            format!("{{\"username\":\"u\",\"password\":{password},\"password\":\"other\"}}"),
        ),
        with(
            "the component discloses a token besides the password",
            format!("{{\"username\":\"u\",\"password\":\"other\",\"token\":{password}}}"),
        ),
        with(
            "the component discloses a password without a user",
            format!("{{\"password\":{password}}}"),
        ),
    ]
}

fn run(scene: &mut Scene, asked: &[u8], timeout: &str) {
    let component = hostile::file();
    let server = &scene.last().server;
    let arguments = [
        "--timeout",
        timeout,
        "--component",
        argument(component.path()),
    ];
    let mut command = scene.plugin(server, &arguments);
    let output = feed(&mut command, asked);
    scene.add_output(output);
}
