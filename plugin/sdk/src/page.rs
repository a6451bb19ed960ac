//! The page that a source returns: a JSON line per asset, relation and warning.

use serde_json::{Value, json};
use stocktake_contract::Warning;
use stocktake_contract::normalized::{EXTENDED_VERSION, Kind, VERSION};

use crate::source::Counts;

/// Assets, relations and warnings of one page, counted as they are added.
#[derive(Debug, Default)]
pub struct Page {
    pub(crate) batch: String,
    pub(crate) assets: Counts,
    pub(crate) relations: u32,
    pub(crate) warnings: u32,
}

impl Page {
    /// Adds an asset. `id` is unique within its kind, `normalized` holds what the schema
    /// of the normalized asset has beside version and kind, and `raw` the object as it was read.
    pub fn asset(&mut self, kind: Kind, id: &str, mut normalized: Value, raw: &Value) {
        if let Value::Object(fields) = &mut normalized {
            let version = if kind.is_extended() {
                EXTENDED_VERSION
            } else {
                VERSION
            };
            fields.insert("version".to_owned(), version.into());
            fields.insert("kind".to_owned(), kind.as_str().into());
        }
        let (external_kind, external_id) = (kind.as_str(), id);
        self.line(&json!({"asset": {
            "external_kind": external_kind,
            "external_id": external_id,
            "normalized": normalized,
            "raw_payload": raw,
        }}));
        *self.assets.entry(kind).or_default() += 1;
    }

    /// Adds a relation, as in `runs_on`, between two assets of this run, each by kind and id.
    pub fn relation(&mut self, kind: &str, from: (Kind, &str), to: (Kind, &str)) {
        let end = |(kind, id): (Kind, &str)| json!({"external_kind": kind, "external_id": id});
        let (from, to) = (end(from), end(to));
        self.line(&json!({"relation": {"type": kind, "from": from, "to": to, "raw_payload": {}}}));
        self.relations += 1;
    }

    /// Adds a warning, which does not end the run.
    pub fn warning(&mut self, warning: &Warning) {
        self.line(&json!({"warning": warning}));
        self.warnings += 1;
    }

    fn line(&mut self, value: &Value) {
        self.batch += &value.to_string();
        self.batch.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use stocktake_contract::{Warning, WarningCode};

    use super::{Kind, Page};

    #[test]
    fn a_page_is_a_line_per_item_and_counts_them() {
        let mut page = Page::default();
        let raw = json!({"name": "a\nb"});
        page.asset(Kind::Host, "host-1", json!({"identity": {}}), &raw);
        page.asset(Kind::Datastore, "store-1", json!({}), &Value::Null);
        page.relation("runs_on", (Kind::Vm, "vm-1"), (Kind::Host, "host-1"));
        page.warning(&Warning::new(WarningCode::ObjectVanished, "vm-2 is gone"));
        let lines: Vec<Value> = page
            .batch
            .lines()
            .map(|line| line.parse().expect(line))
            .collect();
        let asset = json!({
            "external_kind": "host",
            "external_id": "host-1",
            "normalized": {"version": "normalized-v1", "kind": "host", "identity": {}},
            "raw_payload": raw,
        });
        assert_eq!(lines[0]["asset"], asset);
        assert_eq!(
            lines[1]["asset"]["normalized"]["version"],
            "normalized-extended-v1"
        );
        let relation = json!({
            "type": "runs_on",
            "from": {"external_kind": "vm", "external_id": "vm-1"},
            "to": {"external_kind": "host", "external_id": "host-1"},
            "raw_payload": {},
        });
        assert_eq!(lines[2]["relation"], relation);
        assert_eq!(lines[3]["warning"]["code"], "VCENTER_OBJECT_VANISHED");
        assert_eq!(
            page.assets.into_iter().collect::<Vec<_>>(),
            [(Kind::Host, 1), (Kind::Datastore, 1)]
        );
        assert_eq!((page.relations, page.warnings), (1, 1));
    }
}
