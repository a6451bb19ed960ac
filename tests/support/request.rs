//! Requests as a ledger writes them.

use serde_json::{Value, json};

use crate::server::Server;

/// A request of `mode` to `server`.
#[must_use]
pub fn to(server: &Server, mode: &str) -> Value {
    json!({
        "schema_version": "collector-request-v1",
        "source": {
            "source_id": "source-1",
            "source_type": "vcenter",
            "config": {
                "endpoint": server.url,
                "preferred_vcenter_version": server.preferred_version,
            },
            "credential": {"username": server.username, "password": server.password},
        },
        "request": {"run_id": "run-1", "mode": mode, "now": "2026-01-01T00:00:00Z"},
    })
}

/// `request` with a setting in `source.config`.
#[must_use]
pub fn with(mut request: Value, key: &str, value: impl Into<Value>) -> Value {
    request["source"]["config"][key] = value.into();
    request
}

/// The request as the runtime takes it.
///
/// # Panics
/// When it is not one.
#[must_use]
pub fn parsed(request: &Value) -> stocktake_runtime::Request {
    stocktake_runtime::Request::parse(&request.to_string()).expect("JSON")
}
