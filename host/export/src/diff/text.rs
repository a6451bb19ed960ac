//! The difference as table, CSV or JSON.

use std::borrow::Cow;
use std::io::{self, Write};

use super::{Difference, Object, shown};
use crate::report::Report;
use crate::text::{disarmed, fitted};

/// The columns of a row.
const HEADER: [&str; 8] = [
    "change",
    "kind",
    "id",
    "former id",
    "name",
    "what",
    "old",
    "new",
];
/// Characters of a value in the table.
const WIDTH: usize = 48;

type Row = [String; HEADER.len()];

impl Difference {
    /// Writes the difference as JSON, on one line.
    ///
    /// # Errors
    ///
    /// When `out` cannot be written.
    pub fn write_json(&self, mut out: impl Write) -> io::Result<()> {
        serde_json::to_writer(&mut out, self)?;
        out.write_all(b"\n")
    }

    /// Writes the difference as CSV, a row per object and field. Formulas are disarmed.
    ///
    /// # Errors
    ///
    /// When `out` cannot be written.
    pub fn write_csv(&self, out: impl Write) -> io::Result<()> {
        let mut out = csv::Writer::from_writer(out);
        out.write_record(HEADER)?;
        let mut report = Report::default();
        for row in self.rows() {
            let cells = row.iter().map(|text| {
                let text = fitted(text, &mut report);
                disarmed(text, &mut report).into_owned()
            });
            out.write_record(cells)?;
        }
        out.flush()
    }

    /// Writes the difference as a table for people, with the notes behind it. Long values are cut.
    ///
    /// # Errors
    ///
    /// When `out` cannot be written.
    pub fn write_table(&self, mut out: impl Write) -> io::Result<()> {
        let mut widths = HEADER.map(|name| name.chars().count());
        for row in self.rows() {
            for (width, text) in widths.iter_mut().zip(&row) {
                *width = (*width).max(cut(text).chars().count());
            }
        }
        let has_former = self
            .changed
            .iter()
            .any(|changed| changed.former_id.is_some());
        let mut line = |row: &Row| -> io::Result<()> {
            let mut line = String::new();
            for (column, (text, width)) in row.iter().zip(widths).enumerate() {
                if HEADER[column] != "former id" || has_former {
                    let text = cut(text);
                    line += &format!("{text:<width$}  ");
                }
            }
            writeln!(out, "{}", line.trim_end())
        };
        if !self.is_empty() {
            line(&HEADER.map(|name| name.to_uppercase()))?;
        }
        for row in self.rows() {
            line(&row)?;
        }
        for note in &self.notes {
            writeln!(out, "note: {}", cut_lines(note))?;
        }
        writeln!(
            out,
            "{} added, {} removed, {} moves, {} changed, {} unchanged",
            self.added.len(),
            self.removed.len(),
            self.moved.len(),
            self.changed.len(),
            self.unchanged
        )
    }

    fn rows(&self) -> impl Iterator<Item = Row> {
        let added = self.added.iter().map(|object| row("added", object, None));
        let removed = self
            .removed
            .iter()
            .map(|object| row("removed", object, None));
        let moved = self.moved.iter().map(|moved| {
            let mut row = row("moved", &moved.object, None);
            row[5] = moved.place.as_str().to_owned();
            row[6] = moved.old.clone().unwrap_or_default();
            row[7] = moved.new.clone().unwrap_or_default();
            row
        });
        let changed = self.changed.iter().flat_map(|changed| {
            let former = changed.former_id.as_deref();
            let renamed = changed.fields.is_empty();
            let renamed = renamed.then(|| row("changed", &changed.object, former));
            let fields = changed.fields.iter().map(move |field| {
                let mut row = row("changed", &changed.object, former);
                row[5].clone_from(&field.field);
                row[6] = shown(field.old.as_ref());
                row[7] = shown(field.new.as_ref());
                row
            });
            renamed.into_iter().chain(fields)
        });
        added.chain(removed).chain(moved).chain(changed)
    }
}

fn row(change: &str, object: &Object, former_id: Option<&str>) -> Row {
    let former_id = former_id.unwrap_or_default();
    let cells = [
        change,
        object.kind,
        &object.id,
        former_id,
        &object.name,
        "",
        "",
        "",
    ];
    cells.map(str::to_owned)
}

/// The text on one line, without what a terminal would interpret.
fn cut_lines(text: &str) -> Cow<'_, str> {
    if text.contains(char::is_control) {
        Cow::Owned(text.replace(char::is_control, "\u{FFFD}"))
    } else {
        Cow::Borrowed(text)
    }
}

fn cut(text: &str) -> Cow<'_, str> {
    let text = cut_lines(text);
    if text.chars().count() <= WIDTH {
        return text;
    }
    let kept: String = text.chars().take(WIDTH - 1).collect();
    Cow::Owned(kept + "…")
}
