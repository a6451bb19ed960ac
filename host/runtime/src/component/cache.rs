//! Compiled code, kept from one process to the next.
//!
//! | module | holds |
//! | --- | --- |
//! | `key` | what code was compiled from and by |
//! | `entry` | the bytes of one file, and the proof that they are those that were written |

mod entry;
mod key;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use wasmtime::Engine;
use wasmtime::component::Component;

use crate::directory::{Directory, Refusal};
use entry::Verified;
use key::Key;

/// Files that are kept; those not used for longest go first. A component takes about 2 MB.
const ENTRIES: usize = 8;

/// Compiling takes a part of a second; a longer wait is for a process that was stopped.
const TURN: Duration = Duration::from_secs(30);
const BETWEEN_TRIES: Duration = Duration::from_millis(5);

/// What a warning proposes in place of a directory that is not used.
const INSTEAD: &str = "set STOCKTAKE_CACHE_DIR to a directory of your own";

/// A directory of compiled components, shared by all processes of one user.
///
/// Nothing that is wrong with it is an error: a component that cannot be taken
/// from it is compiled. A directory that another user could write is not used,
/// and a warning says so.
#[derive(Clone, Debug)]
pub struct Cache {
    directory: PathBuf,
}

/// Where the code of a collector came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// Compiled by this process.
    Compiled,
    /// Compiled by an earlier one.
    Cached,
}

impl Cache {
    /// A cache in `directory`, which is created at the first use. It must belong to
    /// the user, not be writable by others and not be a symbolic link.
    #[must_use]
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Cache {
            directory: directory.into(),
        }
    }

    /// The code that was compiled from `bytes` for this engine, or the place to keep it, if there is one.
    pub(crate) fn find(
        &self,
        engine: &Engine,
        bytes: &[u8],
    ) -> Result<Component, Option<CacheSlot>> {
        let key = Key::new(engine, bytes);
        let directory = match Directory::open(&self.directory, INSTEAD) {
            Ok(directory) => directory,
            Err(Refusal::Unsafe { what, cure }) => {
                tracing::warn!("compiled code is not cached: {what}; {cure}");
                return Err(None);
            }
            Err(Refusal::Unavailable(error)) => {
                let directory = self.directory.display();
                tracing::debug!(%directory, %error, "compiled code is not cached");
                return Err(None);
            }
        };
        match read(&directory, &key, engine) {
            Ok(component) => return Ok(component),
            Err(miss) => miss.log(),
        }
        // Processes that start side by side would each compile the same.
        if is_ours_after_a_while(&directory)
            && let Ok(component) = read(&directory, &key, engine)
        {
            return Ok(component);
        }
        Err(Some(CacheSlot { directory, key }))
    }
}

/// Waits until no other process compiles into the directory, with a time limit, after which two of them do.
fn is_ours_after_a_while(directory: &Directory) -> bool {
    let begun = Instant::now();
    loop {
        match directory.try_lock() {
            Ok(true) => return true,
            Ok(false) if begun.elapsed() < TURN => std::thread::sleep(BETWEEN_TRIES),
            Ok(false) => {
                tracing::debug!("another process compiles and does not go on; compiling beside it");
                return false;
            }
            Err(error) => {
                tracing::debug!(%error, "the directory of compiled code cannot be locked");
                return false;
            }
        }
    }
}

/// Why compiled code is not taken from the cache.
enum Miss {
    /// There is none.
    Absent,
    /// Another user could have written it.
    Unsafe(String),
    /// It cannot be read, or is damaged.
    Unusable(String),
}

impl Miss {
    fn log(&self) {
        match self {
            Miss::Absent => {}
            Miss::Unsafe(what) => tracing::warn!("compiled code is made anew: {what}"),
            Miss::Unusable(reason) => tracing::debug!(reason, "compiled code is made anew"),
        }
    }
}

fn read(directory: &Directory, key: &Key, engine: &Engine) -> Result<Component, Miss> {
    let name = key.file_name();
    let bytes = match directory.read(&name) {
        Ok(bytes) => bytes.ok_or(Miss::Absent)?,
        Err(Refusal::Unsafe { what, .. }) => return Err(Miss::Unsafe(what)),
        Err(Refusal::Unavailable(error)) => return Err(Miss::Unusable(error.to_string())),
    };
    let code = entry::verify(&bytes, key).map_err(|damage| Miss::Unusable(damage.to_string()))?;
    let component =
        deserialize(engine, code).map_err(|error| Miss::Unusable(format!("{error:#}")))?;
    tracing::debug!(name, "compiled code was taken from the cache");
    Ok(component)
}

/// The place for code that is not in the cache; no other process compiles into it meanwhile.
pub(crate) struct CacheSlot {
    directory: Directory,
    key: Key,
}

impl CacheSlot {
    /// Keeps the code of `component`, which must be the one that was not found.
    pub(crate) fn fill(&self, component: &Component) {
        let CacheSlot { directory, key } = self;
        let name = key.file_name();
        let written = component
            .serialize()
            .map_err(|error| format!("{error:#}"))
            .and_then(|code| {
                directory
                    .write(&name, &[&entry::header(key, &code), &code])
                    .map_err(|error| error.to_string())
            });
        match written {
            Ok(()) => {
                tracing::debug!(name, "compiled code was put into the cache");
                directory.keep(ENTRIES, key::is_file_name);
            }
            Err(reason) => tracing::debug!(name, reason, "compiled code is not cached"),
        }
    }
}

#[expect(
    unsafe_code,
    reason = "wasmtime runs precompiled code unchecked; that it is ours is shown here, in one place"
)]
fn deserialize(engine: &Engine, code: Verified<'_>) -> wasmtime::Result<Component> {
    // SAFETY: these bytes are what `Component::serialize` gave for an engine of the same compatibility hash, which
    // wasmtime promises to be loadable; `Verified` exists only where key and digest match. The digest shows damage, not
    // forgery. Against that stand the owners and modes, checked on the very handles that were read from: only this user
    // or the system's administrator could have written the file, and either can make this process run code anyway.
    unsafe { Component::deserialize(engine, code.bytes()) }
}

#[cfg(all(test, unix))]
mod tests;
