//! A temporary file beside its destination.

use std::fs::{self, File, Metadata};
use std::io::{self, Seek as _, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use crate::failure::Failure;

/// A file that gets its name when it is complete, with the mode and owner of the one that it replaces.
#[derive(Debug)]
pub struct Draft {
    path: PathBuf,
    folder: PathBuf,
    file: NamedTempFile,
}

impl Draft {
    /// A draft of `path`, in place of the file that `there` describes if there is one.
    pub(super) fn new(
        name: &str,
        path: PathBuf,
        there: Option<&Metadata>,
    ) -> Result<Self, Failure> {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        let mut builder = Builder::new();
        let file = with_mode(&mut builder, there)
            .tempfile_in(&folder)
            .map_err(|error| {
                let name = format!("{name}: cannot write in {}", folder.display());
                Failure::file(name, &plain(&error))
            })?;
        if let Some(there) = there {
            resemble(file.as_file(), there).map_err(|error| {
                Failure::Usage(format!(
                    "{name}: its owner and mode cannot be preserved ({error}); remove the file first, or name another one"
                ))
            })?;
        }
        Ok(Draft { path, folder, file })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives it its name, once its bytes are on disk.
    pub(super) fn publish(self) -> io::Result<()> {
        self.file.as_file().sync_all()?;
        self.file.persist(&self.path).map_err(|error| error.error)?;
        sync_folder(&self.folder)
    }

    /// Writes it to `out`, from its beginning.
    pub(super) fn copy(&mut self, out: &mut impl Write) -> io::Result<()> {
        self.file.rewind()?;
        io::copy(&mut self.file, out).map(drop)
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// The error without the draft's path, which `tempfile` adds and which means nothing to the user.
fn plain(error: &io::Error) -> io::Error {
    let message = error.to_string();
    let reason = message.split(" at path ").next().unwrap_or_default();
    io::Error::new(error.kind(), reason)
}

/// A draft is never more accessible than the file that it replaces.
#[cfg(unix)]
fn with_mode<'b>(
    builder: &'b mut Builder<'static, 'static>,
    there: Option<&Metadata>,
) -> &'b mut Builder<'static, 'static> {
    use std::os::unix::fs::PermissionsExt as _;

    /// Before the umask is applied.
    const NEW: u32 = 0o666;
    let permissions = there.map_or_else(|| fs::Permissions::from_mode(NEW), Metadata::permissions);
    builder.permissions(permissions)
}

#[cfg(not(unix))]
fn with_mode<'b>(
    builder: &'b mut Builder<'static, 'static>,
    _: Option<&Metadata>,
) -> &'b mut Builder<'static, 'static> {
    builder
}

/// Gives `file` the owner and mode of another.
#[cfg(unix)]
fn resemble(file: &File, other: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, fchown};

    let own = file.metadata()?;
    let changed = |own: u32, other: u32| (own != other).then_some(other);
    let (owner, group) = (
        changed(own.uid(), other.uid()),
        changed(own.gid(), other.gid()),
    );
    if owner.is_some() || group.is_some() {
        fchown(file, owner, group)?;
    }
    // After the change of owner, which clears bits.
    file.set_permissions(other.permissions())
}

#[cfg(not(unix))]
fn resemble(_: &File, _: &Metadata) -> io::Result<()> {
    Ok(())
}

/// A name is durable when its directory is.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
