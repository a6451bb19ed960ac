//! Errors, with place and cure.

use std::io;
use std::path::PathBuf;

/// Why nothing was exported or compared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The input cannot be read.
    #[error("cannot read {name}: {source}")]
    Read {
        /// Which input.
        name: String,
        /// Why.
        source: io::Error,
    },
    /// The input is not the response of a collector.
    #[error(
        "{name} is not a response of a collector: {reason}; name a file that `stocktake collect` wrote"
    )]
    Malformed {
        /// Which input.
        name: String,
        /// What is wrong, and where.
        reason: String,
    },
    /// The input does not hold everything that exists.
    #[error(
        "{name} is not a complete inventory ({reason}), so that objects that exist can be missing in it; collect again, or allow an incomplete inventory"
    )]
    Incomplete {
        /// Which input.
        name: String,
        /// What the collection says about it.
        reason: String,
    },
    /// The output cannot be written.
    #[error("cannot write {path}: {reason}")]
    Write {
        /// Which file or directory.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The directory to write has contents already.
    #[error("{0} exists and is not an empty directory; name another one, or remove it")]
    Occupied(PathBuf),
}

impl Error {
    pub(crate) fn write(path: impl Into<PathBuf>, reason: impl ToString) -> Self {
        Error::Write {
            path: path.into(),
            reason: reason.to_string(),
        }
    }
}
