//! The archive of a release, reproducible from the same files.
//!
//! | module | holds |
//! | --- | --- |
//! | [`archive`] | entries as a compressed tar |
//! | [`contents`] | its contents |
//! | [`sums`] | `SHA256SUMS` |

pub mod archive;
pub mod contents;
pub mod sums;
