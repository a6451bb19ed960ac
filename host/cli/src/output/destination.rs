//! The destination of output: stdout, a device or a pipe, or a file that is written atomically.

mod draft;

use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::stdout;
use crate::failure::Failure;
use draft::Draft;

/// Size of the write buffer in bytes.
pub(crate) const BLOCK: usize = 64 * 1024;

/// The destination of output.
pub enum Destination {
    /// Written bytes are visible at once.
    Stream {
        /// What it is called in messages.
        name: String,
        /// What is not yet sent.
        out: BufWriter<Box<dyn Write + Send>>,
    },
    /// A file that gets its name when it is complete.
    File(BufWriter<Draft>),
}

impl fmt::Debug for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Destination::Stream { name, .. } => Path::new(name),
            Destination::File(draft) => draft.get_ref().path(),
        };
        f.debug_tuple("Destination").field(&name).finish()
    }
}

impl Destination {
    /// The file at `path`, else stdout.
    ///
    /// # Errors
    ///
    /// When it cannot be written to; `option` is the option that named it.
    pub fn open(option: &str, path: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = path else {
            let out = stdout().map_err(|error| Failure::file("stdout", &error))?;
            return Ok(Self::stream("stdout".to_owned(), out));
        };
        let name = format!("{option} {}", path.display());
        let refused = |error| Failure::file(&name, &error);
        // Renaming a file over a device would replace the device.
        let draft = match fs::metadata(path) {
            Ok(there) if there.is_file() => {
                let path = fs::canonicalize(path).map_err(refused)?;
                Draft::new(&name, path, Some(&there))?
            }
            Ok(_) => {
                let device = File::options().write(true).open(path).map_err(refused)?;
                return Ok(Self::stream(path.display().to_string(), Box::new(device)));
            }
            Err(_) => Draft::new(&name, path.to_owned(), None)?,
        };
        Ok(Destination::File(BufWriter::with_capacity(BLOCK, draft)))
    }

    fn stream(name: String, out: Box<dyn Write + Send>) -> Self {
        Destination::Stream {
            name,
            out: BufWriter::with_capacity(BLOCK, out),
        }
    }

    /// Makes the written bytes visible.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn publish(self) -> Result<(), Failure> {
        match self {
            Destination::Stream { name, mut out } => out
                .flush()
                .map_err(|error| Failure::other(format!("cannot write to {name}"), error)),
            Destination::File(draft) => {
                let message = format!("cannot write {}", draft.get_ref().path().display());
                let draft = draft
                    .into_inner()
                    .map_err(|error| Failure::other(&message, error.error()))?;
                draft
                    .publish()
                    .map_err(|error| Failure::other(&message, error))
            }
        }
    }

    /// Writes the draft of a file under another name, and leaves the file unchanged.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub(crate) fn publish_as(self, mut other: Destination) -> Result<(), Failure> {
        if let Destination::File(draft) = self {
            let copied = draft
                .into_inner()
                .map_err(io::IntoInnerError::into_error)
                .and_then(|mut draft| draft.copy(&mut other));
            copied.map_err(|error| {
                Failure::other("cannot keep the document of the failed run", error)
            })?;
        }
        other.publish()
    }
}

impl Write for Destination {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Destination::Stream { out, .. } => out.write(bytes),
            Destination::File(draft) => draft.write(bytes),
        }
    }

    // The one of `Write` would go through `write` byte slice by byte slice.
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Destination::Stream { out, .. } => out.write_all(bytes),
            Destination::File(draft) => draft.write_all(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Destination::Stream { out, .. } => out.flush(),
            Destination::File(draft) => draft.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::{Destination, Failure};

    #[test]
    fn a_file_appears_only_when_it_is_published() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("answer.json");
        let mut destination = Destination::open("--output", Some(&path)).expect("a destination");
        destination.write_all(b"{}").expect("written");
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
        let mut destination = Destination::open("--output", Some(&pipe)).expect("a destination");
        destination.write_all(b"{}").expect("written");
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
        let mut destination = Destination::open("--output", Some(&link)).expect("a destination");
        destination.write_all(b"{}").expect("written");
        assert_eq!(std::fs::read(&file).expect("the file"), b"old");
        destination.publish().expect("published");
        assert_eq!(std::fs::read(&file).expect("the file"), b"{}");
        assert!(link.is_symlink());
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_is_replaced_keeps_its_mode_and_a_new_one_has_that_of_the_umask() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().expect("a folder");
        let publish = |name: &str| {
            let path = folder.path().join(name);
            let mut destination =
                Destination::open("--output", Some(&path)).expect("a destination");
            destination.write_all(b"{}").expect("written");
            destination.publish().expect("published");
            let mode = std::fs::metadata(&path).expect("the file").permissions();
            mode.mode() & 0o7777
        };
        for mode in [0o600, 0o640, 0o664, 0o444] {
            let path = folder.path().join("replaced");
            std::fs::write(&path, "old").expect("written");
            let permissions = std::fs::Permissions::from_mode(mode);
            std::fs::set_permissions(&path, permissions).expect("a mode");
            assert_eq!(publish("replaced"), mode);
            std::fs::remove_file(path).expect("removed");
        }
        // The mode that the umask of this process gives a new file.
        std::fs::write(folder.path().join("usual"), "").expect("written");
        let usual = std::fs::metadata(folder.path().join("usual")).expect("the file");
        assert_eq!(publish("new"), usual.permissions().mode() & 0o7777);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_is_replaced_keeps_its_owner() {
        use std::os::unix::fs::{MetadataExt as _, chown};

        const OTHER_USER: u32 = 12_345;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("answer.json");
        std::fs::write(&path, "old").expect("written");
        if let Err(error) = chown(&path, Some(OTHER_USER), Some(OTHER_USER)) {
            // Only root can change owners.
            assert_eq!(error.kind(), std::io::ErrorKind::PermissionDenied);
            return;
        }
        let mut destination = Destination::open("--output", Some(&path)).expect("a destination");
        destination.write_all(b"{}").expect("written");
        destination.publish().expect("published");
        let there = std::fs::metadata(&path).expect("the file");
        assert_eq!((there.uid(), there.gid()), (OTHER_USER, OTHER_USER));
    }

    #[test]
    fn a_folder_that_is_not_there_is_wrong_usage_and_names_the_option() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("missing/answer.json");
        let failure = Destination::open("--output", Some(&path)).expect_err("no folder");
        assert!(matches!(failure, Failure::Usage(_)), "{failure:?}");
        let message = failure.to_string();
        let name = format!("--output {}: cannot write in ", path.display());
        let reason = message.strip_prefix(&name).expect(&message);
        let folder = folder.path().join("missing");
        let expected = format!(
            "{}: No such file or directory (os error 2)",
            folder.display()
        );
        assert_eq!(reason, expected);
    }
}
