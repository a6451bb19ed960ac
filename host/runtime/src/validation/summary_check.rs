//! Rules of the summary: counts, evidence, completeness.

use stocktake_contract::ErrorCode::{
    InventoryIncomplete, InventoryRelationsEmpty, PluginExitNonzero, PluginResponseInvalid,
};
use stocktake_contract::response::{Evidence, KindEvidence};

use super::issue::Issue;
use super::item_validator::ItemValidator;

/// What a collector says of its own answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SummaryCheck<'a> {
    pub(crate) assets: u64,
    pub(crate) relations: u64,
    pub(crate) warnings: u64,
    pub(crate) complete: bool,
    pub(crate) evidence: Option<&'a Evidence>,
    pub(crate) detected: bool,
    pub(crate) errors: usize,
}

/// Holds the summary against what was received.
pub(crate) fn check_summary(items: &mut ItemValidator, check: &SummaryCheck<'_>) {
    // A run that failed half-way has relations whose other end never came.
    if check.errors == 0 {
        items.dangling();
    }
    let mut found = Vec::new();
    counts(items, check, &mut found);
    if let Some(evidence) = check.evidence {
        sums(items, check.complete, evidence, &mut found);
    }
    if check.complete {
        completeness(items, check, &mut found);
    } else {
        failure(items, check, &mut found);
    }
    for issue in found {
        items.issues.push(issue);
    }
}

fn counts(items: &ItemValidator, check: &SummaryCheck<'_>, found: &mut Vec<Issue>) {
    for (name, said, received) in [
        ("assets", check.assets, items.asset_count()),
        ("relations", check.relations, items.relations),
        ("warnings", check.warnings, items.warnings),
    ] {
        if said != received {
            found.push(contradiction(
                name,
                format!("says {said}, {received} were received"),
            ));
        }
    }
}

/// The evidence adds up with what was received so far.
pub(crate) fn evidence_is_consistent(items: &ItemValidator, evidence: &Evidence) -> bool {
    let mut found = Vec::new();
    sums(items, false, evidence, &mut found);
    found.is_empty()
}

fn sums(items: &ItemValidator, is_complete: bool, evidence: &Evidence, found: &mut Vec<Issue>) {
    for (position, kind) in evidence.kinds.iter().enumerate() {
        let path = format!("evidence.kinds[{position}]");
        let mut push = |message| found.push(contradiction(&path, message).of(&kind.kind));
        if evidence.kinds[..position]
            .iter()
            .any(|other| other.kind == kind.kind)
        {
            push("reports a kind twice".to_owned());
            continue;
        }
        let Sums { sent, placed } = Sums::of(kind, items.assets_of(&kind.kind));
        if u128::from(kind.returned) + u128::from(kind.vanished) > u128::from(kind.announced) {
            push(format!(
                "returned {} and vanished {} are more than announced {}",
                kind.returned, kind.vanished, kind.announced
            ));
        }
        if placed > sent || (is_complete && placed < sent) {
            push(format!(
                "emitted {} and excluded {} do not add up with returned {}, unannounced {} and quarantined {}",
                items.assets_of(&kind.kind),
                kind.excluded,
                kind.returned,
                kind.unannounced,
                kind.quarantined
            ));
        }
    }
    for (kind, count) in &items.assets {
        // Assets without a readable kind were reported as such.
        if !kind.is_empty() && !evidence.kinds.iter().any(|reported| reported.kind == *kind) {
            found.push(contradiction(
                "evidence.kinds",
                format!("does not report {kind:?}, of which {count} were received"),
            ));
        }
    }
}

/// The two sides of what the server sent and where it went.
struct Sums {
    sent: u128,
    placed: u128,
}

impl Sums {
    fn of(kind: &KindEvidence, emitted: u64) -> Self {
        let sum = |parts: &[u64]| parts.iter().copied().map(u128::from).sum();
        Sums {
            sent: sum(&[kind.returned, kind.unannounced, kind.quarantined]),
            placed: sum(&[emitted, kind.excluded]),
        }
    }
}

fn completeness(items: &ItemValidator, check: &SummaryCheck<'_>, found: &mut Vec<Issue>) {
    let contradictory = |message: String| contradiction("inventory_complete", message);
    if check.errors > 0 {
        found.push(contradictory(format!(
            "is true although there are {} errors",
            check.errors
        )));
    }
    if let Some(mode) = items.scope.mode
        && !mode.collects()
    {
        found.push(contradictory(format!("is true in mode {mode}")));
        return;
    }
    if items.asset_count() == 0 && !items.scope.allow_empty {
        found.push(unproved(
            "inventory_complete",
            "is true although nothing was received; set allow_empty if that is right",
        ));
    }
    let vms = items.assets_of("vm");
    if vms > 0 && items.relations == 0 && !items.scope.may_lack_hosts {
        found.push(Issue::new(
            InventoryRelationsEmpty,
            "relations",
            "",
            format!("there are none although {vms} VMs were received"),
        ));
    }
    match check.evidence {
        Some(evidence) => proof(items, evidence, found),
        None if items.scope.evidence_owed => {
            found.push(unproved("inventory_complete", "is true without evidence"));
        }
        None => {}
    }
}

fn proof(items: &ItemValidator, evidence: &Evidence, found: &mut Vec<Issue>) {
    // What is left goes with its session, and a session that is left has to be reported.
    let may_be_left = items.reported_session_left && evidence.sessions_left() > 0;
    let parts = [
        (
            "sessions",
            evidence.logins,
            [evidence.logouts, evidence.sessions_lost],
        ),
        (
            "views",
            evidence.views_created,
            [evidence.views_destroyed, evidence.views_lost],
        ),
    ];
    for (what, made, [ended, lost]) in parts {
        let over = u64::from(ended) + u64::from(lost);
        if u64::from(made) < over || (u64::from(made) > over && !may_be_left) {
            found.push(contradiction(
                "evidence",
                format!("{made} {what} were made, {ended} ended and {lost} lost"),
            ));
        }
    }
    if !evidence.drained {
        found.push(unproved(
            "evidence.drained",
            "the server had more pages when the listing ended",
        ));
    }
    for (position, kind) in evidence.kinds.iter().enumerate() {
        let unaccounted = u128::from(kind.announced).saturating_sub(
            u128::from(kind.returned) + u128::from(kind.vanished) + u128::from(kind.quarantined),
        );
        if unaccounted > 0 {
            let message = format!(
                "{unaccounted} of {} announced objects are neither returned, vanished nor quarantined",
                kind.announced
            );
            found.push(unproved(format!("evidence.kinds[{position}]"), message).of(&kind.kind));
        }
        if kind.unannounced > 0 {
            let message = format!(
                "{} objects came that no list of the server's names, so nothing tells how many more there are",
                kind.unannounced
            );
            found.push(unproved(format!("evidence.kinds[{position}]"), message).of(&kind.kind));
        }
    }
    for kind in items.scope.owed_kinds() {
        if !evidence.kinds.iter().any(|reported| reported.kind == kind) {
            found.push(unproved(
                "evidence.kinds",
                format!("does not report {kind:?}, which the mode covers"),
            ));
        }
    }
}

fn failure(items: &ItemValidator, check: &SummaryCheck<'_>, found: &mut Vec<Issue>) {
    if check.errors > 0 {
        return;
    }
    match items.scope.mode {
        Some(mode) if mode.collects() => found.push(unexplained()),
        Some(stocktake_contract::request::Mode::Detect) if !check.detected => {
            found.push(Issue::new(
                PluginResponseInvalid,
                "detect",
                "",
                "is missing although mode detect reports no error",
            ));
        }
        Some(_) => {}
        None if items.asset_count() > 0 => found.push(unexplained()),
        None => {}
    }
}

fn unexplained() -> Issue {
    Issue::new(
        PluginExitNonzero,
        "errors",
        "",
        "is empty although the inventory is not complete: the collector failed without saying why",
    )
}

fn contradiction(path: impl Into<String>, message: impl AsRef<str>) -> Issue {
    Issue::new(PluginResponseInvalid, "stats", path, message)
}

fn unproved(path: impl Into<String>, message: impl AsRef<str>) -> Issue {
    Issue::new(InventoryIncomplete, "stats", path, message)
}
