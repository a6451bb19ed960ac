//! The snapshots of a VM: a tree, as a list in which each is before its children.

use stocktake_contract::details::{Text, VmSnapshot};

use super::time::time;
use super::values::{flag, name, text};
use crate::moref::MoRef;
use crate::tape::Value;

pub(super) fn snapshots<'a>(
    roots: Option<Value<'a>>,
    current: Option<MoRef<'a>>,
) -> Vec<VmSnapshot<'a>> {
    let mut list = Vec::new();
    // The next one is the last.
    let mut waiting: Vec<(Value<'a>, Option<&'a str>)> = Vec::new();
    let roots = roots.into_iter().flat_map(Value::fields);
    waiting.extend(roots.map(|root| (root, None)));
    waiting.reverse();
    while let Some((snapshot, parent)) = waiting.pop() {
        let reference = snapshot.get("snapshot").and_then(Value::as_reference);
        let id = reference.map(|reference| reference.value);
        list.push(VmSnapshot {
            id: id.and_then(Text::new),
            name: name(snapshot.get("name")),
            description: text(snapshot.get("description")),
            created_at: time(snapshot.get("createTime")),
            state: text(snapshot.get("state")),
            quiesced: flag(snapshot.get("quiesced")),
            parent: parent.and_then(Text::new),
            current: id.map(|id| current.is_some_and(|current| current.value == id)),
        });
        let behind = waiting.len();
        waiting.extend(snapshot.all("childSnapshotList").map(|child| (child, id)));
        waiting[behind..].reverse();
    }
    list
}
