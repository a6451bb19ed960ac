//! Output that gets its name when it is complete.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile, TempDir};

use crate::Error;

/// Bytes that are written at once.
const BLOCK: usize = 1 << 18;

/// Where a format that is one file is written.
pub(crate) struct Output<'o> {
    /// What messages call it.
    pub(crate) path: &'o Path,
    /// Where temporary files go; `None` is the system's place.
    pub(crate) folder: Option<&'o Path>,
    /// Takes the bytes.
    pub(crate) out: &'o mut (dyn Write + Send),
}

/// A file beside its final place.
#[derive(Debug)]
pub(crate) struct FileDraft {
    path: PathBuf,
    file: BufWriter<NamedTempFile>,
}

impl FileDraft {
    /// A draft of `path`. What has the name already must be a file, or a link to one; it is replaced by one of the same mode.
    pub(crate) fn new(path: &Path) -> Result<Self, Error> {
        let failed = |error: io::Error| Error::write(path, plain(&error));
        let replaced = match fs::metadata(path) {
            Ok(there) if there.is_file() => Some((fs::canonicalize(path).map_err(failed)?, there)),
            Ok(_) => return Err(Error::write(path, "it is there, and is not a file")),
            Err(_) => None,
        };
        let target = replaced.as_ref().map_or(path, |(target, _)| target);
        let mut builder = Builder::new();
        with_mode(&mut builder, if replaced.is_some() { 0o600 } else { 0o666 });
        let file = builder
            .prefix(".stocktake-export-")
            .tempfile_in(parent(target))
            .map_err(failed)?;
        if let Some((_, there)) = &replaced {
            let mode = there.permissions();
            file.as_file().set_permissions(mode).map_err(failed)?;
        }
        Ok(FileDraft {
            path: target.to_owned(),
            file: BufWriter::with_capacity(BLOCK, file),
        })
    }

    /// Gives it its name, in place of what had it.
    pub(crate) fn publish(self) -> Result<(), Error> {
        let path = self.path;
        let published = self
            .file
            .into_inner()
            .map_err(io::IntoInnerError::into_error);
        let published = published.and_then(|file| {
            file.as_file().sync_all()?;
            file.persist(&path).map_err(|error| error.error)?;
            sync(parent(&path))
        });
        published.map_err(|error| Error::write(path, plain(&error)))
    }
}

impl Write for FileDraft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// A directory beside its final place.
#[derive(Debug)]
pub(crate) struct DirectoryDraft {
    path: PathBuf,
    directory: TempDir,
}

impl DirectoryDraft {
    /// A draft of `path`, which has to be absent or an empty directory: what somebody else put there is not ours to remove.
    pub(crate) fn new(path: &Path) -> Result<Self, Error> {
        match fs::read_dir(path) {
            Ok(mut entries) => {
                if entries.next().is_some() {
                    return Err(Error::Occupied(path.to_owned()));
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
                return Err(Error::Occupied(path.to_owned()));
            }
            Err(error) => return Err(Error::write(path, error)),
        }
        let mut builder = Builder::new();
        with_mode(&mut builder, 0o777);
        let directory = builder
            .prefix(".stocktake-export-")
            .tempdir_in(parent(path))
            .map_err(|error| Error::write(path, plain(&error)))?;
        Ok(DirectoryDraft {
            path: path.to_owned(),
            directory,
        })
    }

    /// Creates a file in it.
    pub(crate) fn file(&self, name: &str) -> Result<BufWriter<File>, Error> {
        let file = File::create_new(self.directory.path().join(name));
        let file = file.map_err(|error| Error::write(self.path.join(name), error))?;
        Ok(BufWriter::with_capacity(BLOCK, file))
    }

    /// Where a file of it will be.
    pub(crate) fn path_of(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Gives it its name.
    pub(crate) fn publish(self) -> Result<(), Error> {
        let published = (|| {
            for entry in fs::read_dir(self.directory.path())? {
                File::open(entry?.path())?.sync_all()?;
            }
            sync(self.directory.path())?;
            fs::rename(self.directory.path(), &self.path)?;
            sync(parent(&self.path))
        })();
        match published {
            Ok(()) => {
                // It has another name now; there is nothing to remove.
                let _ = self.directory.keep();
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => {
                Err(Error::Occupied(self.path.clone()))
            }
            Err(error) => Err(Error::write(&self.path, plain(&error))),
        }
    }
}

/// The directory that a path is in.
pub(crate) fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// The error without the draft's path, which `tempfile` adds and which means nothing to the user.
fn plain(error: &io::Error) -> String {
    let message = error.to_string();
    let reason = message.split(" at path ").next();
    reason.unwrap_or_default().to_owned()
}

#[cfg(unix)]
fn with_mode(builder: &mut Builder<'_, '_>, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;

    // The umask of the process is applied to it.
    builder.permissions(fs::Permissions::from_mode(mode));
}

#[cfg(not(unix))]
fn with_mode(_: &mut Builder<'_, '_>, _: u32) {}

#[cfg(unix)]
fn sync(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

#[cfg(not(unix))]
fn sync(_: &Path) -> io::Result<()> {
    Ok(())
}
