//! Requests: a refusal names its field and discloses no secret, and what is
//! accepted can be used.

use serde_json::Value;
use stocktake_contract::request::{PAGE_SIZE_LEAST, PAGE_SIZE_MOST};
use stocktake_contract::{ErrorCode, Problem};
use stocktake_vcenter::config::{Config, Credential};
use stocktake_vcenter::run::{Action, Pulled, Run};

/// Stands in for the password, and occurs nowhere else.
const PASSWORD: &str = "pa55w0rd-0f-the-check";

/// Checks a fuzzer's input.
///
/// # Panics
/// When a property does not hold.
pub fn check(data: &[u8]) {
    let _ = is_accepted(&String::from_utf8_lossy(data));
}

/// Checks one document; answers whether it was accepted.
///
/// # Panics
/// When a property does not hold.
#[must_use]
pub fn is_accepted(text: &str) -> bool {
    let text = &with_known_password(text);
    match Config::from_request(text) {
        Ok(config) => {
            accepted(&config);
            assert!(
                matches!(Run::open(text).act(), Action::Send(..)),
                "an accepted request sends nothing"
            );
            true
        }
        Err(problem) => {
            refused(&problem);
            told_by_the_summary(text, &problem);
            false
        }
    }
}

fn with_known_password(text: &str) -> String {
    let Ok(mut request) = serde_json::from_str::<Value>(text) else {
        return text.to_owned();
    };
    match request.pointer_mut("/source/credential/password") {
        Some(Value::String(password)) if !password.is_empty() => PASSWORD.clone_into(password),
        _ => return text.to_owned(),
    }
    request.to_string()
}

fn accepted(config: &Config) {
    let endpoint = &config.endpoint;
    let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
    assert!(is_plain(&endpoint.authority), "{endpoint:?}");
    assert!(is_plain(&endpoint.path), "{endpoint:?}");
    assert!(!endpoint.authority.is_empty(), "{endpoint:?}");
    assert!(!endpoint.authority.contains('@'), "{endpoint:?}");
    assert!(endpoint.path.starts_with('/'), "{endpoint:?}");
    assert!(endpoint.path.ends_with("/sdk"), "{endpoint:?}");
    assert!((PAGE_SIZE_LEAST..=PAGE_SIZE_MOST).contains(&config.page_size));
    assert!(config.preferred.is_some() || !config.mode.collects());
    if let Some(Credential { username, password }) = &config.credential {
        assert!(!username.is_empty());
        assert!(!password.is_empty());
        assert!(!format!("{config:?}").contains(password) || password != PASSWORD);
    }
}

fn refused(problem: &Problem) {
    let reported = serde_json::to_string(problem).expect("JSON");
    assert!(!reported.contains(PASSWORD), "{reported}");
    let context = problem.redacted_context.as_ref();
    match problem.code {
        ErrorCode::VcenterConfigInvalid => {
            let field = context
                .and_then(|facts| facts["field"].as_str())
                .expect("a field");
            assert!(problem.message.starts_with(field), "{reported}");
            assert!(
                ["schema_version", "source", "request"]
                    .contains(&field.split('.').next().unwrap_or_default()),
                "{reported}"
            );
        }
        ErrorCode::VcenterParseError => {
            let reasons = ["is not JSON", "has duplicate keys"];
            let is_told = reasons.iter().any(|reason| reported.contains(reason));
            assert!(is_told, "{reported}");
        }
        _ => panic!("{reported}"),
    }
}

fn told_by_the_summary(text: &str, problem: &Problem) {
    let Action::Hand(Pulled::Summary(summary)) = Run::open(text).act() else {
        panic!("a refused request begins a run");
    };
    assert_eq!(summary.errors, std::slice::from_ref(problem));
    assert!(!summary.inventory_complete);
}
