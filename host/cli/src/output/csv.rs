//! CSV: a row per asset.

mod place;
mod row;

use std::io::{self, Seek as _, Write};

use csv::StringRecord;
use stocktake_runtime::validation::{Asset, Relation};
use stocktake_runtime::{Outcome, Writer};
use tempfile::SpooledTempFile;

use place::Places;
use row::{CLUSTER, HOST};

use crate::query::{self, Query};

/// Bytes of rows kept in memory; more are moved to disk.
const IN_MEMORY: usize = 1 << 20;

/// Gathers rows and writes them to `W` when the names in them are known.
#[derive(Debug)]
pub(crate) struct Rows<W: Write> {
    out: W,
    /// Rows without host and cluster, whose names come later.
    drafts: csv::Writer<SpooledTempFile>,
    places: Places,
    query: Query,
}

impl<W: Write> Rows<W> {
    pub(crate) fn new(out: W, query: Query) -> Self {
        Rows {
            out,
            query,
            drafts: drafts(),
            places: Places::default(),
        }
    }
}

fn drafts() -> csv::Writer<SpooledTempFile> {
    csv::Writer::from_writer(SpooledTempFile::new(IN_MEMORY))
}

impl<W: Write> Writer for Rows<W> {
    fn asset(&mut self, asset: &Asset<'_>) -> io::Result<()> {
        let document = query::document(asset);
        self.places.learn(asset, &document["normalized"]);
        if !self.query.matches(&document) {
            return Ok(());
        }
        let cells = match self.query.columns() {
            None => row::cells(asset, &document["normalized"]),
            Some(columns) => {
                let cells = columns.for_programs(&document);
                cells.iter().map(|cell| row::guarded(cell)).collect()
            }
        };
        self.drafts.write_record(&cells)?;
        Ok(())
    }

    fn relation(&mut self, relation: &Relation<'_>) -> io::Result<()> {
        self.places.place(relation);
        Ok(())
    }

    fn finish(&mut self, _: &Outcome) -> io::Result<()> {
        let drafts = std::mem::replace(&mut self.drafts, drafts());
        let mut drafts = drafts
            .into_inner()
            .map_err(csv::IntoInnerError::into_error)?;
        drafts.rewind()?;
        let mut drafts = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(drafts);
        let mut rows = csv::Writer::from_writer(&mut self.out);
        let mut draft = StringRecord::new();
        if let Some(columns) = self.query.columns() {
            rows.write_record(columns.titles().map(row::guarded))?;
            while drafts.read_record(&mut draft)? {
                rows.write_record(&draft)?;
            }
            return rows.flush();
        }
        rows.write_record(row::names())?;
        while drafts.read_record(&mut draft)? {
            let [kind, id] = [0, 1].map(|column| draft.get(column).unwrap_or_default());
            let (host, cluster) = self.places.of(kind, id);
            let cells = draft.iter().enumerate().map(|(column, cell)| match column {
                HOST => row::guarded(host),
                CLUSTER => row::guarded(cluster),
                _ => cell.to_owned(),
            });
            rows.write_record(cells)?;
        }
        rows.flush()
    }
}

#[cfg(test)]
mod tests;
