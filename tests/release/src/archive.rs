//! Entries as a compressed tar that depends on nothing but them and one time: sorted, without owners,
//! modes of two kinds.

use std::io::{self, Write};

use flate2::{Compression, GzBuilder};
use tar::{EntryType, Header};

/// A file or a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where it lies in the archive, with `/` between parts.
    pub path: String,
    /// What it is.
    pub kind: Kind,
}

/// What an entry is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file that is read, mode 644.
    File(Vec<u8>),
    /// A file that is started, mode 755.
    Program(Vec<u8>),
    /// A symbolic link to this path, relative to its own folder.
    Link(String),
}

/// Writes the entries below the folder `root`, each dated `mtime` (seconds since 1970).
///
/// # Errors
///
/// When `out` cannot be written, or a path cannot be in an archive.
pub fn write(out: impl Write, root: &str, mut entries: Vec<Entry>, mtime: u64) -> io::Result<()> {
    entries.sort_by(|left, right| left.path.cmp(&right.path));
    let packed = GzBuilder::new().write(out, Compression::best());
    let mut archive = tar::Builder::new(packed);
    for Entry { path, kind } in &entries {
        let path = format!("{root}/{path}");
        let mut header = Header::new_gnu();
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(mtime);
        match kind {
            Kind::File(bytes) => {
                header.set_mode(0o644);
                header.set_size(bytes.len() as u64);
                archive.append_data(&mut header, path, bytes.as_slice())?;
            }
            Kind::Program(bytes) => {
                header.set_mode(0o755);
                header.set_size(bytes.len() as u64);
                archive.append_data(&mut header, path, bytes.as_slice())?;
            }
            Kind::Link(target) => {
                header.set_mode(0o777);
                header.set_size(0);
                header.set_entry_type(EntryType::Symlink);
                archive.append_link(&mut header, path, target)?;
            }
        }
    }
    archive.into_inner()?.finish()?.flush()
}
