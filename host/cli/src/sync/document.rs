//! The document of either stage, as one line of ASCII.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use stocktake_contract::ascii;
use stocktake_contract::normalized::Kind;
use stocktake_runtime::validation::{Asset, RawWarning};
use stocktake_runtime::{Outcome, Spool, Writer};

use super::errors::{self, Severity};
use super::lookups::Lookups;
use super::processed;
use super::raw::{IN_MEMORY, LISTS, RawStage};

/// The stage to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// The properties as they were read.
    Raw,
    /// The processed objects.
    Processed,
}

/// Gathers the raw stage and writes the document to `W` when the run is over.
///
/// What was gathered and cannot be read back is left out; the document stays well-formed
/// and says so in its errors.
#[derive(Debug)]
pub(super) struct Document<W> {
    out: W,
    stage: Stage,
    raw: RawStage,
    errors: Spool,
    /// Why something that was gathered is not written.
    lost: Option<io::Error>,
    is_whole: bool,
}

impl<W: Write> Document<W> {
    pub(super) fn new(out: W, stage: Stage) -> Self {
        Document {
            out,
            stage,
            raw: RawStage::new(),
            errors: Spool::new(IN_MEMORY),
            lost: None,
            is_whole: false,
        }
    }

    /// Whether the document was written to its end.
    pub(super) fn is_whole(&self) -> bool {
        self.is_whole
    }

    fn report_why_not_complete(&mut self, outcome: &Outcome) -> io::Result<()> {
        for problem in &outcome.errors {
            let context = problem.redacted_context.as_ref();
            errors::add(&mut self.errors, Severity::Error, &problem.message, context)?;
        }
        if outcome.errors.is_empty() && outcome.proof().is_none() {
            let message = "the collector does not report the inventory as complete";
            errors::add(&mut self.errors, Severity::Error, message, None)?;
        }
        Ok(())
    }

    fn write_raw(&mut self, fetched: Duration) -> io::Result<()> {
        for (name, kind) in LISTS {
            self.write_list(name, kind, |line| Ok(line.to_owned()))?;
        }
        self.write_errors()?;
        write!(self.out, r#","fetch_time_ms":{}"#, fetched.as_millis())
    }

    fn write_processed(&mut self, fetched: Duration) -> io::Result<()> {
        let begun = Instant::now();
        let mut lookups = Lookups::default();
        if let Err(error) = processed::learn(&mut lookups, &mut self.raw) {
            self.lost = Some(error);
        }
        for (name, kind) in LISTS {
            self.write_list(name, kind, |line| processed::row(kind, line, &lookups))?;
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

    /// Writes `"name":[…],`, an item per object.
    fn write_list(
        &mut self,
        name: &str,
        kind: Kind,
        item: impl FnMut(&str) -> io::Result<String>,
    ) -> io::Result<()> {
        write!(self.out, r#""{name}":["#)?;
        items(&mut self.out, self.raw.of(kind), &mut self.lost, item)?;
        self.out.write_all(b"],")
    }

    fn write_errors(&mut self) -> io::Result<()> {
        self.out.write_all(br#""errors":["#)?;
        let as_it_is = |line: &str| Ok(line.to_owned());
        let written = items(&mut self.out, &mut self.errors, &mut self.lost, as_it_is)?;
        if let Some(lost) = &self.lost {
            if written > 0 {
                self.out.write_all(b",")?;
            }
            let entry = errors::entry("", Severity::Error, &lost.to_string())?;
            self.out.write_all(ascii::escape(&entry).as_bytes())?;
        }
        self.out.write_all(b"]")
    }
}

impl<W: Write> Writer for Document<W> {
    fn asset(&mut self, asset: &Asset<'_>) -> io::Result<()> {
        self.raw.add(asset)
    }

    fn warning(&mut self, warning: &RawWarning, _: &str) -> io::Result<()> {
        let context = warning.redacted_context.as_ref();
        errors::add(
            &mut self.errors,
            Severity::Warning,
            &warning.message,
            context,
        )
    }

    fn finish(&mut self, outcome: &Outcome) -> io::Result<()> {
        if let Err(error) = self.report_why_not_complete(outcome) {
            self.lost = Some(error);
        }
        self.out.write_all(b"{")?;
        match self.stage {
            Stage::Raw => self.write_raw(outcome.usage.wall.used)?,
            Stage::Processed => self.write_processed(outcome.usage.wall.used)?,
        }
        self.out.write_all(b"}\n")?;
        self.out.flush()?;
        self.is_whole = true;
        self.lost.take().map_or(Ok(()), Err)
    }
}

/// Writes an item per line of the spool, as far as it can be read, and returns their number.
fn items(
    out: &mut impl Write,
    spool: &mut Spool,
    lost: &mut Option<io::Error>,
    mut item: impl FnMut(&str) -> io::Result<String>,
) -> io::Result<u64> {
    let mut written = 0;
    let mut lines = match spool.read() {
        Ok(lines) => lines,
        Err(error) => {
            *lost = Some(error);
            return Ok(written);
        }
    };
    loop {
        let item = match lines.next_line() {
            Ok(Some(line)) => item(line),
            Ok(None) => return Ok(written),
            Err(error) => Err(error),
        };
        match item {
            Ok(item) => {
                if written > 0 {
                    out.write_all(b",")?;
                }
                written += 1;
                out.write_all(ascii::escape(&item).as_bytes())?;
            }
            Err(error) => {
                *lost = Some(error);
                return Ok(written);
            }
        }
    }
}
