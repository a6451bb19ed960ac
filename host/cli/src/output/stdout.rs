//! Stdout for documents.

use std::io::{self, Write};

/// Stdout, unbuffered: that of the standard library searches all that is written for the ends of
/// lines, of which a document of many megabytes has one.
#[cfg(unix)]
pub(crate) fn stdout() -> io::Result<Box<dyn Write + Send>> {
    use std::fs::File;
    use std::os::fd::AsFd as _;

    let descriptor = io::stdout().as_fd().try_clone_to_owned()?;
    Ok(Box::new(File::from(descriptor)))
}

/// Stdout.
#[cfg(not(unix))]
pub(crate) fn stdout() -> io::Result<Box<dyn Write + Send>> {
    Ok(Box::new(io::stdout()))
}
