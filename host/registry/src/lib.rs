//! Components as OCI artifacts, in image layouts and registries.
//!
//! The threat: a registry, a mirror or anyone who can write to a layout serves another component
//! than the requested one, or an endless body. So a pull names the digest of the manifest, every byte is
//! verified against a digest and a size that are known before it is read, and every size is limited.
//! Other information of a store (headers, an index) is never trusted.
//!
//! | module | holds |
//! | --- | --- |
//! | [`reference`](mod@reference) | `oci:PATH` and `HOST/NAME`, with tag or digest; pure |
//! | [`digest`] | the SHA-256 of a blob |
//! | [`manifest`] | the manifest of an artifact, and its rules; pure |
//! | [`config`] | its configuration: what the component imports and exports; pure |
//! | [`artifact`] | an artifact built from a component, or read and verified |
//! | [`store`] | what a layout and a registry have in common |
//! | [`layout`] | an image layout: a directory |
//! | [`remote`] | a registry: the OCI distribution protocol |
//! | [`credentials`] | the account, as `docker login` and others store it |
//! | [`error`] | errors, with place and cure |
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
