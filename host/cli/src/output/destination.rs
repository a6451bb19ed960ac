//! Where an answer goes: stdout, or a file that appears whole or not at all.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::failure::Failure;

/// Where an answer goes.
#[derive(Debug)]
pub(crate) enum Destination {
    Stdout(BufWriter<io::Stdout>),
    File {
        path: PathBuf,
        /// Beside its place, so that it can be renamed into it.
        draft: BufWriter<NamedTempFile>,
    },
}

impl Destination {
    /// The file at `path`, else stdout.
    pub(crate) fn open(path: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = path else {
            return Ok(Destination::Stdout(BufWriter::new(io::stdout())));
        };
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let draft = NamedTempFile::new_in(folder).map_err(|error| {
            Failure::other(format!("cannot write in {}", folder.display()), error)
        })?;
        Ok(Destination::File {
            path: path.to_owned(),
            draft: BufWriter::new(draft),
        })
    }

    /// Makes what was written visible.
    pub(crate) fn publish(self) -> Result<(), Failure> {
        match self {
            Destination::Stdout(mut out) => out
                .flush()
                .map_err(|error| Failure::other("cannot write to stdout", error)),
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
            Destination::Stdout(out) => out.write(bytes),
            Destination::File { draft, .. } => draft.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Destination::Stdout(out) => out.flush(),
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
}
