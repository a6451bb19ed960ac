//! Components as OCI artifacts, in image layouts and registries.
//!
//! The threat: a registry, a mirror or whoever can write into a layout hands out another component
//! than the one that was meant, or bytes without end. So what is pulled is named by the digest of its
//! manifest, every byte is held against a digest and a size that were known before it was read, and
//! every size is capped. What a store says beside the bytes (headers, an index) is never believed.
//!
//! | module | holds |
//! | --- | --- |
//! | [`reference`](mod@reference) | `oci:PATH` and `HOST/NAME`, with tag or digest; pure |
//! | [`digest`] | the SHA-256 of a blob |
//! | [`manifest`] | the manifest of an artifact, and what it may be; pure |
//! | [`config`] | its configuration: what the component imports and exports; pure |
//! | [`artifact`] | an artifact made from a component, or taken apart and checked |
//! | [`store`] | what a layout and a registry have in common |
//! | [`layout`] | an image layout: a directory |
//! | [`remote`] | a registry: the OCI distribution protocol |
//! | [`credentials`] | who asks, as `docker login` and others leave it |
//! | [`error`] | what can be wrong, where, and what cures it |
//!
//! ```
//! use stocktake_registry::artifact::{Artifact, Contents};
//! use stocktake_registry::layout::Layout;
//! use stocktake_registry::{Source, Target, pull, push};
//!
//! # fn main() -> Result<(), stocktake_registry::Error> {
//! let folder = tempfile::tempdir().expect("a folder");
//! let layout = Layout::new(folder.path());
//! let artifact = Artifact::new(b"\0asm\x0d\0\x01\0".to_vec(), Contents::default());
//! let digest = push(&layout, &artifact, Some("1.0.0"))?;
//!
//! let pulled = pull(&layout, &Target::Digest(digest))?;
//! assert_eq!(pulled.component(), artifact.component());
//! # Ok(())
//! # }
//! ```

pub mod artifact;
pub mod config;
pub mod credentials;
pub mod digest;
pub mod error;
pub mod layout;
pub mod manifest;
pub mod reference;
pub mod remote;
pub mod store;

pub use artifact::{Artifact, Description, describe, pull, push};
pub use digest::Digest;
pub use error::Error;
pub use reference::{Place, Reference};
pub use store::{Source, Target};
