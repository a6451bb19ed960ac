//! Systems whose permissions are not owners and modes have no private directory.

use std::fs::File;
use std::io;
use std::path::Path;

/// Cannot be had.
#[derive(Debug)]
pub(crate) enum Directory {}

/// Why a directory or a file in it is not used.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// Another user could have written it.
    #[expect(dead_code, reason = "found out on Unix only")]
    Unsafe { what: String, cure: String },
    /// It cannot be had.
    Unavailable(io::Error),
}

impl Directory {
    pub(crate) fn open(_: &Path, _: &str) -> Result<Self, Refusal> {
        Err(Refusal::Unavailable(io::ErrorKind::Unsupported.into()))
    }

    pub(crate) fn read(&self, _: &str) -> Result<Option<Vec<u8>>, Refusal> {
        match *self {}
    }

    pub(crate) fn write(&self, _: &str, _: &[&[u8]]) -> io::Result<()> {
        match *self {}
    }

    pub(crate) fn try_lock(&self) -> io::Result<bool> {
        match *self {}
    }

    pub(crate) fn lock_file(&self, _: &str) -> io::Result<File> {
        match *self {}
    }

    pub(crate) fn names(&self) -> io::Result<Vec<String>> {
        match *self {}
    }

    pub(crate) fn remove(&self, _: &str) {
        match *self {}
    }

    pub(crate) fn keep(&self, _: usize, _: fn(&str) -> bool) {
        match *self {}
    }
}
