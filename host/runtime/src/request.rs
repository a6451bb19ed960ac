//! A `collector-request-v1` document, parsed once.

use std::fmt;

use http::Uri;
use serde_json::Value;
use stocktake_contract::request::{self, Mode, Profile};
use stocktake_contract::{Problem, document::Extras};
use zeroize::Zeroizing;

use crate::quote::printable;

/// The `source_type` whose collectors speak the vSphere API.
const VCENTER: &str = "vcenter";

/// A `collector-request-v1` document.
///
/// It is parsed once; policy and run take it from there. Its texts are overwritten when it is dropped, and
/// neither its `Debug` nor an error shows any of them.
///
/// ```
/// use stocktake_runtime::Request;
///
/// let request = Request::parse(r#"{"source": {"credential": {"password": "s3cret"}}}"#)?;
/// assert!(!format!("{request:?}").contains("s3cret"));
/// assert!(Request::parse("{").is_err());
/// # Ok::<(), stocktake_runtime::contract::Problem>(())
/// ```
pub struct Request {
    text: Zeroizing<String>,
    document: Value,
}

impl Request {
    /// Parses the text of a document. What its fields must hold is the collector's to check.
    ///
    /// # Errors
    ///
    /// `VCENTER_PARSE_ERROR` with line and column when it is not JSON, or has an object with duplicate
    /// keys; the message quotes nothing of it.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        Ok(Request {
            document: request::read(text)?,
            text: Zeroizing::new(text.to_owned()),
        })
    }

    /// What its response holds beyond what every response does.
    #[must_use]
    pub fn extras(&self) -> Extras {
        Extras::from_request(&self.document)
    }

    /// The mode, when it is one of the contract.
    #[must_use]
    pub fn mode(&self) -> Option<Mode> {
        let mode = self.document["request"]["mode"].as_str();
        Mode::ALL
            .into_iter()
            .find(|known| Some(known.as_str()) == mode)
    }

    /// The run that it asks for, as a message can quote it; empty when it names none.
    #[must_use]
    pub fn run_id(&self) -> String {
        let run = self.document["request"]["run_id"].as_str();
        printable(run.unwrap_or_default(), 200)
    }

    /// The text as it was parsed, secrets included.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn document(&self) -> &Value {
        &self.document
    }

    /// The source is a vCenter, unless it says that it is not.
    pub(crate) fn is_vcenter(&self) -> bool {
        let source_type = self.document["source"]["source_type"].as_str();
        source_type.unwrap_or(VCENTER) == VCENTER
    }

    /// The run reads tags, over another API than all else.
    pub(crate) fn asks_for_tags(&self) -> bool {
        let config = &self.document["source"]["config"];
        let is_full = config["profile"] == Profile::Full.as_str();
        let mode = self.mode();
        is_full && config["tags"] == true && mode.is_some_and(Mode::collects_vms)
    }

    pub(crate) fn endpoint(&self) -> Option<Uri> {
        let endpoint = self.document["source"]["config"]["endpoint"].as_str()?;
        endpoint.trim().parse().ok()
    }
}

/// Nothing of its texts.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("mode", &self.mode())
            .finish_non_exhaustive()
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        wipe(&mut self.document);
    }
}

/// Overwrites the texts of a value that is not used any more.
pub(crate) fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => drop(Zeroizing::new(std::mem::take(text))),
        Value::Array(values) => values.iter_mut().for_each(wipe),
        Value::Object(fields) => fields.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use stocktake_contract::ErrorCode;

    use super::Request;

    #[test]
    fn what_is_not_json_or_has_duplicate_keys_is_refused_without_its_text() {
        let cut = "{\"source\":{\"credential\":{\"password\":\"s3cret\"}}";
        let twice = r#"{"source":{"credential":{"password":"s3cret","password":"s3cret"}}}"#;
        for text in [cut, twice, ""] {
            let problem = Request::parse(text).expect_err(text);
            assert_eq!(problem.code, ErrorCode::VcenterParseError);
            assert!(!problem.message.contains("s3cret"));
        }
    }
}
