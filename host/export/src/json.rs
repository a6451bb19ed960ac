//! The assets as they stand in the response.

use std::io::{Read, Seek, Write};
use std::path::Path;

use crate::Error;
use crate::draft::Output;
use crate::report::Report;
use crate::response::{Items, Response};

/// How assets follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// One array.
    Array,
    /// One line each.
    Lines,
}

/// Writes every asset.
pub(crate) fn write<R: Read + Seek>(
    response: &mut Response<R>,
    layout: Layout,
    output: &mut Output<'_>,
    report: &mut Report,
) -> Result<(), Error> {
    let (path, out) = (output.path, &mut *output.out);
    let mut assets = Assets {
        layout,
        out,
        path,
        report,
    };
    if layout == Layout::Array {
        assets.write("[")?;
    }
    response.read(&mut assets)?;
    if layout == Layout::Array {
        assets.write("\n]\n")?;
    }
    out.flush().map_err(|error| Error::write(path, error))
}

struct Assets<'a> {
    layout: Layout,
    out: &'a mut dyn Write,
    path: &'a Path,
    report: &'a mut Report,
}

impl Assets<'_> {
    fn write(&mut self, text: &str) -> Result<(), Error> {
        let written = self.out.write_all(text.as_bytes());
        written.map_err(|error| Error::write(self.path, error))
    }
}

impl Items for Assets<'_> {
    fn asset(&mut self, text: &str) -> Result<(), Error> {
        self.report.assets += 1;
        match self.layout {
            Layout::Array if self.report.assets == 1 => self.write("\n")?,
            Layout::Array => self.write(",\n")?,
            Layout::Lines => {}
        }
        // A document that was formatted for people has line breaks between its members.
        if text.contains('\n') {
            self.write(&compact(text))?;
        } else {
            self.write(text)?;
        }
        if self.layout == Layout::Lines {
            self.write("\n")?;
        }
        Ok(())
    }
}

/// JSON text without the white space between its parts. Numbers and strings stay as they are written.
fn compact(text: &str) -> String {
    let mut compact = String::with_capacity(text.len());
    let mut in_string = false;
    let mut is_escaped = false;
    for character in text.chars() {
        if in_string {
            in_string = is_escaped || character != '"';
            is_escaped = !is_escaped && character == '\\';
        } else if character.is_ascii_whitespace() {
            continue;
        } else {
            in_string = character == '"';
        }
        compact.push(character);
    }
    compact
}
