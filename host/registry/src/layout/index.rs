//! The list of a layout's manifests. Foreign entries stay unchanged.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::digest::Digest;
use crate::manifest::Descriptor;

const MEDIA_TYPE: &str = "application/vnd.oci.image.index.v1+json";
/// The annotation that holds a tag.
const TAG: &str = "org.opencontainers.image.ref.name";

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Index {
    schema_version: u32,
    manifests: Vec<Map<String, Value>>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

impl Default for Index {
    fn default() -> Self {
        let others = Map::from_iter([("mediaType".to_owned(), MEDIA_TYPE.into())]);
        Index {
            schema_version: 2,
            manifests: Vec::new(),
            others,
        }
    }
}

impl Index {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, String> {
        let index: Index = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        match index.schema_version {
            2 => Ok(index),
            other => Err(format!("schema version {other}, not 2")),
        }
    }

    /// The manifest that has this tag.
    pub(super) fn find(&self, tag: &str) -> Option<Digest> {
        let entry = self
            .manifests
            .iter()
            .find(|entry| tag_of(entry) == Some(tag))?;
        entry.get("digest")?.as_str()?.parse().ok()
    }

    /// Every tag, in the order of the list.
    pub(super) fn tags(&self) -> Vec<&str> {
        self.manifests.iter().filter_map(tag_of).collect()
    }

    /// Lists a manifest, and moves the tag to it.
    pub(super) fn add(&mut self, descriptor: &Descriptor, tag: Option<&str>) {
        let digest = descriptor.digest.as_str();
        let same = |entry: &Map<String, Value>| {
            entry.get("digest").and_then(Value::as_str) == Some(digest)
        };
        match tag {
            // A manifest with a tagged entry needs no untagged one.
            None if self.manifests.iter().any(same) => return,
            None => {}
            Some(tag) => self.manifests.retain(|entry| {
                let stale = tag_of(entry).is_none() && same(entry);
                tag_of(entry) != Some(tag) && !stale
            }),
        }
        let mut entry = Map::from_iter([
            ("mediaType".to_owned(), json!(descriptor.media_type)),
            ("digest".to_owned(), json!(digest)),
            ("size".to_owned(), json!(descriptor.size)),
        ]);
        if let Some(tag) = tag {
            entry.insert("annotations".to_owned(), json!({ TAG: tag }));
        }
        self.manifests.push(entry);
    }

    pub(super) fn to_json(&self) -> Vec<u8> {
        // Strings and numbers with string keys always serialize.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

fn tag_of(entry: &Map<String, Value>) -> Option<&str> {
    entry.get("annotations")?.get(TAG)?.as_str()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Index;
    use crate::manifest::{Descriptor, MANIFEST};

    #[test]
    fn a_tag_moves_and_what_others_listed_stays() {
        let foreign = json!({
            "schemaVersion": 2,
            "annotations": { "by": "another tool" },
            "manifests": [{
                "mediaType": MANIFEST,
                "digest": "sha512:00",
                "size": 1,
                "platform": { "architecture": "wasm", "os": "wasip1" },
            }],
        });
        let mut index = Index::read(foreign.to_string().as_bytes()).expect("an index");
        let [first, second] = [b"1", b"2"].map(|bytes| Descriptor::of(bytes, MANIFEST));
        index.add(&first, None);
        index.add(&first, None);
        assert_eq!(index.manifests.len(), 2);
        index.add(&first, Some("latest"));
        index.add(&second, Some("1.0.0"));
        assert_eq!(index.manifests.len(), 3);
        assert_eq!(index.find("latest"), Some(first.digest));
        index.add(&second, Some("latest"));
        let read = Index::read(&index.to_json()).expect("an index");
        assert_eq!(read.tags(), ["1.0.0", "latest"]);
        assert_eq!(read.find("latest"), Some(second.digest));
        assert_eq!(read.find("2.0.0"), None);
        let written: serde_json::Value = serde_json::from_slice(&read.to_json()).expect("JSON");
        assert_eq!(written["manifests"][0], foreign["manifests"][0]);
        assert_eq!(written["annotations"], foreign["annotations"]);
    }

    #[test]
    fn what_is_no_index_is_refused() {
        for text in [
            "",
            "[]",
            "{\"schemaVersion\":2}",
            "{\"schemaVersion\":1,\"manifests\":[]}",
        ] {
            Index::read(text.as_bytes()).expect_err(text);
        }
    }
}
