//! The document of either stage, as one line of ASCII.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use stocktake_contract::ascii;
use stocktake_runtime::validation::{Asset, Note};
use stocktake_runtime::{Outcome, Writer};

use super::errors::{self, Severity};
use super::processed;
use super::raw::{LISTS, RawStage};
use super::spool::Spool;

/// What is printed of an inventory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// What was read.
    Raw,
    /// What it means.
    Processed,
}

/// Gathers the raw stage and writes the document to `W` when the run is over.
#[derive(Debug)]
pub(super) struct Document<W> {
    out: W,
    stage: Stage,
    raw: RawStage,
    errors: Spool,
    is_whole: bool,
}

impl<W: Write> Document<W> {
    pub(super) fn new(out: W, stage: Stage) -> Self {
        Document {
            out,
            stage,
            raw: RawStage::new(),
            errors: Spool::new(),
            is_whole: false,
        }
    }

    /// The document was written to its end.
    pub(super) fn is_whole(&self) -> bool {
        self.is_whole
    }

    fn tell_why_not_complete(&mut self, outcome: &Outcome) -> io::Result<()> {
        for problem in &outcome.errors {
            let context = problem.redacted_context.as_ref();
            errors::add(&mut self.errors, Severity::Error, &problem.message, context)?;
        }
        if outcome.errors.is_empty() && !outcome.complete {
            let message = "the collector does not say that the list is whole";
            errors::add(&mut self.errors, Severity::Error, message, None)?;
        }
        Ok(())
    }

    fn write_raw(&mut self, fetched: Duration) -> io::Result<()> {
        for (name, kind) in LISTS {
            list(&mut self.out, name, self.raw.of(kind), |line| {
                Ok(line.to_owned())
            })?;
            self.out.write_all(b",")?;
        }
        self.write_errors()?;
        write!(self.out, r#","fetch_time_ms":{}"#, fetched.as_millis())
    }

    fn write_processed(&mut self, fetched: Duration) -> io::Result<()> {
        let begun = Instant::now();
        let lookups = processed::lookups(&mut self.raw)?;
        for (name, kind) in LISTS {
            let row = |line: &str| processed::row(kind, line, &lookups);
            list(&mut self.out, name, self.raw.of(kind), row)?;
            self.out.write_all(b",")?;
        }
        write!(
            self.out,
            r#""fetch_time_ms":{},"process_time_ms":{},"total_objects":{},"#,
            fetched.as_millis(),
            begun.elapsed().as_millis(),
            self.raw.total()
        )?;
        self.write_errors()
    }

    fn write_errors(&mut self) -> io::Result<()> {
        let as_it_is = |line: &str| Ok(line.to_owned());
        list(&mut self.out, "errors", &mut self.errors, as_it_is)
    }
}

impl<W: Write> Writer for Document<W> {
    fn asset(&mut self, asset: &Asset<'_>) -> io::Result<()> {
        self.raw.add(asset)
    }

    fn warning(&mut self, warning: &Note, _: &str) -> io::Result<()> {
        let context = warning.redacted_context.as_ref();
        errors::add(
            &mut self.errors,
            Severity::Warning,
            &warning.message,
            context,
        )
    }

    fn finish(&mut self, outcome: &Outcome) -> io::Result<()> {
        self.tell_why_not_complete(outcome)?;
        self.out.write_all(b"{")?;
        match self.stage {
            Stage::Raw => self.write_raw(outcome.usage.wall.used)?,
            Stage::Processed => self.write_processed(outcome.usage.wall.used)?,
        }
        self.out.write_all(b"}\n")?;
        self.out.flush()?;
        self.is_whole = true;
        Ok(())
    }
}

/// Writes `"name":[…]`, an item per line of the spool.
fn list(
    out: &mut impl Write,
    name: &str,
    lines: &mut Spool,
    mut item: impl FnMut(&str) -> io::Result<String>,
) -> io::Result<()> {
    write!(out, r#""{name}":["#)?;
    let mut separator: &[u8] = b"";
    lines.each(|line| {
        out.write_all(separator)?;
        separator = b",";
        out.write_all(ascii::escape(&item(line)?).as_bytes())
    })?;
    out.write_all(b"]")
}
