//! The request that a command sends to the collector.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use serde_json::{Map, Value};
use stocktake_contract::Problem;
use stocktake_contract::request::{
    CollectorRequest, Credential, Mode, RunRequest, SCHEMA_VERSION, Source,
};
use stocktake_runtime::Request;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use zeroize::{Zeroize as _, Zeroizing};

/// A request for the vCenter collector.
#[derive(Debug)]
pub struct Order<'a> {
    /// The vCenter's URL.
    pub endpoint: &'a str,
    /// The account.
    pub username: &'a str,
    /// Its password.
    pub password: &'a str,
    /// The mode.
    pub mode: Mode,
    /// `source.config`, but for the endpoint.
    pub config: Map<String, Value>,
}

impl Order<'_> {
    /// The `collector-request-v1` document, parsed.
    ///
    /// # Errors
    ///
    /// When it cannot be written, which is a defect.
    pub fn request(self) -> Result<Request, Problem> {
        Request::parse(&self.text()?)
    }

    fn text(self) -> Result<Zeroizing<String>, Problem> {
        static RUNS: AtomicU32 = AtomicU32::new(1);
        let mut config = self.config;
        config.insert("endpoint".to_owned(), self.endpoint.into());
        let number = RUNS.fetch_add(1, Relaxed);
        let mut request = CollectorRequest {
            schema_version: SCHEMA_VERSION,
            source: Source {
                source_id: "command-line".to_owned(),
                source_type: "vcenter".to_owned(),
                config,
                credential: Credential {
                    username: self.username.to_owned(),
                    password: self.password.to_owned(),
                },
            },
            request: RunRequest {
                run_id: format!("command-line-{}-{number}", std::process::id()),
                mode: self.mode,
                now: now(),
            },
        };
        // Reallocation would leave copies of the password in memory.
        let mut text = Zeroizing::new(Vec::with_capacity(64 * 1024));
        let written = serde_json::to_writer(&mut *text, &request);
        request.source.credential.password.zeroize();
        written.map_err(|error| defect(&error))?;
        let text = String::from_utf8(std::mem::take(&mut *text));
        text.map(Zeroizing::new).map_err(|error| defect(&error))
    }
}

fn now() -> String {
    let now = OffsetDateTime::now_utc();
    let now = now.replace_nanosecond(0).unwrap_or(now);
    now.format(&Rfc3339).unwrap_or_default()
}

fn defect(error: &dyn std::error::Error) -> Problem {
    let message = format!("the request cannot be written: {error}");
    Problem::new(stocktake_contract::ErrorCode::InternalError, message)
}

#[cfg(test)]
mod tests {
    use super::{Map, Mode, Order};

    #[test]
    fn a_request_is_a_document_of_the_contract() {
        let order = Order {
            endpoint: "https://vc.lan",
            username: "reader",
            password: "p\"w",
            mode: Mode::CollectHosts,
            config: Map::new(),
        };
        let text = order.text().expect("a request");
        let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(value["schema_version"], "collector-request-v1");
        assert_eq!(value["source"]["config"]["endpoint"], "https://vc.lan");
        assert_eq!(value["source"]["credential"]["password"], "p\"w");
        assert_eq!(value["request"]["mode"], "collect_hosts");
        let now = value["request"]["now"].as_str().expect("a time");
        assert!(now.len() == 20 && now.ends_with('Z'), "{now}");
    }
}
