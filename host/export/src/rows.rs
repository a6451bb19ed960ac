//! The rows of all sheets, in one pass over the assets.

use std::collections::{HashMap, HashSet};
use std::io::{Read, Seek};

use stocktake_contract::details::Text;

use crate::asset::Asset;
use crate::cell::Cell;
use crate::health::findings;
use crate::index::Index;
use crate::report::Report;
use crate::response::{Items, Response, Summary};
use crate::sheet::{ALL, Context, Sheet};
use crate::{Error, Options};

/// Takes the rows of sheets.
pub(crate) trait Sheets {
    /// Begins a sheet; each is begun once, before the first row of any.
    fn begin(&mut self, sheet: usize, name: &str, header: &[String]) -> Result<(), Error>;

    /// Adds a row to the sheet with this number.
    fn row(&mut self, sheet: usize, cells: &[Cell<'_>], report: &mut Report) -> Result<(), Error>;
}

/// Writes the rows of all sheets to `sheets`.
pub(crate) fn write<R: Read + Seek>(
    response: &mut Response<R>,
    read: &(Index, Summary),
    options: &Options,
    sheets: &mut dyn Sheets,
    columns: usize,
    report: &mut Report,
) -> Result<(), Error> {
    let name = response.name().to_owned();
    let mut attributes = Vec::new();
    for (number, sheet) in ALL.iter().enumerate() {
        let mut header: Vec<String> = sheet
            .columns()
            .map(|column| column.name.to_owned())
            .collect();
        let mut names = custom_names(sheet, &read.0);
        let room = columns.saturating_sub(header.len());
        report.omitted_columns += names.len().saturating_sub(room) as u64;
        names.truncate(room);
        unique(&names, &mut header);
        report.rows.insert(sheet.name.to_owned(), 0);
        sheets.begin(number, sheet.name, &header)?;
        attributes.push(names);
    }
    let mut writer = Writer {
        name: &name,
        index: &read.0,
        options,
        attributes,
        sheets,
        report,
    };
    response.read(&mut writer).map(drop)
}

/// The names of the custom attributes that are columns of a sheet.
fn custom_names(sheet: &Sheet, index: &Index) -> Vec<String> {
    if !sheet.has_attributes {
        return Vec::new();
    }
    let kinds = sheet.kinds.iter();
    let names = kinds.filter_map(|kind| index.custom.get(kind)).flatten();
    let mut names: Vec<String> = names.cloned().collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The names behind those of a header, changed where they are taken; spreadsheets compare names without case.
fn unique(names: &[String], header: &mut Vec<String>) {
    let mut taken: HashSet<String> = header.iter().map(|name| name.to_lowercase()).collect();
    for name in names {
        let mut unique = name.clone();
        let mut number = 1;
        while !taken.insert(unique.to_lowercase()) {
            number += 1;
            unique = format!("{name} ({number})");
        }
        header.push(unique);
    }
}

struct Writer<'w> {
    name: &'w str,
    index: &'w Index,
    options: &'w Options,
    /// The names of custom attributes, per sheet.
    attributes: Vec<Vec<String>>,
    sheets: &'w mut dyn Sheets,
    report: &'w mut Report,
}

impl Items for Writer<'_> {
    fn asset(&mut self, text: &str) -> Result<(), Error> {
        let asset = Asset::from_text(self.name, text)?;
        self.report.assets += 1;
        let attributes = asset.details.custom_attributes().iter();
        let attributes: HashMap<&str, &Text<'_>> = attributes
            .map(|(name, value)| (name.as_str(), value))
            .collect();
        let findings = findings(&asset, self.index, self.options);
        for (number, sheet) in ALL.iter().enumerate() {
            if !sheet.kinds.contains(&asset.kind) {
                continue;
            }
            let mut context = Context {
                asset: &asset,
                index: self.index,
                findings: &findings,
                row: 0,
            };
            for row in 0..(sheet.rows)(&context) {
                context.row = row;
                let columns = sheet.columns().map(|column| (column.value)(&context));
                let mut cells: Vec<Cell<'_>> = columns.collect();
                let names = self.attributes[number].iter();
                cells.extend(names.map(|name| attributes.get(name.as_str()).copied().into()));
                self.sheets.row(number, &cells, self.report)?;
                self.report.count(sheet.name);
            }
        }
        Ok(())
    }
}
