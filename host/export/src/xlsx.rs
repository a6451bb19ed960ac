//! A workbook of all sheets.

use std::io::{Read, Seek, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use crate::cell::Cell;
use crate::draft::Output;
use crate::index::Index;
use crate::report::Report;
use crate::response::{Response, Summary};
use crate::rows::{self, Sheets};
use crate::text::fitted;
use crate::{Error, Options};

/// Rows that a sheet holds.
const ROWS: u32 = 1_048_576;
/// Columns that a sheet holds.
pub(crate) const COLUMNS: usize = 16_384;
/// Integers up to here are numbers of a spreadsheet without loss.
const EXACT: u64 = 1 << 53;
/// The width of a column, in characters.
const WIDTH: f64 = 18.0;

/// Writes the workbook.
pub(crate) fn export<R: Read + Seek>(
    response: &mut Response<R>,
    read: &(Index, Summary),
    output: &mut Output<'_>,
    options: &Options,
    report: &mut Report,
) -> Result<(), Error> {
    let mut book = Book::new(output.path, output.folder, ROWS)?;
    rows::write(response, read, options, &mut book, COLUMNS, report)?;
    book.save(output.out)
}

/// A workbook whose rows are on disk, in files without a name.
struct Book {
    path: PathBuf,
    workbook: Workbook,
    sheets: Vec<Place>,
    /// Rows of a sheet, with the header.
    limit: u32,
    bold: Format,
    time: Format,
}

/// Where the next row of a sheet goes.
struct Place {
    name: String,
    header: Vec<String>,
    /// The number of the worksheet.
    worksheet: usize,
    /// How many worksheets it has.
    parts: u32,
    row: u32,
}

impl Book {
    fn new(path: &Path, folder: Option<&Path>, limit: u32) -> Result<Self, Error> {
        let mut workbook = Workbook::new();
        if let Some(folder) = folder {
            let kept = workbook.set_tempdir(folder);
            kept.map_err(|error| Error::write(path, error))?;
        }
        Ok(Book {
            path: path.to_owned(),
            workbook,
            sheets: Vec::new(),
            limit,
            bold: Format::new().set_bold(),
            time: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
        })
    }

    fn add_worksheet(&mut self, name: &str, header: &[String]) -> Result<usize, Error> {
        let number = self.workbook.worksheets().len();
        let bold = &self.bold;
        let workbook = &mut self.workbook;
        guarded(&self.path, || {
            let sheet = workbook.add_worksheet_with_constant_memory()?;
            write_header(sheet, name, header, bold)
        })?;
        Ok(number)
    }

    fn save(mut self, out: &mut (dyn Write + Send)) -> Result<(), Error> {
        guarded(&self.path, || self.workbook.save_to_writer(out))
    }
}

/// Calls the library, which panics when one of its temporary files cannot be written. The workbook is not used after that.
fn guarded<T>(path: &Path, call: impl FnOnce() -> Result<T, XlsxError>) -> Result<T, Error> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(called) => called.map_err(|error| Error::write(path, error)),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
            let reason = text.unwrap_or("no reason is given");
            let reason =
                format!("a temporary file cannot be written, as on a full disk ({reason})");
            Err(Error::write(path, reason))
        }
    }
}

fn write_header(
    sheet: &mut Worksheet,
    name: &str,
    header: &[String],
    bold: &Format,
) -> Result<(), XlsxError> {
    sheet.set_name(name)?;
    // Set before any row: rows that are on disk cannot be changed.
    sheet.set_freeze_panes(1, 0)?;
    for (column, name) in (0_u16..).zip(header) {
        sheet.set_column_width(column, WIDTH)?;
        let name = fitted(name, &mut Report::default());
        sheet.write_string_with_format(0, column, name, bold)?;
    }
    Ok(())
}

impl Sheets for Book {
    fn begin(&mut self, _: usize, name: &str, header: &[String]) -> Result<(), Error> {
        let worksheet = self.add_worksheet(name, header)?;
        self.sheets.push(Place {
            name: name.to_owned(),
            header: header.to_vec(),
            worksheet,
            parts: 1,
            row: 1,
        });
        Ok(())
    }

    fn row(&mut self, sheet: usize, cells: &[Cell<'_>], report: &mut Report) -> Result<(), Error> {
        if self.sheets[sheet].row == self.limit {
            self.sheets[sheet].parts += 1;
            let place = &self.sheets[sheet];
            let name = format!("{} ({})", place.name, place.parts);
            let header = place.header.clone();
            let worksheet = self.add_worksheet(&name, &header)?;
            let place = &mut self.sheets[sheet];
            place.worksheet = worksheet;
            place.row = 1;
            report.split_sheets.push(name);
        }
        let place = &mut self.sheets[sheet];
        let row = place.row;
        place.row += 1;
        let time = &self.time;
        let worksheet = place.worksheet;
        let workbook = &mut self.workbook;
        guarded(&self.path, || {
            let worksheet = workbook.worksheet_from_index(worksheet)?;
            write_row(worksheet, row, cells, time, report)
        })
    }
}

fn write_row(
    sheet: &mut Worksheet,
    row: u32,
    cells: &[Cell<'_>],
    time_format: &Format,
    report: &mut Report,
) -> Result<(), XlsxError> {
    for (column, cell) in (0_u16..).zip(cells) {
        match cell {
            Cell::Empty => {}
            Cell::Text(text) => {
                sheet.write_string(row, column, fitted(text, report))?;
            }
            #[expect(clippy::cast_precision_loss, reason = "such numbers are exact")]
            Cell::Number(number) if *number <= EXACT => {
                sheet.write_number(row, column, *number as f64)?;
            }
            Cell::Number(number) => {
                sheet.write_string(row, column, number.to_string())?;
            }
            Cell::Decimal(number) => {
                sheet.write_number(row, column, *number)?;
            }
            Cell::Flag(flag) => {
                sheet.write_boolean(row, column, *flag)?;
            }
            // Spreadsheets have no time before 1900.
            Cell::Time(time) => match ExcelDateTime::parse_from_str(time) {
                Ok(date) => {
                    sheet.write_datetime_with_format(row, column, date, time_format)?;
                }
                Err(_) => {
                    sheet.write_string(row, column, *time)?;
                }
            },
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
