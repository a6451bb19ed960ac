//! The message for what differs between what was received and what there is.

use stocktake_contract::{ErrorCode, Problem};

use super::Object;
use crate::quote::printable;

/// Objects that one message names; the rest is counted.
pub(super) const NAMED: usize = 20;
/// Characters of an id in a message.
pub(super) const ID: usize = 100;

/// The ways in which a list is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Difference {
    /// Listed, there, and not emitted.
    Withheld,
    /// Listed, not emitted, and the source does not say that it is gone.
    Unclear,
    /// Emitted, and neither listed nor there.
    Invented,
    /// Emitted, there, and not part of what was asked for.
    Outside,
}

impl Difference {
    /// The problem of these objects, if there are any.
    pub(super) fn problem(self, objects: &[Object]) -> Option<Problem> {
        let first = objects.first()?;
        let (code, before, after) = match self {
            Difference::Withheld => (
                ErrorCode::InventoryIncomplete,
                "the host's own list has ",
                ", which the collector left out although it exists; collect again, and if it stays, do not use this collector",
            ),
            Difference::Unclear => (
                ErrorCode::InventoryIncomplete,
                "the host's own list has ",
                ", which the collector left out, and asked for directly the server neither showed it nor said that it is gone; grant System.Read on it, or collect again",
            ),
            Difference::Invented => (
                ErrorCode::PluginResponseInvalid,
                "the collector emitted ",
                ", which is not in the host's own list and does not exist; do not use this collector",
            ),
            Difference::Outside => (
                ErrorCode::PluginResponseInvalid,
                "the collector emitted ",
                ", which lies outside of source.config.inventory_scope; collect again in case it was moved meanwhile, and if it stays, do not use this collector",
            ),
        };
        let message = format!("{before}{}{after}", name(objects));
        Some(with_objects(Problem::new(code, message), first, objects))
    }
}

/// An object that was emitted as something else than it is.
pub(super) fn misnamed(object: &Object, kind: Option<&str>) -> Problem {
    let what = kind.unwrap_or("no object of an inventory");
    let message = format!(
        "the collector emitted {} {}, which the server knows as {what}; do not use this collector",
        object.kind,
        printable(&object.id, ID)
    );
    let problem = Problem::new(ErrorCode::PluginResponseInvalid, message);
    with_objects(problem, object, std::slice::from_ref(object))
}

/// More objects differ than can come and go during a run.
pub(super) fn too_many(what: &str, count: usize, first: &Object) -> Problem {
    let message = format!(
        "{count} objects {what}, {} {} first, which is more than can come and go during a run; collect again, and if it stays, do not use this collector",
        first.kind,
        printable(&first.id, ID)
    );
    let problem = Problem::new(ErrorCode::InventoryIncomplete, message);
    with_objects(problem, first, std::slice::from_ref(first))
}

fn with_objects(problem: Problem, first: &Object, objects: &[Object]) -> Problem {
    let ids: Vec<String> = objects
        .iter()
        .take(NAMED)
        .map(|object| printable(&object.id, ID))
        .collect();
    problem
        .with("external_kind", first.kind)
        .with("external_id", printable(&first.id, ID))
        .with("objects", ids)
}

/// The first by name, and how many others there are.
fn name(objects: &[Object]) -> String {
    let named: Vec<String> = objects
        .iter()
        .take(NAMED)
        .map(|object| format!("{} {}", object.kind, printable(&object.id, ID)))
        .collect();
    let named = named.join(", ");
    match objects.len().saturating_sub(NAMED) {
        0 => named,
        others => format!("{named} and {others} more"),
    }
}
