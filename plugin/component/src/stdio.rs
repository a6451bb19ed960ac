//! `wasi:cli` stdin and stdout as Rust has them.

use std::io;

use crate::bindings::wasi::cli::stdin::get_stdin;
use crate::bindings::wasi::cli::stdout::get_stdout;
use crate::bindings::wasi::io::streams::{OutputStream, StreamError};

/// Most bytes read at once.
const CHUNK: u64 = 64 * 1024;

/// Reads stdin to its end, or to one byte beyond `most`.
pub(crate) fn read_stdin(most: usize) -> io::Result<Vec<u8>> {
    let stdin = get_stdin();
    let mut bytes = Vec::new();
    while bytes.len() <= most {
        match stdin.blocking_read(CHUNK) {
            Ok(more) => bytes.extend(more),
            Err(StreamError::Closed) => break,
            Err(StreamError::LastOperationFailed(error)) => {
                return Err(io::Error::other(error.to_debug_string()));
            }
        }
    }
    bytes.truncate(most + 1);
    Ok(bytes)
}

/// The program's stdout.
pub(crate) struct Stdout(OutputStream);

impl Stdout {
    /// Opens it.
    pub(crate) fn open() -> Self {
        Stdout(get_stdout())
    }
}

impl io::Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.is_empty() {
            return Ok(0);
        }
        loop {
            let room = usize::try_from(self.0.check_write().map_err(lost)?).unwrap_or(usize::MAX);
            if room > 0 {
                let taken = bytes.len().min(room);
                self.0.write(&bytes[..taken]).map_err(lost)?;
                return Ok(taken);
            }
            self.0.subscribe().block();
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.blocking_flush().map_err(lost)
    }
}

fn lost(error: StreamError) -> io::Error {
    match error {
        StreamError::Closed => io::ErrorKind::BrokenPipe.into(),
        StreamError::LastOperationFailed(error) => io::Error::other(error.to_debug_string()),
    }
}
