//! The fields of an asset that changed.

use serde_json::{Map, Value};

use super::result::FieldChange;
use crate::asset::Asset;

/// Members that tell the objects of a list apart, the best one first.
const KEYS: [&str; 8] = [
    "key", "id", "device", "label", "name", "path", "ip", "start",
];

/// Fields that say where an asset is, which is reported as a move.
const PLACES: [&str; 4] = [
    "details.folder_path",
    "details.cluster",
    "details.disks.datastore_id",
    "details.disks.datastore_name",
];

/// What is compared.
#[derive(Debug)]
pub(super) struct Compared<'o> {
    /// Both responses have details.
    pub(super) has_details: bool,
    /// Fields that are not compared.
    pub(super) ignored: &'o [String],
}

impl Compared<'_> {
    /// The fields that differ.
    pub(super) fn changes(
        &self,
        old: &Asset<'_>,
        new: &Asset<'_>,
    ) -> serde_json::Result<Vec<FieldChange>> {
        let mut changes = Changes {
            compared: self,
            found: Vec::new(),
        };
        let normalized = Path::new("normalized");
        let [before, after] = [old, new].map(|asset| serde_json::from_str(asset.normalized_text));
        changes.compare(&normalized, Some(&before?), Some(&after?));
        if self.has_details {
            let details =
                |asset: &Asset<'_>| asset.details_text.map(serde_json::from_str).transpose();
            let (before, after): (Option<Value>, Option<Value>) = (details(old)?, details(new)?);
            changes.compare(&Path::new("details"), before.as_ref(), after.as_ref());
        }
        Ok(changes.found)
    }

    fn skips(&self, field: &str) -> bool {
        let places = PLACES.iter().copied();
        let mut skipped = self.ignored.iter().map(String::as_str).chain(places);
        skipped.any(|skipped| {
            let rest = field.strip_prefix(skipped);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    }
}

/// Where a value is.
struct Path {
    /// With what tells items of lists apart, as in `details.disks[2000].path`.
    full: String,
    /// Without, as in `details.disks.path`.
    plain: String,
}

impl Path {
    fn new(name: &str) -> Self {
        Path {
            full: name.to_owned(),
            plain: name.to_owned(),
        }
    }

    fn member(&self, name: &str) -> Self {
        Path {
            full: format!("{}.{name}", self.full),
            plain: format!("{}.{name}", self.plain),
        }
    }

    fn item(&self, key: &str) -> Self {
        Path {
            full: format!("{}[{key}]", self.full),
            plain: self.plain.clone(),
        }
    }
}

struct Changes<'c> {
    compared: &'c Compared<'c>,
    found: Vec<FieldChange>,
}

impl Changes<'_> {
    fn compare(&mut self, path: &Path, old: Option<&Value>, new: Option<&Value>) {
        if old == new || self.compared.skips(&path.plain) {
            return;
        }
        match (old, new) {
            (Some(Value::Object(old)), Some(Value::Object(new))) => {
                self.compare_members(path, old, new);
            }
            (Some(Value::Array(old)), Some(Value::Array(new)))
                if let Some(key) = common_key(old, new) =>
            {
                self.compare_items(path, key, old, new);
            }
            _ => self.found.push(FieldChange {
                field: path.full.clone(),
                old: old.cloned(),
                new: new.cloned(),
            }),
        }
    }

    fn compare_members(&mut self, path: &Path, old: &Map<String, Value>, new: &Map<String, Value>) {
        let fresh = new.keys().filter(|name| !old.contains_key(*name));
        for name in old.keys().chain(fresh) {
            self.compare(&path.member(name), old.get(name), new.get(name));
        }
    }

    fn compare_items(&mut self, path: &Path, key: &str, old: &[Value], new: &[Value]) {
        let find =
            |items: &[Value], wanted: &Value| items.iter().position(|item| &item[key] == wanted);
        let fresh = new.iter().filter(|item| find(old, &item[key]).is_none());
        for item in old.iter().chain(fresh) {
            let wanted = &item[key];
            let [before, after] =
                [old, new].map(|items| find(items, wanted).map(|place| &items[place]));
            self.compare(&path.item(&super::shown(Some(wanted))), before, after);
        }
    }
}

/// A member that every object of both lists has, and no two of a list in common.
fn common_key(old: &[Value], new: &[Value]) -> Option<&'static str> {
    let tells_apart = |items: &[Value], key: &str| {
        let mut seen = Vec::with_capacity(items.len());
        items.iter().all(|item| {
            let value = item
                .get(key)
                .filter(|value| value.is_string() || value.is_u64());
            let is_new = value.is_some_and(|value| !seen.contains(&value));
            seen.extend(value);
            is_new
        })
    };
    let mut keys = KEYS.into_iter();
    keys.find(|key| tells_apart(old, key) && tells_apart(new, key))
}
