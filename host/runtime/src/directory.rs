//! A directory that only the user can write, held by a handle.
//!
//! Everything is done relative to the handle that was checked. A process that can rename
//! in a directory above can therefore take it away, but not put another one in the
//! place of the checked one.

use std::fs::{self, DirBuilder, File, Metadata, TryLockError};
use std::hash::{BuildHasher as _, RandomState};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rustix::fs::{AtFlags, CWD, Dir, Mode, OFlags, openat, renameat, unlinkat};
use rustix::io::Errno;
use rustix::process::geteuid;

/// Write permission of the group and of everybody.
const OTHERS_WRITE: u32 = 0o022;
/// What is kept is a few MB at most; what is larger, in bytes, is not read into memory.
const LARGEST: u64 = 1 << 30;
/// Use is marked so rarely that it costs no writes, and often enough to find unused entries.
const MARK_AFTER: Duration = Duration::from_secs(24 * 60 * 60);
/// A process that was ended while it wrote leaves its unfinished file.
const ABANDONED_AFTER: Duration = Duration::from_secs(60 * 60);
/// Behind the name of an unfinished file.
const UNFINISHED: &str = ".new";

/// An open directory that passed the checks.
#[derive(Debug)]
pub(crate) struct Directory {
    handle: File,
    path: PathBuf,
    instead: &'static str,
}

/// Why a directory or a file in it is not used.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// Another user could have written it: which path and why, and what to do about a directory.
    Unsafe { what: String, cure: String },
    /// It cannot be had.
    Unavailable(io::Error),
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Refusal::Unavailable(error)
    }
}

impl Directory {
    /// Opens the directory, after creating it when it is missing. `instead` says
    /// people how to choose another one.
    pub(crate) fn open(path: &Path, instead: &'static str) -> Result<Self, Refusal> {
        // Without a slash at the end, behind which a link would be followed.
        let path: PathBuf = path.components().collect();
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let open = || openat(CWD, &path, flags, Mode::empty());
        let opened = match open() {
            Err(Errno::NOENT) => {
                DirBuilder::new()
                    .recursive(true)
                    .mode(0o700)
                    .create(&path)?;
                open()
            }
            opened => opened,
        };
        let handle = match opened {
            Ok(handle) => File::from(handle),
            Err(Errno::NOTDIR | Errno::LOOP) => {
                // It may also be a directory above that is none.
                let what = if fs::symlink_metadata(&path)?.is_symlink() {
                    "is a symbolic link"
                } else {
                    "is not a directory"
                };
                return Err(unsafe_place(&path, what, instead));
            }
            Err(error) => return Err(Refusal::Unavailable(error.into())),
        };
        only_ours(&path, &handle.metadata()?, instead)?;
        Ok(Directory {
            handle,
            path,
            instead,
        })
    }

    /// The content of a file; nothing when there is no such file.
    pub(crate) fn read(&self, name: &str) -> Result<Option<Vec<u8>>, Refusal> {
        let file = match self.open_file(name) {
            Ok(file) => file,
            Err(Errno::NOENT) => return Ok(None),
            Err(Errno::LOOP) => return Err(self.unsafe_file(name, "is a symbolic link")),
            Err(error) => return Err(Refusal::Unavailable(error.into())),
        };
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(self.unsafe_file(name, "is not a file"));
        }
        only_ours(&self.path.join(name), &metadata, self.instead)?;
        let size = match usize::try_from(metadata.len()) {
            Ok(size) if metadata.len() <= LARGEST => size,
            _ => return Err(Refusal::Unavailable(io::ErrorKind::FileTooLarge.into())),
        };
        if is_older(&metadata, MARK_AFTER) {
            // Only the order in which entries are removed depends on it.
            let _ = file.set_modified(SystemTime::now());
        }
        let mut bytes = Vec::with_capacity(size);
        file.take(LARGEST).read_to_end(&mut bytes)?;
        Ok(Some(bytes))
    }

    /// Puts a file into the directory whole, in the place of one that may be there.
    pub(crate) fn write(&self, name: &str, parts: &[&[u8]]) -> io::Result<()> {
        let random = RandomState::new().hash_one(name);
        let unfinished = format!("{name}.{random:016x}{UNFINISHED}");
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let mut file = File::from(openat(
            &self.handle,
            &unfinished,
            flags,
            Mode::RUSR | Mode::WUSR,
        )?);
        // Not synced: what a crash of the machine makes of it fails its digest and is written again.
        let written = parts
            .iter()
            .try_for_each(|part| file.write_all(part))
            .and_then(|()| Ok(renameat(&self.handle, &unfinished, &self.handle, name)?));
        if written.is_err() {
            self.remove(&unfinished);
        }
        written
    }

    /// Takes the directory for this handle alone, if no other process has it; until the handle is dropped,
    /// also by the end of the process.
    pub(crate) fn try_lock(&self) -> io::Result<bool> {
        match self.handle.try_lock() {
            Ok(()) => Ok(true),
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// A file that is there to be locked.
    pub(crate) fn lock_file(&self, name: &str) -> io::Result<File> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = openat(&self.handle, name, flags, Mode::RUSR | Mode::WUSR)?;
        Ok(File::from(file))
    }

    /// The names of what is in it, unless they are not text.
    pub(crate) fn names(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in Dir::read_from(&self.handle)? {
            if let Ok(name) = entry?.file_name().to_str() {
                names.push(name.to_owned());
            }
        }
        Ok(names)
    }

    /// Keeps the `most` files that were used last among those whose name is `ours`,
    /// and no unfinished ones that were left behind.
    pub(crate) fn keep(&self, most: usize, ours: fn(&str) -> bool) {
        let Ok(listing) = Dir::read_from(&self.handle) else {
            return;
        };
        let mut entries = Vec::new();
        for file in listing.flatten() {
            let Ok(name) = file.file_name().to_str() else {
                continue;
            };
            let unfinished = name
                .strip_suffix(UNFINISHED)
                .and_then(|name| name.rsplit_once('.'))
                .is_some_and(|(entry, _)| ours(entry));
            if !unfinished && !ours(name) {
                continue;
            }
            let Some(metadata) = self
                .open_file(name)
                .ok()
                .and_then(|file| file.metadata().ok())
            else {
                continue;
            };
            if !unfinished {
                entries.push((metadata.modified().ok(), name.to_owned()));
            } else if is_older(&metadata, ABANDONED_AFTER) {
                self.remove(name);
            }
        }
        entries.sort_unstable_by(|one, other| other.cmp(one));
        for (_, name) in entries.iter().skip(most) {
            self.remove(name);
        }
    }

    fn unsafe_file(&self, name: &str, what: &str) -> Refusal {
        unsafe_place(&self.path.join(name), what, self.instead)
    }

    fn open_file(&self, name: &str) -> Result<File, Errno> {
        // A pipe would wait for a writer.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        openat(&self.handle, name, flags, Mode::empty()).map(File::from)
    }

    /// Takes a file away; another process may have been faster.
    pub(crate) fn remove(&self, name: &str) {
        let _ = unlinkat(&self.handle, name, AtFlags::empty());
    }
}

fn only_ours(path: &Path, metadata: &Metadata, instead: &str) -> Result<(), Refusal> {
    let user = geteuid().as_raw();
    if metadata.uid() != user {
        let what = format!("belongs to user {}, not to user {user}", metadata.uid());
        return Err(unsafe_place(path, &what, instead));
    }
    if metadata.mode() & OTHERS_WRITE != 0 {
        let mode = metadata.mode() & 0o7777;
        let path = path.display();
        return Err(Refusal::Unsafe {
            what: format!("{path} can be written by others than its owner (mode {mode:04o})"),
            cure: format!("run `chmod go-w {path}`"),
        });
    }
    Ok(())
}

fn unsafe_place(path: &Path, what: &str, instead: &str) -> Refusal {
    Refusal::Unsafe {
        what: format!("{} {what}", path.display()),
        cure: format!("remove it, or {instead}"),
    }
}

fn is_older(metadata: &Metadata, age: Duration) -> bool {
    let modified = metadata.modified().ok();
    modified
        .and_then(|modified| modified.elapsed().ok())
        .is_some_and(|elapsed| elapsed > age)
}
