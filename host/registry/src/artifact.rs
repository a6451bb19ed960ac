//! An artifact built from a component, or read and verified.

use crate::config::{Config, Interfaces};
use crate::digest::Digest;
use crate::error::Error;
use crate::manifest::{
    Annotations, COMPONENT, CONFIG, Descriptor, MANIFEST, MANIFEST_LIMIT, Manifest,
};
use crate::store::{Sink, Source, Target};

/// A component with the manifest and the configuration that belong to it.
#[derive(Clone, PartialEq, Eq)]
pub struct Artifact {
    component: Vec<u8>,
    config: Vec<u8>,
    manifest: Vec<u8>,
    description: Description,
}

/// The description of a component when it is published.
#[derive(Clone, Debug, Default)]
pub struct Contents {
    /// Its imports and exports.
    pub interfaces: Interfaces,
    /// Texts about it.
    pub annotations: Annotations,
    /// When it was created, as RFC 3339; 1970 by default.
    pub created: Option<String>,
}

/// The manifest and configuration of a component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// The digest of the manifest, by which the artifact is pulled.
    pub digest: Digest,
    /// The manifest.
    pub manifest: Manifest,
    /// The configuration.
    pub config: Config,
}

impl std::fmt::Debug for Artifact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Artifact").field(&self.description).finish()
    }
}

impl Artifact {
    /// The artifact of a component. The same component with the same description gives the same bytes.
    #[must_use]
    pub fn new(component: Vec<u8>, contents: Contents) -> Self {
        let layer = Descriptor::of(&component, COMPONENT);
        let config = Config::new(layer.digest.clone(), contents.interfaces, contents.created);
        let config_bytes = json(&config);
        let manifest = Manifest::new(
            Descriptor::of(&config_bytes, CONFIG),
            layer,
            contents.annotations,
        );
        let manifest_bytes = json(&manifest);
        Artifact {
            component,
            config: config_bytes,
            description: Description {
                digest: Digest::of(&manifest_bytes),
                manifest,
                config,
            },
            manifest: manifest_bytes,
        }
    }

    /// The component's bytes.
    #[must_use]
    pub fn component(&self) -> &[u8] {
        &self.component
    }

    /// Its description.
    #[must_use]
    pub fn description(&self) -> &Description {
        &self.description
    }
}

/// Writes an artifact, the manifest last, and returns the digest of the manifest.
///
/// # Errors
///
/// Those of the store.
pub fn push(sink: &impl Sink, artifact: &Artifact, tag: Option<&str>) -> Result<Digest, Error> {
    let Description {
        manifest, digest, ..
    } = &artifact.description;
    sink.put_blob(manifest.component(), &artifact.component)?;
    sink.put_blob(&manifest.config, &artifact.config)?;
    let descriptor = Descriptor::of(&artifact.manifest, MANIFEST);
    sink.put_manifest(&descriptor, &artifact.manifest, tag)?;
    Ok(digest.clone())
}

/// Reads the description of a component, without the component, and verifies every byte.
///
/// # Errors
///
/// When something is missing, damaged, of another kind or too large.
pub fn describe(source: &impl Source, target: &Target) -> Result<Description, Error> {
    Ok(head(source, target)?.description)
}

/// Reads an artifact and verifies every byte of it.
///
/// # Errors
///
/// When something is missing, damaged, of another kind or too large.
pub fn pull(source: &impl Source, target: &Target) -> Result<Artifact, Error> {
    let Head {
        manifest,
        config,
        description,
    } = head(source, target)?;
    let layer = description.manifest.component();
    let component = source.blob(layer)?;
    layer.check(&source.place(), "component", &component)?;
    Ok(Artifact {
        component,
        config,
        manifest,
        description,
    })
}

/// An artifact without its component.
struct Head {
    manifest: Vec<u8>,
    config: Vec<u8>,
    description: Description,
}

fn head(source: &impl Source, target: &Target) -> Result<Head, Error> {
    let place = source.place();
    let bytes = source.manifest(target)?;
    let size = bytes.len() as u64;
    if size > MANIFEST_LIMIT {
        return Err(Error::TooLarge {
            place,
            what: "a manifest",
            size,
            limit: MANIFEST_LIMIT,
        });
    }
    let digest = Digest::of(&bytes);
    if let Target::Digest(requested) = target
        && digest != *requested
    {
        let reason = format!("the manifest is {digest} where {requested} was requested");
        return Err(Error::damaged(place, reason));
    }
    let manifest = Manifest::read(&place, &bytes)?;
    let config_bytes = source.blob(&manifest.config)?;
    manifest
        .config
        .check(&place, "configuration", &config_bytes)?;
    let config = Config::read(&place, &config_bytes, &manifest.component().digest)?;
    let description = Description {
        digest,
        manifest,
        config,
    };
    Ok(Head {
        manifest: bytes,
        config: config_bytes,
        description,
    })
}

fn json(value: &impl serde::Serialize) -> Vec<u8> {
    // Strings and numbers with string keys always serialize.
    serde_json::to_vec(value).unwrap_or_default()
}

#[cfg(test)]
mod tests;
