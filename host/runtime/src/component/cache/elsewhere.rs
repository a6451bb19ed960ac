//! The cache on systems whose permissions are not owners and modes: there is none.

use std::io;
use std::path::Path;

/// Cannot be had.
#[derive(Debug)]
pub(super) enum Directory {}

/// Why code is not cached.
#[derive(Debug)]
pub(super) enum Refusal {
    /// Somebody else could have written it.
    #[expect(dead_code, reason = "found out on Unix only")]
    Unsafe { what: String, cure: String },
    /// It cannot be had.
    Unavailable(io::Error),
}

impl Directory {
    pub(super) fn open(_: &Path) -> Result<Self, Refusal> {
        Err(Refusal::Unavailable(io::ErrorKind::Unsupported.into()))
    }

    pub(super) fn read(&self, _: &str) -> Result<Option<Vec<u8>>, Refusal> {
        match *self {}
    }

    pub(super) fn write(&self, _: &str, _: &[&[u8]]) -> io::Result<()> {
        match *self {}
    }

    pub(super) fn keep(&self, _: usize, _: fn(&str) -> bool) {
        match *self {}
    }
}
