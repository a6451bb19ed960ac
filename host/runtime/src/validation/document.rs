//! Whole documents: `collector-response-v1` of any collector.

use std::collections::BTreeMap;

use serde::Deserialize as _;
use serde_json::Value;
use serde_json::value::RawValue;
use stocktake_contract::ErrorCode::{
    PluginOutputInvalidJson, PluginResponseInvalid, PluginSchemaVersionUnsupported,
};
use stocktake_contract::WarningCode;
use stocktake_contract::response::{Evidence, SCHEMA_VERSION};

use super::issue::{Issue, Issues};
use super::limits::Limits;
use super::schemas::{SCHEMAS, violations};
use super::scope::Scope;
use super::tally::Tally;
use super::verdict::{Claim, judge};

/// What a document holds, and everything that is wrong with it.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct DocumentReport {
    /// Assets per kind.
    pub assets: BTreeMap<String, u64>,
    /// Relations.
    pub relations: u64,
    /// Warnings.
    pub warnings: u64,
    /// Errors that the collector reported.
    pub errors: u64,
    /// `stats.inventory_complete`.
    pub complete: bool,
    /// `stats.evidence`, when it is there.
    pub evidence: Option<Evidence>,
    /// Broken rules, in the order of the document; the document is valid when there are none.
    pub issues: Vec<Issue>,
}

/// Validates the bytes of a document.
///
/// Every issue is reported. When the mode is unknown (`scope.mode` is `None`)
/// a document without hosts is taken for one whose hosts are elsewhere, as
/// `collect_vms` answers it. A document that carries errors may be partial:
/// its relations may have ends that never came.
#[must_use]
pub fn validate(document: &[u8], scope: Scope, limits: Limits) -> DocumentReport {
    let parts = match Parts::of(document) {
        Ok(parts) => parts,
        Err(issue) => {
            return DocumentReport {
                issues: vec![issue],
                ..DocumentReport::default()
            };
        }
    };
    let mut tally = Tally::new(scope, limits, Issues::all());
    for (path, message) in violations(&SCHEMAS.response, &parts.envelope) {
        let issue = Issue::new(PluginResponseInvalid, path, "", message);
        tally.issues.push(issue);
    }
    let misshapen = !tally.issues.is_empty();
    for text in &parts.assets {
        tally.asset(text.get());
    }
    for text in &parts.relations {
        tally.relation(text.get());
    }
    let stats = &parts.envelope["stats"];
    let length = |value: &Value| value.as_array().map_or(0, Vec::len);
    let errors = length(&parts.envelope["errors"]);
    // The envelope's schema has seen each of them.
    let warnings = length(&stats["warnings"]) as u64;
    tally.warnings = warnings;
    tally.told_of_session = stats["warnings"].as_array().is_some_and(|told| {
        let code = WarningCode::SessionLeft.as_str();
        told.iter().any(|warning| warning["code"] == code)
    });
    let evidence = evidence(stats, &mut tally);
    let complete = stats["inventory_complete"] == true;
    // A summary that cannot be read cannot contradict anything.
    if !misshapen {
        judge(
            &mut tally,
            &Claim {
                assets: stats["assets"].as_u64().unwrap_or_default(),
                relations: stats["relations"].as_u64().unwrap_or_default(),
                warnings,
                complete,
                evidence: evidence.as_ref(),
                detected: parts.envelope.get("detect").is_some(),
                errors,
            },
        );
    }
    DocumentReport {
        relations: tally.relations,
        warnings,
        errors: errors as u64,
        complete,
        evidence,
        assets: tally.assets,
        issues: tally.issues.into_kept(),
    }
}

fn evidence(stats: &Value, tally: &mut Tally) -> Option<Evidence> {
    let value = stats.get("evidence")?;
    match Evidence::deserialize(value) {
        Ok(evidence) => Some(evidence),
        Err(error) => {
            let issue = Issue::new(
                PluginResponseInvalid,
                "stats",
                "evidence",
                error.to_string(),
            );
            tally.issues.push(issue);
            None
        }
    }
}

/// A document with its long lists left unparsed.
struct Parts<'a> {
    /// The document with empty lists of assets and relations.
    envelope: Value,
    assets: Vec<&'a RawValue>,
    relations: Vec<&'a RawValue>,
}

impl<'a> Parts<'a> {
    fn of(document: &'a [u8]) -> Result<Self, Issue> {
        let not_json = |message: String| Issue::new(PluginOutputInvalidJson, "", "", message);
        let text = std::str::from_utf8(document).map_err(|error| {
            not_json(format!("is not UTF-8 from byte {} on", error.valid_up_to()))
        })?;
        let whole: &RawValue =
            serde_json::from_str(text).map_err(|error| not_json(error.to_string()))?;
        let Ok(members) = serde_json::from_str::<BTreeMap<String, &RawValue>>(whole.get()) else {
            return Err(Issue::new(
                PluginResponseInvalid,
                "",
                "",
                "is not an object",
            ));
        };
        if let Some(version) = members.get("schema_version") {
            let version: Value = serde_json::from_str(version.get()).unwrap_or_default();
            if version != SCHEMA_VERSION {
                let message = format!("is {version}, {SCHEMA_VERSION:?} is supported");
                return Err(Issue::new(
                    PluginSchemaVersionUnsupported,
                    "schema_version",
                    "",
                    message,
                ));
            }
        }
        let mut envelope = serde_json::Map::new();
        let mut lists = BTreeMap::new();
        for (name, value) in members {
            let list = matches!(name.as_str(), "assets" | "relations")
                .then(|| serde_json::from_str::<Vec<&RawValue>>(value.get()).ok())
                .flatten();
            let value = match list {
                Some(list) => {
                    lists.insert(name.clone(), list);
                    Value::Array(Vec::new())
                }
                None => serde_json::from_str(value.get())
                    .map_err(|error| not_json(format!("{name}: {error}")))?,
            };
            envelope.insert(name, value);
        }
        Ok(Parts {
            envelope: Value::Object(envelope),
            assets: lists.remove("assets").unwrap_or_default(),
            relations: lists.remove("relations").unwrap_or_default(),
        })
    }
}
