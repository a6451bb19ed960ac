//! Parquet: a file per kind, and one of the relations.
//!
//! The columns are the members of an asset, with objects as groups, arrays as lists and maps as maps, so that a query names
//! what it wants as the guide does: `details.tools.version`, `unnest(details.disks)`.

mod column;
mod schema;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Read, Seek};
use std::path::Path;
use std::sync::Arc;

use ::parquet::basic::Compression;
use ::parquet::errors::ParquetError;
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::SerializedFileWriter;
use serde_json::{Value, json};
use stocktake_contract::normalized::Kind;

use crate::Error;
use crate::asset::Asset;
use crate::draft::DirectoryDraft;
use crate::report::Report;
use crate::response::{Items, Relation, Response};

use column::{Columns, Node};

/// Rows of a row group at most.
const ROWS: usize = 1 << 16;
/// Bytes of values that a row group gathers, about.
const BYTES: usize = 8 << 20;
/// The name of the file of the relations.
const RELATIONS: &str = "relation";

/// Writes a directory with a file per kind.
pub(crate) fn export<R: Read + Seek>(
    response: &mut Response<R>,
    path: &Path,
    report: &mut Report,
) -> Result<(), Error> {
    let name = response.name().to_owned();
    let mut files = Files {
        name: &name,
        draft: DirectoryDraft::new(path)?,
        files: BTreeMap::new(),
        report,
    };
    response.read(&mut files)?;
    let Files { draft, files, .. } = files;
    for (name, file) in files {
        let path = draft.path_of(&file_name(name));
        let closed = file.close();
        closed.map_err(|error| Error::write(path, error))?;
    }
    draft.publish()
}

fn file_name(name: &str) -> String {
    format!("{name}.parquet")
}

struct Files<'f> {
    name: &'f str,
    draft: DirectoryDraft,
    files: BTreeMap<&'static str, Table>,
    report: &'f mut Report,
}

impl Files<'_> {
    /// Adds a row to the file with this name; `schema` makes the schema of a file that is not there yet.
    fn add(
        &mut self,
        name: &'static str,
        schema: impl FnOnce() -> Result<schema::Schema, ParquetError>,
        row: &Value,
    ) -> Result<(), Error> {
        let failed = |error| Error::write(self.draft.path_of(&file_name(name)), error);
        let table = match self.files.entry(name) {
            std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::btree_map::Entry::Vacant(entry) => {
                let file = self.draft.file(&file_name(name))?;
                let table = schema().and_then(|schema| Table::new(file, schema));
                entry.insert(table.map_err(failed)?)
            }
        };
        table.columns.add(&table.root, row);
        if table.columns.rows() >= ROWS || table.columns.bytes() >= BYTES {
            table.write_row_group().map_err(failed)?;
        }
        self.report.omitted_numbers += std::mem::take(&mut table.columns.omitted);
        self.report.count(name);
        Ok(())
    }
}

impl Items for Files<'_> {
    fn asset(&mut self, text: &str) -> Result<(), Error> {
        let asset = Asset::from_text(self.name, text)?;
        self.report.assets += 1;
        let malformed = |error: serde_json::Error| Error::Malformed {
            name: self.name.to_owned(),
            reason: error.to_string(),
        };
        let normalized: Value = serde_json::from_str(asset.normalized_text).map_err(malformed)?;
        let mut details: Option<Value> = asset
            .details_text
            .map(serde_json::from_str)
            .transpose()
            .map_err(malformed)?;
        // That of the document, which no column is for.
        if let Some(Value::Object(details)) = &mut details {
            details.remove("version");
        }
        let row = json!({
            "external_id": asset.id,
            "name": asset.name(),
            "normalized": normalized,
            "details": details,
        });
        let kind: Kind = asset.kind;
        self.add(kind.as_str(), || schema::of_kind(kind), &row)
    }

    fn relation(&mut self, relation: Relation) -> Result<(), Error> {
        let row = json!({
            "type": relation.name,
            "from_kind": relation.from.kind,
            "from_id": relation.from.id,
            "to_kind": relation.to.kind,
            "to_id": relation.to.id,
        });
        self.add(RELATIONS, schema::of_relations, &row)
    }
}

/// A file, and the rows of its next row group.
struct Table {
    writer: SerializedFileWriter<BufWriter<File>>,
    root: Vec<(&'static str, Node)>,
    columns: Columns,
}

impl Table {
    fn new(file: BufWriter<File>, schema: schema::Schema) -> Result<Self, ParquetError> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(format!("stocktake {}", env!("CARGO_PKG_VERSION")))
            .build();
        let root = schema.root()?;
        Ok(Table {
            writer: SerializedFileWriter::new(file, root, Arc::new(properties))?,
            root: schema.nodes,
            columns: schema.columns,
        })
    }

    fn write_row_group(&mut self) -> Result<(), ParquetError> {
        let mut group = self.writer.next_row_group()?;
        let mut place = 0;
        while let Some(mut column) = group.next_column()? {
            self.columns.write(place, &mut column)?;
            column.close()?;
            place += 1;
        }
        group.close()?;
        self.columns.clear();
        Ok(())
    }

    fn close(mut self) -> Result<(), ParquetError> {
        if self.columns.rows() > 0 {
            self.write_row_group()?;
        }
        self.writer.close().map(drop)
    }
}
