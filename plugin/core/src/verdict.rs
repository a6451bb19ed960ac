//! Whether the list is the whole list, and if not, why.

use stocktake_contract::normalized::Kind;
use stocktake_contract::request::Profile;
use stocktake_contract::response::{Detection, Evidence};
use stocktake_contract::{ErrorCode, Problem};

use crate::collection::Collection;
use crate::config::Config;
use crate::moref::OwnedMoRef;
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

/// Announced objects that no page held, although the server does not say that they are gone.
#[must_use]
fn withheld(objects: &[Withheld]) -> Option<Problem> {
    let first = objects.first()?;
    let named: Vec<&str> = objects.iter().map(|object| object.id.as_str()).collect();
    let state = if first.exists {
        "no page held it although it still exists; collect again, and if it stays, look at the vCenter's health"
    } else {
        "no page held it, and asked for directly the server neither showed it nor said that it is gone; grant System.Read on it, or collect again"
    };
    let others = match objects.len() - 1 {
        0 => String::new(),
        others => format!(" and {others} others"),
    };
    Some(
        Problem::new(
            ErrorCode::InventoryIncomplete,
            format!(
                "the server announced {} {}{others}: {state}",
                first.kind.as_str(),
                first.id
            ),
        )
        .with("external_kind", first.kind.as_str())
        .with("external_id", first.id.as_str())
        .with("objects", named),
    )
}

/// More announced objects are missing than can have vanished.
#[must_use]
pub fn short_list(missing: &[(Kind, OwnedMoRef)]) -> Problem {
    let named: Vec<&str> = missing
        .iter()
        .take(NAMED)
        .map(|(_, object)| object.value.as_str())
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

/// An announced object that did not come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withheld {
    /// What it is.
    pub kind: Kind,
    /// Its id.
    pub id: String,
    /// The server shows it when asked for it alone.
    pub exists: bool,
}

/// Draws the sum of a run.
#[must_use]
pub fn summarize(
    config: Option<&Config>,
    collection: &Collection,
    problems: &[Problem],
    withheld_objects: &[Withheld],
    evidence: &Evidence,
    detection: Option<&Detection>,
) -> Summary {
    let mut errors = problems.to_vec();
    errors.extend(withheld(withheld_objects));
    let vms = collection.inventory.emitted(Kind::Vm);
    errors.extend(collection.shortcomings.problems(vms));
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
                config.endpoint.authority,
                config.account()
            ),
        )
    })
}

fn relations_empty(config: &Config, collection: &Collection) -> Option<Problem> {
    let vms = config.mode.collects_vms() && collection.inventory.emitted(Kind::Vm) > 0;
    let hosts = config.mode.collects_hosts() && collection.clusters_with_hosts > 0;
    let lies_outside =
        !config.scope.is_everything() && !collection.inventory.placements().is_empty();
    if lies_outside && config.profile == Profile::Sync {
        return None;
    }
    (collection.output.totals().relations == 0 && (vms || hosts)).then(|| {
        let unseen = |relation| collection.unseen.referred(relation);
        let reason = if lies_outside {
            "the asked part of the inventory holds VMs and none of their hosts; use mode collect_vms, or widen source.config.inventory_scope".to_owned()
        } else if let (true, Some(hosts)) = (vms, unseen("runs_on")) {
            format!("the hosts of the VMs ({hosts}) are out of the account's sight; grant System.Read on them, or use mode collect_vms")
        } else if vms {
            "runtime.host of any VM could not be read; grant System.Read on the hosts and clusters".to_owned()
        } else if let Some(clusters) = unseen("member_of") {
            format!("the clusters of the hosts ({clusters}) are out of the account's sight; grant System.Read on them")
        } else {
            "parent of any host could not be read; grant System.Read on the hosts and clusters".to_owned()
        };
        Problem::new(
            ErrorCode::InventoryRelationsEmpty,
            format!("there are objects but no relations: {reason}"),
        )
    })
}
