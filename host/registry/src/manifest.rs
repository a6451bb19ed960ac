//! The manifest of an artifact: its configuration and its component.
//!
//! Types of our own rather than of a crate for the whole specification: their annotations are sorted,
//! so that equal components have equal manifests, and foreign entries of an index pass unchanged.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::error::Error;

/// Media type of a manifest.
pub const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// Media type of the configuration of a Wasm artifact.
pub const CONFIG: &str = "application/vnd.wasm.config.v0+json";
/// Media type of its one layer: the component, uncompressed.
pub const COMPONENT: &str = "application/wasm";

/// The largest accepted manifest, in bytes.
pub const MANIFEST_LIMIT: u64 = 1 << 20;
/// The largest accepted configuration, in bytes.
pub const CONFIG_LIMIT: u64 = 1 << 20;
/// The largest accepted component, in bytes.
pub const COMPONENT_LIMIT: u64 = 64 << 20;

/// Annotations of an artifact by key, such as `org.opencontainers.image.title`.
pub type Annotations = BTreeMap<String, String>;

/// A blob by digest and size.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    /// Its media type.
    pub media_type: String,
    /// The SHA-256 of its bytes.
    pub digest: Digest,
    /// Its size in bytes.
    pub size: u64,
    /// Texts about it.
    #[serde(default, skip_serializing_if = "Annotations::is_empty")]
    pub annotations: Annotations,
}

impl Descriptor {
    /// Describes a blob.
    #[must_use]
    pub fn of(bytes: &[u8], media_type: &str) -> Self {
        Descriptor {
            media_type: media_type.to_owned(),
            digest: Digest::of(bytes),
            size: bytes.len() as u64,
            annotations: Annotations::new(),
        }
    }

    /// Verifies bytes against size and digest.
    ///
    /// # Errors
    ///
    /// [`Error::Damaged`], with what differs.
    pub fn check(&self, place: &str, what: &str, bytes: &[u8]) -> Result<(), Error> {
        let (size, digest) = (bytes.len() as u64, Digest::of(bytes));
        if size != self.size {
            let expected = self.size;
            let reason = format!("the {what} has {size} bytes where the manifest says {expected}");
            return Err(Error::damaged(place, reason));
        }
        if digest != self.digest {
            let expected = &self.digest;
            let reason = format!("the {what} is {digest} where the manifest says {expected}");
            return Err(Error::damaged(place, reason));
        }
        Ok(())
    }
}

/// A manifest of a Wasm artifact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    schema_version: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    media_type: Option<String>,
    /// The configuration.
    pub config: Descriptor,
    layers: Vec<Descriptor>,
    /// Texts about the component.
    #[serde(default, skip_serializing_if = "Annotations::is_empty")]
    pub annotations: Annotations,
}

/// The part of a manifest that is read before its kind is known.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kind {
    media_type: Option<String>,
    manifests: Option<serde_json::Value>,
}

impl Manifest {
    /// The manifest of one component.
    #[must_use]
    pub fn new(config: Descriptor, component: Descriptor, annotations: Annotations) -> Self {
        Manifest {
            schema_version: 2,
            media_type: Some(MANIFEST.to_owned()),
            config,
            layers: vec![component],
            annotations,
        }
    }

    /// Reads the manifest of a Wasm artifact with one component, within the limits.
    ///
    /// # Errors
    ///
    /// [`Error::Foreign`] or [`Error::TooLarge`], with what was found instead.
    pub fn read(place: &str, bytes: &[u8]) -> Result<Self, Error> {
        let foreign = |reason: String| Error::foreign(place, reason);
        let unread = |error: serde_json::Error| foreign(format!("not a manifest: {error}"));
        let kind: Kind = serde_json::from_slice(bytes).map_err(unread)?;
        if kind.manifests.is_some() {
            let reason = "an index of several manifests; name one of them by its digest";
            return Err(foreign(reason.to_owned()));
        }
        if let Some(other) = kind.media_type.filter(|kind| kind != MANIFEST) {
            let reason = format!("the manifest has the media type {other:?}, not {MANIFEST}");
            return Err(foreign(reason));
        }
        let manifest: Manifest = serde_json::from_slice(bytes).map_err(unread)?;
        if manifest.schema_version != 2 {
            let version = manifest.schema_version;
            return Err(foreign(format!(
                "the manifest has schema version {version}, not 2"
            )));
        }
        if manifest.config.media_type != CONFIG {
            let other = &manifest.config.media_type;
            return Err(foreign(format!(
                "the configuration has the media type {other:?}, not {CONFIG}"
            )));
        }
        let [component] = manifest.layers.as_slice() else {
            let count = manifest.layers.len();
            return Err(foreign(format!("the manifest has {count} layers, not 1")));
        };
        if component.media_type != COMPONENT {
            let other = &component.media_type;
            return Err(foreign(format!(
                "the layer has the media type {other:?}, not {COMPONENT}"
            )));
        }
        for (what, descriptor, limit) in [
            ("a configuration", &manifest.config, CONFIG_LIMIT),
            ("a component", component, COMPONENT_LIMIT),
        ] {
            if descriptor.size > limit {
                return Err(Error::TooLarge {
                    place: place.to_owned(),
                    what,
                    size: descriptor.size,
                    limit,
                });
            }
        }
        Ok(manifest)
    }

    /// The component.
    #[must_use]
    pub fn component(&self) -> &Descriptor {
        // Both constructors give a manifest one layer.
        &self.layers[0]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Annotations, COMPONENT, CONFIG, Descriptor, Manifest};

    fn manifest() -> Manifest {
        let annotations = Annotations::from([("title".to_owned(), "a".to_owned())]);
        Manifest::new(
            Descriptor::of(b"{}", CONFIG),
            Descriptor::of(b"component", COMPONENT),
            annotations,
        )
    }

    fn read(value: &Value) -> Result<Manifest, String> {
        Manifest::read("here", value.to_string().as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_written_reads_back() {
        let written = serde_json::to_value(manifest()).expect("JSON");
        assert_eq!(read(&written), Ok(manifest()));
        let mut unsaid = written;
        unsaid
            .as_object_mut()
            .expect("an object")
            .remove("mediaType");
        read(&unsaid).expect("the media type of a manifest may be left out");
    }

    #[test]
    fn a_manifest_of_anything_else_is_refused_by_what_it_is() {
        let sound = serde_json::to_value(manifest()).expect("JSON");
        let layer = sound["layers"][0].clone();
        let cases: [(&str, Value, &str); 11] = [
            (
                "/mediaType",
                json!("application/x"),
                "media type \"application/x\"",
            ),
            ("/schemaVersion", json!(1), "schema version 1"),
            (
                "/config/mediaType",
                json!("application/vnd.oci.image.config.v1+json"),
                "the configuration has",
            ),
            (
                "/layers/0/mediaType",
                json!("application/gzip"),
                "the layer has the media type",
            ),
            ("/layers", json!([]), "0 layers"),
            ("/layers", json!([layer, layer]), "2 layers"),
            (
                "/layers/0/size",
                json!((64 << 20) + 1),
                "a component of 67108865 bytes is over the limit",
            ),
            (
                "/config/size",
                json!(u64::MAX),
                "a configuration of 18446744073709551615 bytes",
            ),
            ("/layers/0/size", json!(-1), "not a manifest"),
            (
                "/layers/0/digest",
                json!("sha256:../../../etc/passwd"),
                "expected sha256:",
            ),
            ("/config/digest", json!("sha512:00"), "expected sha256:"),
        ];
        for (path, value, expected) in cases {
            let mut changed = sound.clone();
            *changed.pointer_mut(path).expect("a field") = value;
            let refused = read(&changed).expect_err(path);
            assert!(refused.contains(expected), "{path}: {refused}");
        }
        let index = json!({ "schemaVersion": 2, "manifests": [] });
        let refused = read(&index).expect_err("an index");
        assert!(
            refused.contains("an index of several manifests"),
            "{refused}"
        );
        let refused = Manifest::read("here", b"<html>").expect_err("no JSON");
        assert!(refused.to_string().contains("not a manifest"), "{refused}");
    }

    #[test]
    fn bytes_are_held_against_size_and_digest() {
        let descriptor = Descriptor::of(b"component", COMPONENT);
        descriptor
            .check("here", "component", b"component")
            .expect("the same");
        for (bytes, expected) in [
            (&b"componen"[..], "has 8 bytes where the manifest says 9"),
            (b"Component", "where the manifest says sha256:"),
        ] {
            let refused = descriptor.check("here", "component", bytes);
            let refused = refused.expect_err("other bytes").to_string();
            assert!(refused.contains(expected), "{refused}");
        }
    }
}
