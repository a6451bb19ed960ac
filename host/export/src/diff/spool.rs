//! Assets in a file without a name.

use std::fs::File;
use std::io::{self, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};

use crate::Error;
use crate::asset::Asset;

/// Where an asset is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stored {
    pub(super) offset: u64,
    length: usize,
}

/// What is compared of assets, in a file without a name.
#[derive(Debug)]
pub(super) struct Spool {
    name: String,
    file: BufWriter<File>,
    end: u64,
}

impl Spool {
    /// A spool of the response that messages call `name`.
    pub(super) fn new(name: &str) -> Result<Self, Error> {
        match tempfile::tempfile() {
            Ok(file) => Ok(Spool {
                name: name.to_owned(),
                file: BufWriter::with_capacity(1 << 18, file),
                end: 0,
            }),
            Err(error) => Err(Error::write(std::env::temp_dir(), error)),
        }
    }

    pub(super) fn store(&mut self, asset: &Asset<'_>) -> Result<Stored, Error> {
        let id = serde_json::Value::from(asset.id.as_ref());
        let kind = asset.kind.as_str();
        let mut text = format!(r#"{{"external_kind":"{kind}","external_id":{id},"normalized":"#);
        text.push_str(asset.normalized_text);
        if let Some(details) = asset.details_text {
            text.push_str(",\"details\":");
            text.push_str(details);
        }
        text.push('}');
        let stored = Stored {
            offset: self.end,
            length: text.len(),
        };
        self.end += text.len() as u64;
        let written = self.file.write_all(text.as_bytes());
        written.map_err(|error| self.failed(&error))?;
        Ok(stored)
    }

    pub(super) fn read(&mut self, stored: Stored) -> Result<String, Error> {
        self.read_text(stored).map_err(|error| self.failed(&error))
    }

    fn read_text(&mut self, stored: Stored) -> io::Result<String> {
        self.file.flush()?;
        let file = self.file.get_mut();
        file.seek(SeekFrom::Start(stored.offset))?;
        let mut bytes = vec![0; stored.length];
        file.read_exact(&mut bytes)?;
        file.seek(SeekFrom::Start(self.end))?;
        String::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    }

    fn failed(&self, error: &io::Error) -> Error {
        let reason = format!("{error}; it is a temporary copy of {}", self.name);
        Error::write(std::env::temp_dir(), reason)
    }
}
