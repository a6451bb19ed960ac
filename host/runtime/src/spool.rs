//! Lines that wait, in memory while they are few and else on disk, until a document is ready for them.

use std::io::{self, BufRead as _, BufReader, BufWriter, Read as _, Seek as _, Write as _};

use tempfile::SpooledTempFile;

use crate::rlimit;

/// Bytes that go to and from disk at once.
const BLOCK: usize = 64 * 1024;

/// Lines in the order in which they came; none has a line break in it.
///
/// A spool that fails, as when the disk is full, keeps nothing: what was added would come back in
/// part, and it would be unknown which part.
#[derive(Debug)]
pub struct Spool {
    file: BufWriter<SpooledTempFile>,
    lines: u64,
    in_memory: usize,
}

/// The lines of a spool, from the first.
#[derive(Debug)]
pub struct Lines<'s> {
    reader: BufReader<&'s mut SpooledTempFile>,
    line: Vec<u8>,
}

/// The lines of a spool, from the first, many at once.
#[derive(Debug)]
pub struct Blocks<'s> {
    file: &'s mut SpooledTempFile,
    /// Whole lines that were handed out, and the beginning of the next one.
    buffer: Vec<u8>,
    handed_out: usize,
}

/// Whole lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block<'b> {
    /// How many there are.
    pub lines: u64,
    /// Their bytes, with the separator between them and none behind the last.
    pub joined: &'b [u8],
}

impl Spool {
    /// An empty one, which moves to disk beyond so many bytes.
    #[must_use]
    pub fn new(in_memory: usize) -> Self {
        Spool {
            file: BufWriter::with_capacity(BLOCK, SpooledTempFile::new(in_memory)),
            lines: 0,
            in_memory,
        }
    }

    /// How many lines there are.
    #[must_use]
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Adds the line that `parts` make together.
    ///
    /// # Errors
    ///
    /// The disk is full or cannot be written, said with the folder's name. The spool is empty then.
    pub fn add(&mut self, parts: &[&str]) -> io::Result<()> {
        self.lines += 1;
        let mut added = parts
            .iter()
            .try_for_each(|part| self.file.write_all(part.as_bytes()));
        if added.is_ok() {
            added = self.file.write_all(b"\n");
        }
        added.map_err(|error| self.fail(&error))
    }

    /// Shows the lines.
    ///
    /// # Errors
    ///
    /// As [`Spool::add`]: the last lines are written only now.
    pub fn read(&mut self) -> io::Result<Lines<'_>> {
        Ok(Lines {
            reader: BufReader::with_capacity(BLOCK, self.rewind()?),
            line: Vec::new(),
        })
    }

    /// Shows the lines, many at once.
    ///
    /// # Errors
    ///
    /// As [`Spool::read`].
    pub fn read_blocks(&mut self) -> io::Result<Blocks<'_>> {
        Ok(Blocks {
            file: self.rewind()?,
            buffer: Vec::new(),
            handed_out: 0,
        })
    }

    fn rewind(&mut self) -> io::Result<&mut SpooledTempFile> {
        let ready = self
            .file
            .flush()
            .and_then(|()| self.file.get_mut().rewind());
        match ready {
            Ok(()) => Ok(self.file.get_mut()),
            Err(error) => Err(self.fail(&error)),
        }
    }

    /// Forgets everything, so that what is buffered is not written again.
    fn fail(&mut self, error: &io::Error) -> io::Error {
        let failed = std::mem::replace(self, Spool::new(self.in_memory));
        // Its buffer goes with it; writing that would fail again.
        let _ = failed.file.into_parts();
        explained(error, "written", "free space there")
    }
}

impl Lines<'_> {
    /// The next line, `None` after the last one.
    ///
    /// # Errors
    ///
    /// The disk cannot be read.
    pub fn next_line(&mut self) -> io::Result<Option<&str>> {
        self.line.clear();
        match self.reader.read_until(b'\n', &mut self.line) {
            Ok(0) => return Ok(None),
            Ok(_) => {}
            Err(error) => return Err(unread(&error)),
        }
        let line = self.line.strip_suffix(b"\n").unwrap_or(&self.line);
        let line = std::str::from_utf8(line)
            .map_err(|error| unread(&io::Error::new(io::ErrorKind::InvalidData, error)))?;
        Ok(Some(line))
    }
}

impl Blocks<'_> {
    /// The next lines, with `separator` between them; `None` after the last one.
    ///
    /// # Errors
    ///
    /// The disk cannot be read.
    pub fn next_block(&mut self, separator: u8) -> io::Result<Option<Block<'_>>> {
        self.buffer.drain(..self.handed_out);
        self.handed_out = 0;
        let end = loop {
            let begin = self.buffer.len();
            let mut more = (&mut *self.file).take(BLOCK as u64);
            let read = more.read_to_end(&mut self.buffer);
            if read.map_err(|error| unread(&error))? == 0 {
                return Ok(None);
            }
            if let Some(last) = memchr::memrchr(b'\n', &self.buffer[begin..]) {
                break begin + last;
            }
        };
        self.handed_out = end + 1;
        let joined = &mut self.buffer[..end];
        let mut lines = 1;
        let mut at = 0;
        while let Some(next) = memchr::memchr(b'\n', &joined[at..]) {
            at += next;
            joined[at] = separator;
            lines += 1;
        }
        Ok(Some(Block { lines, joined }))
    }
}

fn unread(error: &io::Error) -> io::Error {
    explained(error, "read", "check its disk")
}

fn explained(error: &io::Error, what: &str, cure: &str) -> io::Error {
    let folder = std::env::temp_dir();
    let folder = folder.display();
    let message = match rlimit::cure(error) {
        Some(cure) => format!("a temporary file cannot be {what} ({error}); {cure}"),
        None => format!(
            "a temporary file in {folder} cannot be {what} ({error}); {cure}, or set TMPDIR to another folder"
        ),
    };
    io::Error::new(error.kind(), message)
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::{BLOCK, Spool};

    fn lines(spool: &mut Spool) -> io::Result<Vec<String>> {
        let mut all = Vec::new();
        let mut lines = spool.read()?;
        while let Some(line) = lines.next_line()? {
            all.push(line.to_owned());
        }
        Ok(all)
    }

    /// The lines as blocks have them, joined by a character that is not in any of them.
    fn joined(spool: &mut Spool) -> io::Result<Vec<String>> {
        let mut all = Vec::new();
        let mut blocks = spool.read_blocks()?;
        while let Some(block) = blocks.next_block(b'|')? {
            let text = str::from_utf8(block.joined).expect("UTF-8");
            let before = all.len() as u64;
            all.extend(text.split('|').map(str::to_owned));
            assert_eq!(all.len() as u64 - before, block.lines);
        }
        Ok(all)
    }

    #[test]
    fn a_line_may_be_longer_than_a_block_or_empty() {
        let mut spool = Spool::new(0);
        let expected = [
            "".to_owned(),
            "x".repeat(3 * BLOCK),
            "".to_owned(),
            "y".to_owned(),
        ];
        for line in &expected {
            spool.add(&[line]).expect("kept");
        }
        assert_eq!(joined(&mut spool).expect("read"), expected);
        assert_eq!(lines(&mut spool).expect("read"), expected);
        assert_eq!(joined(&mut Spool::new(0)).expect("read"), [""; 0]);
    }

    #[test]
    fn lines_come_back_in_their_order_and_as_often_as_asked() {
        // In memory, and moved to disk.
        for in_memory in [usize::MAX, BLOCK] {
            let mut spool = Spool::new(in_memory);
            let expected: Vec<String> = (0..20_000).map(|n| format!("line {n} ü")).collect();
            for number in 0..expected.len() {
                let number = number.to_string();
                spool.add(&["line ", &number, " ü"]).expect("kept");
            }
            assert_eq!(spool.lines(), 20_000);
            for _ in 0..2 {
                assert_eq!(lines(&mut spool).expect("read"), expected);
                assert_eq!(joined(&mut spool).expect("read"), expected);
            }
        }
    }

    #[test]
    fn a_spool_that_failed_is_empty_and_names_the_folder() {
        let mut spool = Spool::new(BLOCK);
        spool.add(&["line"]).expect("kept");
        let error = spool.fail(&io::Error::from(io::ErrorKind::StorageFull));
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        let folder = std::env::temp_dir().display().to_string();
        assert!(error.to_string().contains(&folder), "{error}");
        assert_eq!(spool.lines(), 0);
        assert_eq!(lines(&mut spool).expect("read"), [""; 0]);
    }
}
