//! What should be looked at.

use stocktake_contract::normalized::Kind;

use super::{Context, Sheet, columns};
use crate::health::Finding;

impl<'c> Context<'c> {
    fn finding(&self) -> Option<&'c Finding> {
        self.findings.get(self.row)
    }
}

columns! {
    HEALTH_COLUMNS = {
        "Name", "name of the object", |c| c.asset.name().into();
        "Message", "the finding", |c| c.finding().map(|finding| finding.about.message()).into();
        "Message type", "its name for programs", |c| c.finding().map(|finding| finding.about.code()).into();
        "Severity", "`critical`, `warning` or `info`", |c| c.finding().map(|finding| finding.about.severity()).into();
        "Value", "what was found", |c| c.finding().and_then(|finding| finding.value.as_ref()).into();
        "Kind", "external_kind", |c| c.asset.kind.as_str().into();
        "Object ID", "external_id", |c| c.asset.id.as_ref().into();
    }
}

pub(super) const HEALTH: Sheet = Sheet {
    name: "vHealth",
    about: "findings",
    kinds: &[Kind::Vm, Kind::Host, Kind::Datastore],
    rows: |c| c.findings.len(),
    columns: &[HEALTH_COLUMNS],
    has_attributes: false,
};
