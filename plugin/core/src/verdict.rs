//! Whether the list is the whole list, and if not, why.

use stocktake_contract::normalized::Kind;
use stocktake_contract::response::{Detection, Evidence};
use stocktake_contract::{ErrorCode, Problem, Warning, WarningCode};

use crate::collection::Collection;
use crate::config::Config;
use crate::output::Summary;

/// Missing objects named in one message; the rest is counted.
const NAMED: usize = 20;

/// The view's own list could not be read.
#[must_use]
pub fn no_announcement() -> Problem {
    Problem::new(
        ErrorCode::InventoryIncomplete,
        "the server did not tell which objects there are, so nothing proves the list whole; grant System.Read on the root folder",
    )
}

/// An announced object that no page held although it exists.
#[must_use]
pub fn withheld(kind: Kind, id: &str) -> Problem {
    missing_object(
        kind,
        id,
        "still exists, but no page held it; collect again, and if it stays, look at the vCenter's health",
    )
}

/// An announced object that neither a page nor a direct retrieval showed.
#[must_use]
pub fn hidden(kind: Kind, id: &str) -> Problem {
    missing_object(
        kind,
        id,
        "was never sent, and asked for directly the server neither showed it nor said that it is gone; grant System.Read on it, or collect again",
    )
}

fn missing_object(kind: Kind, id: &str, state: &str) -> Problem {
    Problem::new(
        ErrorCode::InventoryIncomplete,
        format!("the server announced {} {id}: it {state}", kind.as_str()),
    )
    .with("external_kind", kind.as_str())
    .with("external_id", id)
}

/// More announced objects are missing than can have vanished.
#[must_use]
pub fn short_list(missing: &[(Kind, String)]) -> Problem {
    let named: Vec<&str> = missing
        .iter()
        .take(NAMED)
        .map(|(_, id)| id.as_str())
        .collect();
    Problem::new(
        ErrorCode::InventoryIncomplete,
        format!(
            "the server announced {} objects that it never sent, {} first; collect again",
            missing.len(),
            named.first().unwrap_or(&"none")
        ),
    )
    .with("missing", missing.len())
    .with("objects", named)
}

/// An announced object that was deleted while reading.
#[must_use]
pub fn vanished(kind: Kind, id: &str) -> Warning {
    Warning::new(
        WarningCode::ObjectVanished,
        format!(
            "{} {id} was deleted while the inventory was read",
            kind.as_str()
        ),
    )
    .with("external_kind", kind.as_str())
    .with("external_id", id)
}

/// Draws the sum of a run.
#[must_use]
pub fn summarize(
    config: Option<&Config>,
    collection: &Collection,
    problems: &[Problem],
    evidence: &Evidence,
    detection: Option<&Detection>,
) -> Summary {
    let mut errors = problems.to_vec();
    errors.extend(collection.incomplete_vms.iter().cloned());
    errors.extend(further_incomplete_vms(collection));
    let collects = config.filter(|config| config.mode.collects());
    if let (Some(config), true) = (collects, errors.is_empty()) {
        errors.extend(unproved(evidence));
        errors.extend(nothing_found(config, collection));
        errors.extend(relations_empty(config, collection));
    }
    Summary {
        totals: collection.output.totals(),
        inventory_complete: collects.is_some() && errors.is_empty(),
        evidence: evidence.clone(),
        detection: detection.cloned(),
        errors,
    }
}

fn further_incomplete_vms(collection: &Collection) -> Option<Problem> {
    let further = collection.incomplete_vm_count - collection.incomplete_vms.len() as u64;
    (further > 0).then(|| {
        Problem::new(
            ErrorCode::InventoryIncomplete,
            format!("{further} more connected VMs lack required fields; grant System.Read on them"),
        )
    })
}

/// The counts have the last word, whatever the steps before concluded.
fn unproved(evidence: &Evidence) -> Option<Problem> {
    let unaccounted: u64 = evidence.kinds.iter().map(|kind| kind.unaccounted()).sum();
    (!evidence.drained || unaccounted > 0).then(|| {
        Problem::new(
            ErrorCode::InventoryIncomplete,
            format!("{unaccounted} announced objects are unaccounted for; collect again"),
        )
    })
}

fn nothing_found(config: &Config, collection: &Collection) -> Option<Problem> {
    (collection.output.totals().assets == 0 && !config.allow_empty).then(|| {
        Problem::new(
            ErrorCode::InventoryIncomplete,
            format!(
                "{} shows {} nothing to collect; grant it a role on the root folder that propagates, or allow an empty inventory with source.config.allow_empty",
                config.endpoint.authority, config.username
            ),
        )
    })
}

fn relations_empty(config: &Config, collection: &Collection) -> Option<Problem> {
    let vms = config.mode.collects_vms() && collection.inventory.emitted(Kind::Vm) > 0;
    let hosts = config.mode.collects_hosts() && collection.clusters_with_hosts > 0;
    (collection.output.totals().relations == 0 && (vms || hosts)).then(|| {
        let missing = if vms { "runtime.host of any VM" } else { "parent of any host" };
        Problem::new(
            ErrorCode::InventoryRelationsEmpty,
            format!("there are objects but no relations: {missing} could not be read; grant System.Read on the hosts and clusters"),
        )
    })
}
