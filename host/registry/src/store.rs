//! What a layout and a registry have in common: blobs by digest, manifests by digest or tag.
//!
//! A store returns unverified bytes; [`pull`](crate::pull) verifies them, by the same
//! checks for every store.

use std::fmt;

use crate::digest::Digest;
use crate::error::Error;
use crate::manifest::Descriptor;

/// A manifest by digest or tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The manifest with this digest.
    Digest(Digest),
    /// The manifest that has this tag now.
    Tag(String),
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::Digest(digest) => write!(f, "@{digest}"),
            Target::Tag(tag) => write!(f, ":{tag}"),
        }
    }
}

/// Where artifacts are read from.
pub trait Source {
    /// The name of the store in messages.
    fn place(&self) -> String;

    /// The bytes of a manifest, at most one more than the limit for manifests.
    ///
    /// # Errors
    ///
    /// [`Error::Missing`], [`Error::Denied`] or [`Error::Unusable`].
    fn manifest(&self, target: &Target) -> Result<Vec<u8>, Error>;

    /// The bytes of a blob, at most one more than its size.
    ///
    /// # Errors
    ///
    /// As for manifests.
    fn blob(&self, descriptor: &Descriptor) -> Result<Vec<u8>, Error>;
}

/// Where artifacts are written to.
pub trait Sink {
    /// Writes a blob unless it exists.
    ///
    /// # Errors
    ///
    /// [`Error::Denied`] or [`Error::Unusable`].
    fn put_blob(&self, descriptor: &Descriptor, bytes: &[u8]) -> Result<(), Error>;

    /// Writes a manifest whose blobs exist, and moves the tag, if there is one, to it.
    ///
    /// # Errors
    ///
    /// As for blobs.
    fn put_manifest(
        &self,
        descriptor: &Descriptor,
        bytes: &[u8],
        tag: Option<&str>,
    ) -> Result<(), Error>;
}
