//! The first rows of each kind for people, and the verdict with its evidence.

mod sections;
mod verdict;

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::Value;
use stocktake_runtime::validation::Asset;
use stocktake_runtime::{Outcome, Writer};

use super::size::size;
use sections::{SECTIONS, Section};
use verdict::verdict;

/// Rows shown per kind; the rest is counted.
const SHOWN: usize = 20;
/// Widest cell, in characters.
const WIDEST: usize = 36;

/// Gathers the first rows of each kind and writes them with the verdict.
#[derive(Debug)]
pub struct Table<W> {
    out: W,
    rows: BTreeMap<String, Vec<Vec<String>>>,
}

impl<W: Write> Table<W> {
    /// A table that is written to `out`.
    pub fn new(out: W) -> Self {
        Table {
            out,
            rows: BTreeMap::new(),
        }
    }

    fn write_section(&mut self, outcome: &Outcome, section: &Section) -> io::Result<()> {
        let Section {
            kind,
            heading,
            columns,
        } = section;
        let Some(rows) = self.rows.get(*kind) else {
            return Ok(());
        };
        let total = outcome
            .counts
            .assets
            .get(*kind)
            .copied()
            .unwrap_or_default();
        writeln!(self.out, "{heading} ({total})")?;
        let head: Vec<String> = ["ID"]
            .into_iter()
            .chain(columns.iter().map(|(name, _)| *name))
            .map(str::to_owned)
            .collect();
        let lines: Vec<&Vec<String>> = [&head].into_iter().chain(rows).collect();
        let width = |column: usize| {
            let cells = lines.iter().map(|line| line[column].chars().count());
            cells.max().unwrap_or_default()
        };
        let widths: Vec<usize> = (0..head.len()).map(width).collect();
        for line in &lines {
            let cells: Vec<String> = line
                .iter()
                .zip(&widths)
                .map(|(cell, width)| format!("{cell:width$}"))
                .collect();
            writeln!(self.out, "  {}", cells.join("  ").trim_end())?;
        }
        let hidden = total.saturating_sub(rows.len() as u64);
        if hidden > 0 {
            writeln!(self.out, "  … and {hidden} more")?;
        }
        writeln!(self.out)
    }
}

impl<W: Write> Writer for Table<W> {
    fn asset(&mut self, asset: &Asset<'_>) -> io::Result<()> {
        let rows = self
            .rows
            .entry(asset.kind.clone().into_owned())
            .or_default();
        if rows.len() == SHOWN {
            return Ok(());
        }
        let columns = SECTIONS
            .iter()
            .find(|section| section.kind == asset.kind)
            .map_or(&[][..], |section| section.columns);
        let normalized = asset.normalized();
        let mut row = vec![cell(&asset.id)];
        for (name, pointer) in columns {
            row.push(match normalized.pointer(pointer) {
                None => String::from("-"),
                Some(value) if sections::BYTES.contains(name) => bytes(value),
                Some(Value::String(text)) => cell(text),
                Some(value) => value.to_string(),
            });
        }
        rows.push(row);
        Ok(())
    }

    fn finish(&mut self, outcome: &Outcome) -> io::Result<()> {
        for section in &SECTIONS {
            self.write_section(outcome, section)?;
        }
        self.out.write_all(verdict(outcome).as_bytes())?;
        self.out.flush()
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
