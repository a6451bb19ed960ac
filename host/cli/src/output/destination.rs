//! Where an answer goes: stdout, a device or a pipe, or a file that appears whole or not at all.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::failure::Failure;

/// Bytes that are written at once.
const BLOCK: usize = 64 * 1024;

/// Where an answer goes.
pub enum Destination {
    /// What was written has left already.
    Stream {
        /// What it is called in messages.
        name: String,
        /// What is not yet sent.
        out: BufWriter<Box<dyn Write + Send>>,
    },
    /// A file that is not there yet.
    File {
        /// Its place.
        path: PathBuf,
        /// Beside its place, so that it can be renamed into it.
        draft: BufWriter<NamedTempFile>,
    },
}

impl fmt::Debug for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Destination::Stream { name, .. } => Path::new(name),
            Destination::File { path, .. } => path,
        };
        f.debug_tuple("Destination").field(&name).finish()
    }
}

impl Destination {
    /// The file at `path`, else stdout.
    ///
    /// # Errors
    ///
    /// When it cannot be written to.
    pub fn open(path: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = path else {
            return Ok(Self::stream("stdout".to_owned(), io::stdout()));
        };
        let cannot_write = |error| {
            let name = path.display();
            Failure::other(format!("cannot write {name}"), error)
        };
        // A file that is renamed over a device would take its place for everyone.
        let path = match fs::metadata(path) {
            Ok(there) if there.is_file() => fs::canonicalize(path).map_err(cannot_write)?,
            Ok(_) => {
                let device = File::options()
                    .write(true)
                    .open(path)
                    .map_err(cannot_write)?;
                return Ok(Self::stream(path.display().to_string(), device));
            }
            Err(_) => path.to_owned(),
        };
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let draft = NamedTempFile::new_in(folder).map_err(|error| {
            Failure::other(format!("cannot write in {}", folder.display()), error)
        })?;
        Ok(Destination::File {
            draft: BufWriter::with_capacity(BLOCK, draft),
            path,
        })
    }

    fn stream(name: String, out: impl Write + Send + 'static) -> Self {
        Destination::Stream {
            name,
            out: BufWriter::with_capacity(BLOCK, Box::new(out)),
        }
    }

    /// Makes what was written visible.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn publish(self) -> Result<(), Failure> {
        match self {
            Destination::Stream { name, mut out } => out
                .flush()
                .map_err(|error| Failure::other(format!("cannot write to {name}"), error)),
            Destination::File { path, draft } => {
                let told = format!("cannot write {}", path.display());
                let draft = draft
                    .into_inner()
                    .map_err(|error| Failure::other(&told, error.error()))?;
                draft
                    .persist(&path)
                    .map_err(|error| Failure::other(&told, error.error))?;
                Ok(())
            }
        }
    }
}

impl Write for &mut Destination {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Destination::Stream { out, .. } => out.write(bytes),
            Destination::File { draft, .. } => draft.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Destination::Stream { out, .. } => out.flush(),
            Destination::File { draft, .. } => draft.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::Destination;

    #[test]
    fn a_file_appears_only_when_it_is_published() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("answer.json");
        let mut destination = Destination::open(Some(&path)).expect("a destination");
        (&mut destination).write_all(b"{}").expect("written");
        assert!(!path.exists());
        destination.publish().expect("published");
        assert_eq!(std::fs::read(&path).expect("the file"), b"{}");
        let left = std::fs::read_dir(folder.path())
            .expect("the folder")
            .count();
        assert_eq!(left, 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_written_to_and_stays_a_device() {
        use std::os::unix::fs::FileTypeExt as _;

        let folder = tempfile::tempdir().expect("a folder");
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.expect("mkfifo starts").success());
        let reader = std::thread::spawn({
            let pipe = pipe.clone();
            move || std::fs::read(pipe).expect("what was written")
        });
        let mut destination = Destination::open(Some(&pipe)).expect("a destination");
        (&mut destination).write_all(b"{}").expect("written");
        destination.publish().expect("published");
        assert_eq!(reader.join().expect("a reader"), b"{}");
        let there = std::fs::symlink_metadata(&pipe).expect("the pipe");
        assert!(there.file_type().is_fifo());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_its_file_is_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let [file, link] = ["answer.json", "latest.json"].map(|name| folder.path().join(name));
        std::fs::write(&file, "old").expect("written");
        std::os::unix::fs::symlink(&file, &link).expect("a link");
        let mut destination = Destination::open(Some(&link)).expect("a destination");
        (&mut destination).write_all(b"{}").expect("written");
        assert_eq!(std::fs::read(&file).expect("the file"), b"old");
        destination.publish().expect("published");
        assert_eq!(std::fs::read(&file).expect("the file"), b"{}");
        assert!(link.is_symlink());
    }
}
