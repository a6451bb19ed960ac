//! What went wrong, per object.

use std::io;

use serde::Serialize;
use serde_json::{Map, Value};
use stocktake_runtime::Spool;

/// Facts that name one object.
const ONE: [&str; 3] = ["external_id", "vm_id", "object"];
/// The fact that names several.
const SEVERAL: &str = "objects";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Severity {
    /// The inventory is still complete.
    Warning,
    /// The inventory is not complete.
    Error,
}

/// An entry of `errors`.
#[derive(Serialize)]
struct Entry<'e> {
    /// The id of the object; empty when it is not about one object.
    object: &'e str,
    message: &'e str,
    severity: Severity,
}

/// Adds an entry for each object that `context` names, else one without an object.
pub(super) fn add(
    errors: &mut Spool,
    severity: Severity,
    message: &str,
    context: Option<&Map<String, Value>>,
) -> io::Result<()> {
    let mut named = objects(context);
    if named.is_empty() {
        named.push("");
    }
    for object in named {
        errors.add(&[&entry(object, severity, message)?])?;
    }
    Ok(())
}

/// An entry as JSON.
pub(super) fn entry(object: &str, severity: Severity, message: &str) -> io::Result<String> {
    let entry = Entry {
        object,
        message,
        severity,
    };
    Ok(serde_json::to_string(&entry)?)
}

fn objects(context: Option<&Map<String, Value>>) -> Vec<&str> {
    let Some(context) = context else {
        return Vec::new();
    };
    let one = ONE.iter().find_map(|key| context.get(*key)?.as_str());
    let several = context.get(SEVERAL).and_then(Value::as_array);
    let several = several.into_iter().flatten().filter_map(Value::as_str);
    match one {
        Some(one) => vec![one],
        None => several.collect(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Severity, Spool, add};

    fn objects(context: &Value) -> Vec<Value> {
        let mut errors = Spool::new(1 << 20);
        add(&mut errors, Severity::Warning, "é", context.as_object()).expect("kept");
        let mut objects = Vec::new();
        let mut lines = errors.read().expect("read");
        while let Some(line) = lines.next_line().expect("read") {
            let mut entry: Value = serde_json::from_str(line).expect("JSON");
            objects.push(entry["object"].take());
            assert_eq!(
                entry,
                json!({"object": null, "message": "é", "severity": "warning"})
            );
        }
        objects
    }

    /// PC-9: a warning becomes an entry for each object that it names.
    #[test]
    fn there_is_an_entry_per_object_and_one_when_none_is_named() {
        assert_eq!(
            objects(&json!({"external_id": "vm-1", "external_kind": "vm"})),
            ["vm-1"]
        );
        assert_eq!(objects(&json!({"vm_id": "vm-2"})), ["vm-2"]);
        assert_eq!(objects(&json!({"object": "host-3"})), ["host-3"]);
        assert_eq!(
            objects(&json!({"objects": ["vm-4", "vm-5"], "count": 2})),
            ["vm-4", "vm-5"]
        );
        assert_eq!(objects(&json!({"objects": []})), [""]);
        assert_eq!(objects(&json!({"property": "config.uuid"})), [""]);
        assert_eq!(objects(&Value::Null), [""]);
    }
}
