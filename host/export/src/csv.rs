//! CSV: one file per sheet.

use std::fs::File;
use std::io::{BufWriter, Read, Seek};
use std::path::Path;

use crate::cell::Cell;
use crate::draft::DirectoryDraft;
use crate::index::Index;
use crate::report::Report;
use crate::response::{Response, Summary};
use crate::rows::{self, Sheets};
use crate::text::{disarmed, fitted};
use crate::{Error, Options};

/// Writes a directory with a file per sheet.
pub(crate) fn export<R: Read + Seek>(
    response: &mut Response<R>,
    read: &(Index, Summary),
    path: &Path,
    options: &Options,
    report: &mut Report,
) -> Result<(), Error> {
    let mut files = Files {
        draft: DirectoryDraft::new(path)?,
        files: Vec::new(),
    };
    // What reads CSV can as a rule hold no more columns than a spreadsheet.
    rows::write(
        response,
        read,
        options,
        &mut files,
        crate::xlsx::COLUMNS,
        report,
    )?;
    for (name, mut file) in files.files {
        let written = file.flush();
        written.map_err(|error| Error::write(files.draft.path_of(&name), error))?;
    }
    files.draft.publish()
}

struct Files {
    draft: DirectoryDraft,
    files: Vec<(String, csv::Writer<BufWriter<File>>)>,
}

impl Files {
    fn write(&mut self, sheet: usize, record: &csv::StringRecord) -> Result<(), Error> {
        let (name, file) = &mut self.files[sheet];
        let written = file.write_record(record);
        written.map_err(|error| Error::write(self.draft.path_of(name), error))
    }
}

impl Sheets for Files {
    fn begin(&mut self, sheet: usize, name: &str, header: &[String]) -> Result<(), Error> {
        let name = format!("{name}.csv");
        let file = csv::Writer::from_writer(self.draft.file(&name)?);
        self.files.push((name, file));
        // Names of custom attributes are text of people too.
        let names = header.iter().map(|name| {
            let mut ignored = Report::default();
            let name = fitted(name, &mut ignored);
            disarmed(name, &mut ignored).into_owned()
        });
        self.write(sheet, &names.collect())
    }

    fn row(&mut self, sheet: usize, cells: &[Cell<'_>], report: &mut Report) -> Result<(), Error> {
        let mut record = csv::StringRecord::new();
        for cell in cells {
            match cell {
                Cell::Empty => record.push_field(""),
                Cell::Text(text) => {
                    record.push_field(&disarmed(fitted(text, report), report));
                }
                Cell::Number(number) => record.push_field(&number.to_string()),
                Cell::Decimal(number) => record.push_field(&number.to_string()),
                Cell::Flag(true) => record.push_field("True"),
                Cell::Flag(false) => record.push_field("False"),
                Cell::Time(time) => record.push_field(time),
            }
        }
        self.write(sheet, &record)
    }
}
