//! Warnings: the messages of a run that goes on.

use stocktake_contract::normalized::Kind;
use stocktake_contract::{Problem, Warning, WarningCode};

use crate::moref::MoRef;
use crate::soap::fault::Fault;
use crate::tape::{Tape, Value};
use crate::vim::listing::Damage;

/// A VM that the vCenter has lost touch with.
#[must_use]
pub fn inaccessible_vm(id: &str, properties: &Tape) -> Warning {
    let state = properties
        .get("summary.runtime.connectionState")
        .and_then(Value::as_str)
        .unwrap_or_default();
    Warning::new(
        WarningCode::VmInaccessible,
        format!("{id} is {state}: only what the vCenter remembers of it could be read"),
    )
    .with("vm_id", id)
    .with("connection_state", state)
}

/// An object of which a part could not be decoded.
#[must_use]
pub fn quarantined(kind: Kind, id: &str, damage: &Damage) -> Warning {
    let what = match (damage.properties.as_slice(), damage.oversized) {
        ([], _) => "it is larger than any real one".to_owned(),
        (properties, false) => format!("{} hold no value of their type", properties.join(", ")),
        (properties, true) => format!(
            "{} hold no value of their type, and it is larger than any real one",
            properties.join(", ")
        ),
    };
    Warning::new(
        WarningCode::ObjectQuarantined,
        format!(
            "{} {id} could not be decoded whole: {what}; the rest of it is emitted, look at the object in the vCenter",
            kind.as_str()
        ),
    )
    .with("external_kind", kind.as_str())
    .with("external_id", id)
    .with("properties", damage.properties.clone())
    .with("digest", damage.digest.as_str())
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

/// The account's role begins below the root folder.
#[must_use]
pub fn hidden_root(root: MoRef<'_>, fault: &Fault) -> Warning {
    let privilege = fault.privilege.as_deref().unwrap_or("System.Read");
    Warning::new(
        WarningCode::RootUnreadable,
        format!(
            "the account may not read the root folder {}: what lies outside of its own roles is not listed, \
             and nothing tells that it exists; grant {privilege} on the root folder, or ask for the part it may see \
             with source.config.inventory_scope",
            root.value
        ),
    )
    .with("property", "name")
    .with("object", root.value)
    .with("fault", fault.name.as_str())
    .with("privilege", privilege)
}

/// The server handed out a page and refuses the next.
#[must_use]
pub fn continue_refused(fault: &Fault) -> Warning {
    let privilege = fault.privilege.as_deref().unwrap_or("System.Read");
    let object = fault
        .object
        .as_ref()
        .map_or("the root folder", |object| object.value.as_str());
    Warning::new(
        WarningCode::ContinueRefused,
        format!(
            "ContinueRetrievePropertiesEx was refused ({}), so the announced objects were read by name instead; \
             vCenter 7.0.3 to 8.0.2 does so to accounts without {privilege} on {object}: a read-only role there, \
             not propagated, cures it",
            fault.name
        ),
    )
    .with("fault", fault.name.as_str())
    .with("privilege", privilege)
}

/// The tags of no VM are known.
#[must_use]
pub fn tags_unread(reason: &str) -> Warning {
    Warning::new(
        WarningCode::TagsUnread,
        format!("no VM has its tags in this inventory, which is complete otherwise: {reason}"),
    )
}

/// The session could not be ended.
#[must_use]
pub fn session_left(problem: &Problem) -> Warning {
    Warning {
        redacted_context: problem.redacted_context.clone(),
        ..Warning::new(
            WarningCode::SessionLeft,
            format!(
                "the session could not be ended and expires on the server by itself: {}",
                problem.message
            ),
        )
    }
}
