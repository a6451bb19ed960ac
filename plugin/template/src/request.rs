//! What is asked of a run, checked in the order of the contract.

use serde_json::Value;

use crate::bindings::exports::stocktake::collector::inventory::{Category, Problem};

pub(crate) const SOURCE_TYPE: &str = "static-json";

/// A code of the contract, its category, and whether trying again may help.
type Code = (&'static str, Category, bool);
pub(crate) const CONFIG: Code = ("VCENTER_CONFIG_INVALID", Category::Config, false);
pub(crate) const AUTH: Code = ("VCENTER_AUTH_FAILED", Category::Auth, false);
pub(crate) const NETWORK: Code = ("VCENTER_NETWORK_ERROR", Category::Network, true);
pub(crate) const TLS: Code = ("VCENTER_TLS_ERROR", Category::Network, false);
pub(crate) const RATE: Code = ("VCENTER_RATE_LIMIT", Category::RateLimit, true);
pub(crate) const PARSE: Code = ("VCENTER_PARSE_ERROR", Category::Parse, false);
pub(crate) const INCOMPLETE: Code = ("INVENTORY_INCOMPLETE", Category::Schema, false);

/// An error says what was wrong, where, and what cures it; never a secret.
pub(crate) fn problem(code: Code, message: impl Into<String>) -> Problem {
    Problem {
        code: code.0.to_owned(),
        category: code.1,
        message: message.into(),
        retryable: code.2,
        redacted_context: None,
    }
}

#[derive(Default)]
pub(crate) struct Request {
    pub(crate) is_tls: bool,
    pub(crate) authority: String,
    pub(crate) token: String,
    pub(crate) allow_empty: bool,
}

impl Request {
    /// Unknown keys are ignored, wrong values refused by the name of their field.
    pub(crate) fn of(text: &str) -> Result<Self, Problem> {
        let request: Value = serde_json::from_str(text)
            .map_err(|error| problem(PARSE, format!("the request is not JSON: {error}")))?;
        let at = |path| request.pointer(path).and_then(Value::as_str).unwrap_or("");
        let url = at("/source/config/endpoint").trim_end_matches('/');
        let (scheme, host) = url.split_once("://").unwrap_or_default();
        let is_url = !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']);
        let token = at("/source/credential/password");
        let has_credential = !token.is_empty() && !at("/source/credential/username").is_empty();
        let version = at("/schema_version") == "collector-request-v1";
        for (field, is_sound) in [
            ("schema_version", version),
            (
                "source.source_type",
                at("/source/source_type") == SOURCE_TYPE,
            ),
            (
                "source.config.endpoint",
                is_url && ["http", "https"].contains(&scheme),
            ),
            ("request.mode", at("/request/mode") == "collect"),
            ("source.credential", has_credential),
        ] {
            if !is_sound {
                let message = format!("{field} is missing or wrong; see the README");
                return Err(problem(CONFIG, message));
            }
        }
        Ok(Request {
            is_tls: scheme == "https",
            authority: host.to_owned(),
            token: token.to_owned(),
            allow_empty: request["source"]["config"]["allow_empty"] == true,
        })
    }
}
