//! The output of `stocktake collect`, and its invariants.

use serde_json::Value;
use stocktake_simulator::Fault;

use crate::executable::{error_codes, response, run_against};
use crate::server::{self, MARKED_PASSWORD, Server, Simulated};

/// A response document.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer(pub Value);

/// Collects from `server`.
///
/// # Panics
/// When the password is in what the process wrote, or exit code, errors and verdict contradict each other.
#[must_use]
pub fn collect(server: &Server, arguments: &[&str]) -> Answer {
    let output = run_against(server, "collect", arguments);
    for stream in [&output.stdout, &output.stderr] {
        assert!(!String::from_utf8_lossy(stream).contains(MARKED_PASSWORD));
    }
    let answer = Answer(response(&output));
    let succeeded = answer.errors().is_empty();
    assert_eq!(output.status.success(), succeeded);
    assert_eq!(answer.0["stats"]["inventory_complete"], succeeded);
    answer
}

/// Collects from a small simulator with this fault.
#[must_use]
pub fn under(fault: Fault, arguments: &[&str]) -> (Simulated, Answer) {
    let simulated = server::simulator(&[fault]);
    let answer = collect(&simulated.server, arguments);
    (simulated, answer)
}

impl Answer {
    /// Codes of the errors.
    #[must_use]
    pub fn errors(&self) -> Vec<String> {
        error_codes(&self.0)
    }

    /// The first error's message.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn message(&self) -> &str {
        let message = self.0["errors"][0]["message"].as_str();
        message.expect("a message")
    }

    /// The warnings.
    ///
    /// # Panics
    /// When the document has none.
    #[must_use]
    pub fn warnings(&self) -> &[Value] {
        self.0["stats"]["warnings"].as_array().expect("warnings")
    }

    /// Codes of the warnings.
    #[must_use]
    pub fn warning_codes(&self) -> Vec<&str> {
        let codes = self.warnings().iter();
        codes
            .filter_map(|warning| warning["code"].as_str())
            .collect()
    }

    /// The assets of `kind`.
    ///
    /// # Panics
    /// When the document has none at all.
    pub fn assets<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        let assets = self.0["assets"].as_array().expect("assets").iter();
        assets.filter(move |asset| asset["external_kind"] == kind)
    }

    /// The asset of this kind and id.
    #[must_use]
    pub fn asset<'a>(&'a self, kind: &'a str, id: &str) -> Option<&'a Value> {
        self.assets(kind).find(|asset| asset["external_id"] == id)
    }

    /// Kind and id of every asset, sorted.
    ///
    /// # Panics
    /// When the document has none at all.
    #[must_use]
    pub fn ids(&self) -> Vec<String> {
        let assets = self.0["assets"].as_array().expect("assets").iter();
        let mut ids: Vec<String> = assets
            .map(|asset| format!("{} {}", asset["external_kind"], asset["external_id"]))
            .collect();
        ids.sort();
        ids
    }

    /// The relations of this type, as (from, to).
    ///
    /// # Panics
    /// When the document has none at all.
    #[must_use]
    pub fn relations(&self, kind: &str) -> Vec<(&str, &str)> {
        let relations = self.0["relations"].as_array().expect("relations").iter();
        relations
            .filter(|relation| relation["type"] == kind)
            .filter_map(|relation| {
                let id = |end: &str| relation[end]["external_id"].as_str();
                Some((id("from")?, id("to")?))
            })
            .collect()
    }

    /// `stats.evidence`, which has to be requested.
    #[must_use]
    pub fn evidence(&self) -> &Value {
        &self.0["stats"]["evidence"]
    }

    /// Asserts that the inventory is proved complete.
    ///
    /// # Panics
    /// When it was not.
    pub fn assert_complete(&self) {
        assert_eq!(self.errors(), [""; 0], "{}", self.0["errors"]);
        assert_eq!(self.0["stats"]["inventory_complete"], true);
    }
}
