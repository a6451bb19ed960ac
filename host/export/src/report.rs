//! What was written, and what had to be changed for it.

use std::collections::BTreeMap;

use serde::Serialize;

/// What was written, and what had to be changed for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The inventory is proved complete.
    pub complete: bool,
    /// Assets that were read.
    pub assets: u64,
    /// Rows of each sheet or file, without headers.
    pub rows: BTreeMap<String, u64>,
    /// Cells whose text was cut because a spreadsheet holds 32,767 characters in a cell.
    pub cut_cells: u64,
    /// Cells in which control characters were replaced by U+FFFD.
    pub cleaned_cells: u64,
    /// Cells that begin with `'` because a spreadsheet would run them as a formula.
    pub disarmed_cells: u64,
    /// Sheets continued on further ones because a sheet holds 1,048,576 rows.
    pub split_sheets: Vec<String>,
    /// Columns that were left out because a sheet holds 16,384 of them.
    pub omitted_columns: u64,
    /// Numbers that the format cannot hold and that are absent for it.
    pub omitted_numbers: u64,
    /// What else differs from the inventory, in words.
    pub notes: Vec<String>,
}

impl Report {
    pub(crate) fn count(&mut self, name: &str) {
        if let Some(rows) = self.rows.get_mut(name) {
            *rows += 1;
        } else {
            self.rows.insert(name.to_owned(), 1);
        }
    }
}
