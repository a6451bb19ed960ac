//! Requests that are refused: each by its code, with exit code 1 and one line of ASCII that
//! contains no secret. `refusals.toml` is the list.

use serde::Deserialize;
use serde_json::Value;
use stocktake_tests::executable::{self, error_codes, response};
use stocktake_tests::request;
use stocktake_tests::server::Server;

use super::ingest::Ingest;
use super::ledger::Ledger;

const PASSWORD: &str = "never-t0-be-seen";

/// A malformed request, and its error.
#[derive(Debug, Deserialize)]
struct Case {
    /// The claim of the case.
    shows: String,
    #[serde(flatten)]
    sent: Sent,
    /// The code of the one error.
    code: String,
    /// The beginning of its message.
    message: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Sent {
    /// A text, in which `<request>` stands for a valid request and `<half>` for its first half.
    Text(String),
    /// Bytes before a valid request.
    Bytes(Vec<u8>),
    /// As many spaces before a valid request.
    Spaces(usize),
    /// As many nested arrays, as an unknown setting.
    Nested(usize),
    /// A valid request with another value in one place.
    Changed { at: String, to: Value },
    /// A valid request without the value in one place.
    Without(String),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<Case>,
}

/// Connections are refused there: a request that is not refused fails with another error.
fn sound(mode: &str) -> Value {
    let nowhere = Server {
        url: "https://127.0.0.1:9".to_owned(),
        username: "user".to_owned(),
        password: PASSWORD.to_owned(),
        ca_file: None,
        preferred_version: "7.0-8.x",
    };
    request::to(&nowhere, mode)
}

impl Sent {
    fn bytes(&self) -> Vec<u8> {
        let mut request = sound("collect");
        let text = request.to_string();
        match self {
            Sent::Text(template) => template
                .replace("<request>", &text)
                .replace("<half>", &text[..text.len() / 2])
                .into_bytes(),
            Sent::Bytes(bytes) => [bytes, text.as_bytes()].concat(),
            Sent::Spaces(count) => (" ".repeat(*count) + &text).into_bytes(),
            Sent::Nested(depth) => {
                let nested = "[".repeat(*depth) + &"]".repeat(*depth);
                let config = r#""config":{"#;
                text.replace(config, &format!("{config}\"unknown\":{nested},"))
                    .into_bytes()
            }
            Sent::Changed { at, to } => {
                let (parent, key) = at.rsplit_once('/').expect("a pointer");
                request.pointer_mut(parent).expect("its parent")[key] = to.clone();
                request.to_string().into_bytes()
            }
            Sent::Without(at) => {
                let (parent, key) = at.rsplit_once('/').expect("a pointer");
                let parent = request.pointer_mut(parent).and_then(Value::as_object_mut);
                parent
                    .and_then(|fields| fields.remove(key))
                    .expect("it is there");
                request.to_string().into_bytes()
            }
        }
    }
}

#[test]
fn every_malformed_request_is_refused_by_its_code_in_one_line_without_a_secret() {
    let Cases { case: cases } = toml::from_str(include_str!("refusals.toml")).expect("the list");
    let ledger = Ledger::new();
    for case in cases {
        let shows = &case.shows;
        let ran = ledger.run(&case.sent.bytes());
        let ingest = Ingest::of(&ran, "collect");
        let ingest = ingest.unwrap_or_else(|broken| panic!("{shows}: {broken}"));
        assert_eq!(ran.code(), Some(1), "{shows}");
        assert_eq!(ingest.codes(), [&*case.code], "{shows}");
        assert!(!ingest.stores, "{shows}");
        let error = &ingest.document["errors"][0];
        let message = error["message"].as_str().expect("a message");
        assert!(message.starts_with(&case.message), "{shows}: {message}");
        assert_eq!(error["retryable"], false, "{shows}");
        for written in [&ran.text, &ran.stderr] {
            assert!(!written.contains(PASSWORD), "{shows}: {written}");
        }
    }
}

#[test]
fn more_than_one_tls_policy_is_refused() {
    let asked = sound("healthcheck").to_string();
    let settings = [("STOCKTAKE_INSECURE", "1"), ("STOCKTAKE_PIN", "sha256:00")];
    let answer = response(&executable::plugin(&asked, &settings));
    assert_eq!(error_codes(&answer), ["VCENTER_CONFIG_INVALID"]);
}

#[test]
fn a_refused_connection_is_a_network_error_that_names_the_place() {
    let ran = Ledger::new().run(sound("healthcheck").to_string().as_bytes());
    let ingest = Ingest::of(&ran, "healthcheck").expect("a sound answer");
    assert_eq!(ingest.codes(), ["VCENTER_NETWORK_ERROR"]);
    let error = &ingest.document["errors"][0];
    let message = error["message"].as_str().expect("a message");
    assert!(message.contains("127.0.0.1:9"), "{message}");
    assert_eq!(error["retryable"], true);
    assert!(!ran.text.contains(PASSWORD) && !ran.stderr.contains(PASSWORD));
}
