//! How a ledger processes a response. It knows only the contract.

use std::collections::HashSet;

use serde_json::Value;
use stocktake_tests::executable::error_codes;
use stocktake_tests::python;

use super::ledger::Ran;

const CATEGORIES: [&str; 8] = [
    "auth",
    "permission",
    "network",
    "rate_limit",
    "parse",
    "schema",
    "config",
    "unknown",
];
const KINDS: [&str; 3] = ["vm", "host", "cluster"];

/// A valid response, and its use.
#[derive(Debug)]
pub(super) struct Ingest {
    pub(super) document: Value,
    /// The response replaces the inventory of the ledger.
    pub(super) stores: bool,
}

impl Ingest {
    /// Applies the ledger's rules to the response to a request of `mode`.
    ///
    /// # Errors
    ///
    /// The rule that the response breaks: it is rejected.
    pub(super) fn of(ran: &Ran, mode: &str) -> Result<Self, String> {
        let code = ran.code().ok_or("it was ended by a signal")?;
        let line = ran.text.strip_suffix('\n').ok_or("stdout ends in a line")?;
        if line.contains('\n') || !line.is_ascii() {
            return Err("stdout is not one line of ASCII".to_owned());
        }
        let document: Value =
            serde_json::from_str(line).map_err(|error| format!("no JSON: {error}"))?;
        if document["schema_version"] != "collector-response-v1" {
            return Err(format!("schema_version {}", document["schema_version"]));
        }
        let errors = list(&document, "/errors")?;
        if (code == 0) != errors.is_empty() {
            return Err(format!("exit code {code} with {} errors", errors.len()));
        }
        let warnings = list(&document, "/stats/warnings")?;
        errors
            .iter()
            .try_for_each(|error| check_entry(error, true))?;
        warnings
            .iter()
            .try_for_each(|warning| check_entry(warning, false))?;
        let assets = list(&document, "/assets")?;
        let relations = list(&document, "/relations")?;
        for (name, items) in [("assets", assets), ("relations", relations)] {
            let counted = &document["stats"][name];
            if *counted != items.len() {
                return Err(format!("stats.{name} is {counted} of {}", items.len()));
            }
        }
        let ids = unique(assets)?;
        for relation in relations {
            bound(relation, &ids, mode)?;
        }
        let broken = python::schema_errors(ran.text.as_bytes());
        if !broken.is_empty() {
            return Err(broken);
        }
        let complete = document["stats"]["inventory_complete"] == true;
        if complete && !(mode.starts_with("collect") && errors.is_empty()) {
            return Err(format!("complete in mode {mode}"));
        }
        Ok(Ingest {
            document,
            stores: complete,
        })
    }

    /// Codes of the errors.
    pub(super) fn codes(&self) -> Vec<String> {
        error_codes(&self.document)
    }

    /// Assets of `kind`.
    pub(super) fn count(&self, kind: &str) -> u64 {
        let assets = self.document["assets"].as_array().into_iter().flatten();
        assets
            .filter(|asset| asset["external_kind"] == kind)
            .count() as u64
    }
}

fn list<'a>(document: &'a Value, pointer: &str) -> Result<&'a Vec<Value>, String> {
    let found = document.pointer(pointer).and_then(Value::as_array);
    found.ok_or_else(|| format!("{pointer} is no list"))
}

fn check_entry(entry: &Value, is_error: bool) -> Result<(), String> {
    let known = |category| CATEGORIES.contains(&category);
    let text = |key: &str| entry[key].as_str().is_some_and(|text| !text.is_empty());
    let sound = text("code")
        && text("message")
        && entry["category"].as_str().is_some_and(known)
        && entry["retryable"].is_boolean() == is_error;
    sound.then_some(()).ok_or_else(|| format!("entry {entry}"))
}

type Id<'a> = (&'a str, &'a str);

fn id(place: &Value) -> Result<Id<'_>, String> {
    let text = |key: &str| place[key].as_str().filter(|text| !text.is_empty());
    let id = text("external_kind").zip(text("external_id"));
    id.filter(|(kind, _)| KINDS.contains(kind))
        .ok_or_else(|| format!("no id: {place}"))
}

fn unique(assets: &[Value]) -> Result<HashSet<Id<'_>>, String> {
    let mut ids = HashSet::new();
    for asset in assets {
        let id = id(asset)?;
        if !ids.insert(id) {
            return Err(format!("{id:?} is a duplicate"));
        }
    }
    Ok(ids)
}

/// Both ends are in the response; with VMs only, their hosts are in the database.
fn bound(relation: &Value, ids: &HashSet<Id<'_>>, mode: &str) -> Result<(), String> {
    for end in ["from", "to"] {
        let id = id(&relation[end])?;
        let is_in_database = mode == "collect_vms" && id.0 == "host";
        if !is_in_database && !ids.contains(&id) {
            return Err(format!("{relation} dangles"));
        }
    }
    Ok(())
}
