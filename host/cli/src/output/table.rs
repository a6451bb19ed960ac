//! The first rows of each kind for people, and the verdict with its evidence.

mod sections;
mod verdict;

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::Value;
use stocktake_runtime::validation::Asset;
use stocktake_runtime::{Outcome, Writer};

use super::size::size;
use crate::query::{self, Query};
use sections::{SECTIONS, Section};
use verdict::verdict;

/// Rows shown per kind; the rest is counted.
const SHOWN: usize = 20;
/// Rows shown per kind when a query says which.
const QUERIED: usize = 1000;
/// Widest cell, in characters.
const WIDEST: usize = 36;

/// Gathers the first rows of each kind and writes them with the verdict.
#[derive(Debug)]
pub struct Table<W> {
    out: W,
    query: Query,
    kinds: BTreeMap<String, Rows>,
}

/// The assets of a kind.
#[derive(Debug, Default)]
struct Rows {
    head: Vec<String>,
    shown: Vec<Vec<String>>,
    /// How many match the query.
    matching: u64,
}

impl<W: Write> Table<W> {
    /// A table that is written to `out`.
    pub fn new(out: W) -> Self {
        Table {
            out,
            query: Query::default(),
            kinds: BTreeMap::new(),
        }
    }

    /// Shows what a query says in place of the first rows.
    pub(crate) fn showing(self, query: Query) -> Self {
        Table { query, ..self }
    }

    fn write_section(&mut self, outcome: &Outcome, section: &Section) -> io::Result<()> {
        let Some(rows) = self.kinds.get(section.kind) else {
            return Ok(());
        };
        let total = outcome.counts.assets.get(section.kind).copied();
        let total = total.unwrap_or(rows.matching);
        if rows.matching == total {
            writeln!(self.out, "{} ({total})", section.heading)?;
        } else {
            let Rows { matching, .. } = rows;
            writeln!(self.out, "{} ({matching} of {total})", section.heading)?;
        }
        let lines: Vec<&Vec<String>> = [&rows.head].into_iter().chain(&rows.shown).collect();
        let width = |column: usize| {
            let cells = lines.iter().map(|line| line[column].chars().count());
            cells.max().unwrap_or_default()
        };
        let widths: Vec<usize> = (0..rows.head.len()).map(width).collect();
        for line in &lines {
            let cells: Vec<String> = line
                .iter()
                .zip(&widths)
                .map(|(cell, width)| format!("{cell:width$}"))
                .collect();
            writeln!(self.out, "  {}", cells.join("  ").trim_end())?;
        }
        let hidden = rows.matching.saturating_sub(rows.shown.len() as u64);
        if hidden > 0 {
            writeln!(self.out, "  … and {hidden} more")?;
        }
        writeln!(self.out)
    }
}

impl<W: Write> Writer for Table<W> {
    fn asset(&mut self, asset: &Asset<'_>) -> io::Result<()> {
        let most = if self.query.is_everything() {
            SHOWN
        } else {
            QUERIED
        };
        let known = self.kinds.get_mut(&*asset.kind);
        if self.query.matches_all()
            && let Some(rows) = known
            && rows.shown.len() == most
        {
            rows.matching += 1;
            return Ok(());
        }
        let document = query::document(asset);
        if !self.query.matches(&document) {
            return Ok(());
        }
        let rows = self.kinds.entry(asset.kind.to_string()).or_default();
        rows.matching += 1;
        if rows.shown.len() == most {
            return Ok(());
        }
        let section = SECTIONS.iter().find(|section| section.kind == asset.kind);
        let mut row: Vec<String> = match (self.query.columns(), section) {
            (Some(columns), _) => {
                if rows.head.is_empty() {
                    rows.head = columns.titles().map(cell).collect();
                }
                let values = columns.for_people(&document);
                values.iter().map(|value| cell(value)).collect()
            }
            (None, Some(section)) => {
                let columns = section.columns_of(&document);
                if rows.head.is_empty() {
                    let names = columns.iter().map(|(name, _)| *name);
                    rows.head = ["ID"].into_iter().chain(names).map(str::to_owned).collect();
                }
                let cells = columns.iter().map(|(name, value)| shown(name, *value));
                [cell(&asset.id)].into_iter().chain(cells).collect()
            }
            (None, None) => Vec::new(),
        };
        // An asset without `details` among others that have them.
        row.resize(rows.head.len(), String::from("-"));
        rows.shown.push(row);
        Ok(())
    }

    fn finish(&mut self, outcome: &Outcome) -> io::Result<()> {
        for section in &SECTIONS {
            self.write_section(outcome, section)?;
        }
        if self.kinds.is_empty() && !self.query.matches_all() {
            writeln!(self.out, "no asset matches --where\n")?;
        }
        self.out.write_all(verdict(outcome).as_bytes())?;
        self.out.flush()
    }
}

/// The value of a column.
fn shown(name: &str, value: Option<&Value>) -> String {
    match value {
        None => String::from("-"),
        Some(value) if sections::BYTES.contains(&name) => bytes(value),
        Some(Value::String(text)) => cell(text),
        Some(Value::Array(items)) => items.len().to_string(),
        Some(value) => value.to_string(),
    }
}

fn bytes(value: &Value) -> String {
    value.as_u64().map_or_else(|| String::from("-"), size)
}

/// Text of a server, safe for a terminal.
fn cell(text: &str) -> String {
    let clean = super::clean(text);
    if clean.chars().count() <= WIDEST {
        clean
    } else {
        clean.chars().take(WIDEST - 1).chain(['…']).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Asset, Outcome, SHOWN, Table, Writer, cell};

    #[test]
    fn a_long_list_is_cut_and_the_rest_counted() {
        let mut bytes = Vec::new();
        let mut table = Table::new(&mut bytes);
        let mut outcome = Outcome::default();
        for number in 0..SHOWN + 5 {
            let asset = Asset {
                kind: "vm".into(),
                id: format!("vm-{number}").into(),
                text: r#"{"external_kind":"vm","external_id":"x","normalized":{"identity":{"caption":"a"}},"raw_payload":{}}"#,
            };
            table.asset(&asset).expect("taken");
        }
        outcome
            .counts
            .assets
            .insert("vm".to_owned(), SHOWN as u64 + 5);
        table.finish(&outcome).expect("written");
        let text = String::from_utf8(bytes).expect("UTF-8");
        assert!(text.contains("VIRTUAL MACHINES (25)"), "{text}");
        assert!(text.contains("… and 5 more"), "{text}");
        assert!(text.contains("NOT COMPLETE"), "{text}");
    }

    #[test]
    fn a_cell_cannot_steer_the_terminal() {
        assert_eq!(cell("a\u{1b}[2Jb"), "a\u{fffd}[2Jb");
    }
}
