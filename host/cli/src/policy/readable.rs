//! Readable properties as a table of paths by type.

use std::collections::BTreeMap;

use serde::de::{Deserialize as _, Deserializer, Error as _};
use serde::ser::Serializer;
use stocktake_runtime::gateway::Readable;

pub(super) fn serialize<S: Serializer>(
    readable: &Readable,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let types = readable.types();
    serializer.collect_map(types.map(|(of, paths)| (of, paths.collect::<Vec<_>>())))
}

/// What a document lists is readable besides what always is.
pub(super) fn deserialize<'d, D: Deserializer<'d>>(deserializer: D) -> Result<Readable, D::Error> {
    let listed = BTreeMap::<String, Vec<String>>::deserialize(deserializer)?;
    let paths = listed
        .iter()
        .flat_map(|(of, paths)| paths.iter().map(move |path| (of, path)));
    let mut readable = Readable::default();
    for (of, path) in paths {
        readable = readable.and(of, path).map_err(D::Error::custom)?;
    }
    Ok(readable)
}
