//! Lines that are kept in the order in which they came.

use std::io::{self, BufRead as _, BufReader, BufWriter, Seek as _, Write as _};

use tempfile::SpooledTempFile;

/// Bytes of lines that are kept in memory; more move to disk.
const IN_MEMORY: usize = 1 << 20;
/// Bytes that go to and from disk at once.
const CHUNK: usize = 64 * 1024;

/// Lines; none has a line break in it.
#[derive(Debug)]
pub(super) struct Spool {
    file: BufWriter<SpooledTempFile>,
    lines: u64,
}

impl Spool {
    pub(super) fn new() -> Self {
        Spool {
            file: BufWriter::with_capacity(CHUNK, SpooledTempFile::new(IN_MEMORY)),
            lines: 0,
        }
    }

    /// How many lines there are.
    pub(super) fn lines(&self) -> u64 {
        self.lines
    }

    /// Adds the line that `parts` make together.
    pub(super) fn add(&mut self, parts: &[&str]) -> io::Result<()> {
        for part in parts {
            self.file.write_all(part.as_bytes())?;
        }
        self.lines += 1;
        self.file.write_all(b"\n")
    }

    /// Shows every line, from the first.
    pub(super) fn each(&mut self, mut take: impl FnMut(&str) -> io::Result<()>) -> io::Result<()> {
        self.file.flush()?;
        let file = self.file.get_mut();
        file.rewind()?;
        let mut reader = BufReader::with_capacity(CHUNK, file);
        let mut line = String::new();
        while reader.read_line(&mut line)? > 0 {
            take(line.trim_end_matches('\n'))?;
            line.clear();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{IN_MEMORY, Spool};

    #[test]
    fn lines_come_back_in_their_order_and_as_often_as_asked() {
        let mut spool = Spool::new();
        // Enough to move to disk.
        let count = IN_MEMORY / 10;
        for number in 0..count {
            spool
                .add(&["line ", &number.to_string(), " ü"])
                .expect("kept");
        }
        for _ in 0..2 {
            let mut next = 0;
            spool
                .each(|line| {
                    assert_eq!(line, format!("line {next} ü"));
                    next += 1;
                    Ok(())
                })
                .expect("read");
            assert_eq!(next, count);
        }
    }
}
