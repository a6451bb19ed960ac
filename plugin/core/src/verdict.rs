//! Whether the list is the whole list, and if not, why.

use stocktake_contract::normalized::Kind;
use stocktake_contract::request::Profile;
use stocktake_contract::response::{Detection, Evidence};
use stocktake_contract::{ErrorCode, Problem};

use crate::collection::Collection;
use crate::config::Config;
use crate::moref::{MoRef, OwnedMoRef};
use crate::output::Summary;
use crate::soap::fault::Fault;

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

/// The root folder could not be read, and the request demands that it can.
#[must_use]
pub fn root_required(root: MoRef<'_>, fault: &Fault) -> Problem {
    let privilege = fault.privilege.as_deref().unwrap_or("System.Read");
    Problem::new(
        ErrorCode::VcenterPermissionDenied,
        format!(
            "the account may not read the root folder {}, so its inventory would be what its own roles cover, and source.config.require_root demands all of it: grant {privilege} on the root folder, or drop require_root",
            root.value
        ),
    )
    .with("object", root.value)
    .with("fault", fault.name.as_str())
    .with("privilege", privilege)
}

/// The list says that there is nothing, and the pages hold objects.
#[must_use]
pub fn empty_list(objects: u64) -> Problem {
    Problem::new(
        ErrorCode::InventoryIncomplete,
        format!(
            "the server's list of what there is was empty although its pages held {objects} objects, so nothing proves them whole; collect again, and if it stays, look at the vCenter's health and at any proxy before it"
        ),
    )
    .with("objects", objects)
}

/// The folders, datacenters and compute resources that came are not those that the server listed.
#[must_use]
pub fn torn_tree(id: &str) -> Problem {
    Problem::new(
        ErrorCode::InventoryIncomplete,
        format!(
            "the tree in which source.config.inventory_scope is looked up was not sent whole: {id} is in the server's list and on no page, or the other way round; collect again"
        ),
    )
    .with("object", id)
}

/// Objects came that no list of the server's names.
#[must_use]
pub fn unlisted(objects: &[(Kind, OwnedMoRef)]) -> Option<Problem> {
    about(
        objects,
        "came, but neither the server's list nor the list read again behind it holds",
        "created and deleted again in between, or changed on the way; collect again, and if it stays, look at any proxy before the vCenter",
    )
}

/// The list that was read again lacks too much to ask for it piece by piece.
#[must_use]
pub fn forgetful_list(objects: &[(Kind, OwnedMoRef)]) -> Option<Problem> {
    about(
        objects,
        "came, but the server's list, read again, no longer holds",
        "that many are not deleted during a run; collect again",
    )
}

/// Each list names objects that the one before did not.
#[must_use]
pub fn unsettled_list(objects: &[(Kind, OwnedMoRef)]) -> Option<Problem> {
    about(
        objects,
        "came up in the last of several lists, and the one before did not name",
        "more is created than one call per object can follow; collect again, or with strategy property_collector",
    )
}

/// `what` is followed or preceded by the objects that it is said of.
fn about(objects: &[(Kind, OwnedMoRef)], what: &str, cure: &str) -> Option<Problem> {
    let (kind, first) = objects.first()?;
    let named: Vec<&str> = objects
        .iter()
        .take(NAMED)
        .map(|(_, object)| object.value.as_str())
        .collect();
    let them = if objects.len() == 1 { "it" } else { "them" };
    Some(
        Problem::new(
            ErrorCode::InventoryIncomplete,
            format!(
                "{} {}{} {what} {them}: {cure}",
                kind.as_str(),
                first.value,
                others(objects.len())
            ),
        )
        .with("external_kind", kind.as_str())
        .with("external_id", first.value.as_str())
        .with("count", objects.len())
        .with("objects", named),
    )
}

fn others(count: usize) -> String {
    match count - 1 {
        0 => String::new(),
        others => format!(" and {others} others"),
    }
}

/// Announced objects whose whereabouts the server does not explain: a problem for each way.
fn withheld(objects: &[Withheld]) -> impl Iterator<Item = Problem> {
    let of = |whereabouts| {
        let alike: Vec<&Withheld> = objects
            .iter()
            .filter(|object| object.whereabouts == whereabouts)
            .collect();
        withheld_alike(&alike)
    };
    [
        Whereabouts::There,
        Whereabouts::Unknown,
        Whereabouts::Delisted,
    ]
    .into_iter()
    .filter_map(of)
}

fn withheld_alike(objects: &[&Withheld]) -> Option<Problem> {
    let first = objects.first()?;
    let named: Vec<&str> = objects.iter().map(|object| object.id.as_str()).collect();
    let state = match first.whereabouts {
        Whereabouts::There => {
            "no page held it although it still exists; collect again, and if it stays, look at the vCenter's health"
        }
        Whereabouts::Unknown => {
            "no page held it, and asked for directly the server neither showed it nor said that it is gone; grant System.Read on it, or collect again"
        }
        Whereabouts::Delisted => {
            "its list, read again, no longer holds it, and asked for directly the server does not say that it is gone; collect again, and if it stays, look at the vCenter's health"
        }
    };
    Some(
        Problem::new(
            ErrorCode::InventoryIncomplete,
            format!(
                "the server announced {} {}{}: {state}",
                first.kind.as_str(),
                first.id,
                others(objects.len())
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

/// An announced object that the server's answers contradict each other about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withheld {
    /// What it is.
    pub kind: Kind,
    /// Its id.
    pub id: String,
    /// What the server answers when asked for it alone.
    pub whereabouts: Whereabouts,
}

/// What became of an object that the server was asked for alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whereabouts {
    /// No page held it, and it exists.
    There,
    /// No page held it, and the server does not say whether it exists.
    Unknown,
    /// A page held it, a later list does not, and the server does not say that it is gone.
    Delisted,
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
    errors.extend(collection.completeness_gaps.problems(vms));
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
    let kinds = evidence.kinds.iter();
    let unaccounted: u64 = kinds.clone().map(|kind| kind.unaccounted()).sum();
    let unannounced: u64 = kinds.map(|kind| kind.unannounced).sum();
    (!evidence.drained || unaccounted > 0 || unannounced > 0).then(|| {
        Problem::new(
            ErrorCode::InventoryIncomplete,
            format!("{unaccounted} announced objects are unaccounted for, and {unannounced} came that were not announced; collect again"),
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
    (collection.related == 0 && (vms || hosts)).then(|| {
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
