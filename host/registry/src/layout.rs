//! An image layout: a directory with `oci-layout`, `index.json` and `blobs/sha256/HEX`, as skopeo,
//! oras and others read and write it.

mod index;
#[cfg(test)]
mod tests;

use std::fs::{self, File};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use crate::digest::Digest;
use crate::error::Error;
use crate::manifest::{Descriptor, MANIFEST_LIMIT};
use crate::store::{Sink, Source, Target};

use index::Index;

/// The file that marks a directory as a layout, with its version.
const MARK: &str = "oci-layout";
/// Lists the manifests.
const INDEX: &str = "index.json";
/// The one version that exists.
const VERSION: &str = "1.0.0";
/// The largest accepted index, in bytes.
const INDEX_LIMIT: u64 = 16 << 20;

/// An image layout in a directory.
#[derive(Clone, Debug)]
pub struct Layout {
    path: PathBuf,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mark {
    image_layout_version: String,
}

impl Layout {
    /// The layout at `path`, which a push creates if necessary.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        Layout {
            path: path.to_owned(),
        }
    }

    fn blob_path(&self, digest: &Digest) -> PathBuf {
        self.path.join("blobs/sha256").join(digest.digits())
    }

    fn missing(&self, reason: impl Into<String>) -> Error {
        Error::missing(self.place(), reason)
    }

    fn unusable(&self, what: &str, error: impl ToString) -> Error {
        Error::unusable(self.place(), format!("{what}: {}", error.to_string()))
    }

    /// At most one byte more than `limit`, which shows that it is exceeded.
    fn read(&self, path: &Path, what: &str, limit: u64) -> Result<Vec<u8>, Error> {
        let name = path.strip_prefix(&self.path).unwrap_or(path).display();
        let file = File::open(path).map_err(|error| match error.kind() {
            ErrorKind::NotFound => self.missing(format!("there is no {what} {name}")),
            _ => self.unusable(&name.to_string(), error),
        })?;
        let mut bytes = Vec::new();
        file.take(limit.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(|error| self.unusable(&name.to_string(), error))?;
        Ok(bytes)
    }

    fn check_mark(&self) -> Result<(), Error> {
        let path = self.path.join(MARK);
        let text = fs::read(&path).map_err(|error| match error.kind() {
            ErrorKind::NotFound => self.missing(format!(
                "not an image layout: there is no file {MARK}; name the directory that contains it"
            )),
            _ => self.unusable(MARK, error),
        })?;
        let foreign = |reason| Error::foreign(self.place(), reason);
        let mark: Mark = serde_json::from_slice(&text)
            .map_err(|error| foreign(format!("{MARK} is not that of a layout: {error}")))?;
        match mark.image_layout_version.as_str() {
            VERSION => Ok(()),
            other => Err(foreign(format!(
                "an image layout of version {other:?}, not {VERSION}"
            ))),
        }
    }

    fn index(&self) -> Result<Index, Error> {
        let bytes = self.read(&self.path.join(INDEX), "file", INDEX_LIMIT)?;
        Index::read(&bytes)
            .map_err(|reason| Error::foreign(self.place(), format!("{INDEX}: {reason}")))
    }

    /// The directory with its marker and folders, created as far as missing.
    fn prepare(&self) -> Result<(), Error> {
        let folder = self.path.join("blobs/sha256");
        fs::create_dir_all(&folder).map_err(|error| self.unusable("cannot be created", error))?;
        let path = self.path.join(MARK);
        if path.exists() {
            return Ok(());
        }
        // Atomically, and never in place of an existing one: others may hold its lock.
        let mark = format!("{{\"imageLayoutVersion\":\"{VERSION}\"}}");
        let draft = self.draft(&path, mark.as_bytes())?;
        match draft.persist_noclobber(&path) {
            Err(refused) if refused.error.kind() != ErrorKind::AlreadyExists => {
                Err(self.unusable(MARK, refused.error))
            }
            _ => Ok(()),
        }
    }

    /// A file of the layout, written atomically.
    fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), Error> {
        let draft = self.draft(path, bytes)?;
        draft
            .persist(path)
            .map_err(|error| self.unusable("cannot be written", error.error))?;
        Ok(())
    }

    /// A temporary file beside `path`, to be renamed to it.
    fn draft(&self, path: &Path, bytes: &[u8]) -> Result<NamedTempFile, Error> {
        let failed = |error: std::io::Error| self.unusable("cannot be written", error);
        let folder = path.parent().unwrap_or(&self.path);
        let mut draft = NamedTempFile::new_in(folder).map_err(failed)?;
        draft.write_all(bytes).map_err(failed)?;
        readable_by_all(draft.as_file()).map_err(failed)?;
        Ok(draft)
    }
}

/// Temporary files are private to the user; a layout is shared.
#[cfg(unix)]
fn readable_by_all(file: &File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;

    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable_by_all(_: &File) -> std::io::Result<()> {
    Ok(())
}

impl Source for Layout {
    fn place(&self) -> String {
        format!("oci:{}", self.path.display())
    }

    fn manifest(&self, target: &Target) -> Result<Vec<u8>, Error> {
        self.check_mark()?;
        let digest = match target {
            Target::Digest(digest) => digest.clone(),
            Target::Tag(tag) => {
                let index = self.index()?;
                index.find(tag).ok_or_else(|| {
                    let tags = index.tags();
                    self.missing(match tags.as_slice() {
                        [] => format!("there is no tag {tag}, and no other tag"),
                        tags => format!("there is no tag {tag}; there are {}", tags.join(", ")),
                    })
                })?
            }
        };
        self.read(&self.blob_path(&digest), "manifest", MANIFEST_LIMIT)
    }

    fn blob(&self, descriptor: &Descriptor) -> Result<Vec<u8>, Error> {
        self.read(&self.blob_path(&descriptor.digest), "blob", descriptor.size)
    }
}

impl Sink for Layout {
    fn put_blob(&self, descriptor: &Descriptor, bytes: &[u8]) -> Result<(), Error> {
        self.prepare()?;
        self.check_mark()?;
        let path = self.blob_path(&descriptor.digest);
        // A damaged one is written again.
        if fs::read(&path).is_ok_and(|there| there == bytes) {
            return Ok(());
        }
        self.write(&path, bytes)
    }

    fn put_manifest(
        &self,
        descriptor: &Descriptor,
        bytes: &[u8],
        tag: Option<&str>,
    ) -> Result<(), Error> {
        self.put_blob(descriptor, bytes)?;
        // Of two concurrent pushes both must be listed.
        let mark = File::open(self.path.join(MARK)).map_err(|error| self.unusable(MARK, error))?;
        mark.lock().map_err(|error| self.unusable(MARK, error))?;
        let mut index = match self.index() {
            Err(Error::Missing { .. }) => Index::default(),
            read => read?,
        };
        index.add(descriptor, tag);
        self.write(&self.path.join(INDEX), &index.to_json())
    }
}
