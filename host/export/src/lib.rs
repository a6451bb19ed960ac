//! Inventories in the formats that people load into their tools, and the difference of two.
//!
//! The input is a response file of a collector (`collector-response-v1`), which is read one asset after the other, twice:
//! first for what rows need to know of other objects, then for the rows. An inventory that is not proved complete is
//! refused, unless that is allowed. Output gets its name when it is complete.
//!
//! | module | holds |
//! | --- | --- |
//! | `response`, `asset` | the input, item by item |
//! | `index` | what a row needs to know of other objects |
//! | `sheet` | the one table of sheets and columns |
//! | `health` | the findings of the sheet `vHealth` |
//! | `rows`, `cell`, `text` | rows of sheets, and text that a spreadsheet can hold and does not run |
//! | `xlsx`, `csv`, `parquet`, `netbox`, `json` | the formats |
//! | `diff` | the difference of two responses |
//! | `draft` | output beside its final place |
//!
//! ```no_run
//! use std::path::Path;
//!
//! use stocktake_export::{Format, Options, Response, export};
//!
//! let mut response = Response::open("inventory.json")?;
//! let report = export(&mut response, Format::Xlsx, Path::new("inventory.xlsx"), &Options::default())?;
//! println!("{} assets", report.assets);
//! # Ok::<(), stocktake_export::Error>(())
//! ```

mod asset;
mod cell;
mod csv;
mod diff;
mod draft;
mod error;
mod format;
mod health;
mod index;
mod json;
mod netbox;
mod options;
mod parquet;
mod report;
mod response;
mod rows;
mod sheet;
mod text;
mod xlsx;

use std::io::{Read, Seek, Write};
use std::path::Path;

pub use diff::{Changed, DiffOptions, Difference, FieldChange, Moved, Object, Place, Side, diff};
pub use error::Error;
pub use format::Format;
pub use options::Options;
pub use report::Report;
pub use response::Response;
pub use sheet::{Column, Sheet, sheets};

use draft::{FileDraft, Output};
use index::Index;
use json::Layout;

/// Writes a response in a format. A file that has the name already is replaced, a directory is not.
///
/// # Errors
///
/// When the response cannot be read, is none or is not complete, or the output cannot be written. Then nothing has its name.
pub fn export<R: Read + Seek>(
    response: &mut Response<R>,
    format: Format,
    path: &Path,
    options: &Options,
) -> Result<Report, Error> {
    if format.is_directory() {
        let out = &mut std::io::sink();
        let output = Output {
            path,
            folder: None,
            out,
        };
        return write(response, format, output, options);
    }
    let mut draft = FileDraft::new(path)?;
    let output = Output {
        path,
        folder: Some(draft::parent(path)),
        out: &mut draft,
    };
    let report = write(response, format, output, options)?;
    draft.publish()?;
    Ok(report)
}

/// Writes a response to `out`, in a format that is one file. Messages call it `name`.
///
/// # Errors
///
/// When the response cannot be read, is none or is not complete, or `out` cannot be written; when the format is a directory.
pub fn export_to<R: Read + Seek>(
    response: &mut Response<R>,
    format: Format,
    name: &str,
    out: &mut (dyn Write + Send),
    options: &Options,
) -> Result<Report, Error> {
    if format.is_directory() {
        let reason = format!("{format} is a directory of files; name a directory for it");
        return Err(Error::write(name, reason));
    }
    let output = Output {
        path: Path::new(name),
        folder: None,
        out,
    };
    write(response, format, output, options)
}

fn write<R: Read + Seek>(
    response: &mut Response<R>,
    format: Format,
    mut output: Output<'_>,
    options: &Options,
) -> Result<Report, Error> {
    let path = output.path;
    let read = Index::read(response, options.allow_incomplete)?;
    let mut report = Report {
        complete: read.1.stats.inventory_complete,
        ..Report::default()
    };
    match format {
        Format::Xlsx => xlsx::export(response, &read, &mut output, options, &mut report)?,
        Format::Csv => csv::export(response, &read, path, options, &mut report)?,
        Format::Parquet => parquet::export(response, path, &mut report)?,
        Format::Netbox => netbox::export(response, &read.0, path, &mut report)?,
        Format::Json => json::write(response, Layout::Array, &mut output, &mut report)?,
        Format::Ndjson => json::write(response, Layout::Lines, &mut output, &mut report)?,
    }
    Ok(report)
}
