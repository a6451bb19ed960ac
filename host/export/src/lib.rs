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

use std::io::{Read, Seek};
use std::path::Path;

pub use diff::{Changed, DiffOptions, Difference, FieldChange, Moved, Object, Place, Side, diff};
pub use error::Error;
pub use format::Format;
pub use options::Options;
pub use report::Report;
pub use response::Response;
pub use sheet::{Column, Sheet, sheets};

use draft::FileDraft;
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
    let read = Index::read(response, options.allow_incomplete)?;
    let mut report = Report {
        complete: read.1.stats.inventory_complete,
        ..Report::default()
    };
    match format {
        Format::Xlsx => xlsx::export(response, &read, path, options, &mut report)?,
        Format::Csv => csv::export(response, &read, path, options, &mut report)?,
        Format::Parquet => parquet::export(response, path, &mut report)?,
        Format::Netbox => netbox::export(response, &read.0, path, &mut report)?,
        Format::Json => write_assets(response, Layout::Array, path, &mut report)?,
        Format::Ndjson => write_assets(response, Layout::Lines, path, &mut report)?,
    }
    Ok(report)
}

fn write_assets<R: Read + Seek>(
    response: &mut Response<R>,
    layout: Layout,
    path: &Path,
    report: &mut Report,
) -> Result<(), Error> {
    let mut draft = FileDraft::new(path)?;
    let name = path.display().to_string();
    json::write(response, layout, &mut draft, &name, report)?;
    draft.publish()
}
