//! The archive that a release hands out, the same bytes from the same files.
//!
//! | module | holds |
//! | --- | --- |
//! | [`archive`] | entries as a compressed tar |
//! | [`contents`] | what is in it, and where |
//! | [`sums`] | `SHA256SUMS` |

pub mod archive;
pub mod contents;
pub mod sums;
