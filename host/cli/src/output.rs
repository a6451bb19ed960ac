//! The output formats.
//!
//! | module | holds |
//! | --- | --- |
//! | `destination` | stdout, or a file that is written atomically |
//! | `files` | the file of complete inventories and that of failed runs |
//! | `stdout` | stdout for documents |
//! | `ndjson` | a line per item, a summary last |
//! | `csv` | a row per asset |
//! | `table`, `size` | for people |

mod csv;
mod destination;
mod files;
mod ndjson;
mod size;
mod stdout;
mod table;

use std::io::{self, IsTerminal as _};

use clap::ValueEnum;
use stocktake_contract::{Problem, WarningCode};
use stocktake_runtime::validation::{Asset, RawWarning, Relation};
use stocktake_runtime::{Extras, Outcome, Response, Writer};

pub(crate) use destination::BLOCK;
pub use destination::Destination;
pub(crate) use files::OutputArguments;
pub(crate) use size::size;
pub(crate) use stdout::stdout;
pub use table::Table;

use crate::exit::Exit;
use crate::options::in_options;
use crate::query::Query;

/// Heading of the options of destination and format.
pub const OUTPUT: &str = "Output";

/// The output format of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// The collector-response-v1 document, as one line of ASCII
    Json,
    /// A JSON line per asset, relation and warning, and a summary last
    Ndjson,
    /// The first rows of each kind for people, and the verdict with its evidence
    Table,
    /// A row per asset
    Csv,
}

impl Format {
    /// The writer of this format.
    pub(crate) fn writer(
        self,
        out: impl io::Write + Send + 'static,
        extras: Extras,
        query: Query,
    ) -> Box<dyn Writer + Send> {
        match self {
            Format::Json => Box::new(Response::new(out, extras)),
            Format::Ndjson => Box::new(ndjson::Lines::new(out, extras)),
            Format::Table => Box::new(Table::new(out).showing(query)),
            Format::Csv => Box::new(csv::Rows::new(out, query)),
        }
    }

    /// Everything that was collected is in the output. A part of it must not be taken for the inventory.
    pub(crate) fn is_whole(self) -> bool {
        matches!(self, Format::Json | Format::Ndjson)
    }

    /// The default format: for people on a terminal, else for programs.
    pub(crate) fn usual(is_for_people: bool) -> Self {
        if is_for_people {
            Format::Table
        } else {
            Format::Json
        }
    }

    /// Whether the output contains the warnings.
    pub(crate) fn holds_warnings(self) -> bool {
        matches!(self, Format::Json | Format::Ndjson)
    }
}

/// The output format of a result without assets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AnswerFormat {
    /// The document, as one line of ASCII
    Json,
    /// For people
    Table,
}

impl AnswerFormat {
    /// The default format: for people on a terminal, else for programs.
    pub(crate) fn usual() -> Self {
        if io::stdout().is_terminal() {
            AnswerFormat::Table
        } else {
            AnswerFormat::Json
        }
    }
}

/// Text of a server or a component on one line, without control characters.
pub(crate) fn clean(text: &str) -> String {
    let clean = |character: char| {
        if character.is_control() {
            char::REPLACEMENT_CHARACTER
        } else {
            character
        }
    };
    text.chars().map(clean).collect()
}

/// Reports a run's errors and warnings on stderr, with the names of options in place of paths.
pub fn report_problems(outcome: &Outcome) {
    for warning in &outcome.warnings {
        eprintln!("warning: {}", clean(&in_options(&warning.to_string())));
    }
    let omitted = outcome
        .counts
        .warnings
        .saturating_sub(outcome.warnings.len() as u64);
    if omitted > 0 {
        eprintln!("warning: and {omitted} more warnings");
    }
    for error in &outcome.errors {
        eprintln!("error: {}", clean(&in_options(&error.to_string())));
    }
}

/// Reports how a run ended: its warnings unless the output contains them, and its errors.
pub(crate) fn report_end(outcome: &Outcome, exit: Exit, holds_warnings: bool) {
    match exit {
        // Other errors are consequences of the interruption.
        Exit::Signalled(_) => eprintln!("error: interrupted before the run was finished"),
        Exit::Done if holds_warnings => report_scope(outcome),
        _ => report_problems(outcome),
    }
    if outcome.succeeded() && exit == Exit::Incomplete {
        eprintln!("error: the collector does not report the inventory as complete");
    }
}

/// Warns on stderr that the inventory is what the account may see.
fn report_scope(outcome: &Outcome) {
    let root = WarningCode::RootUnreadable.as_str();
    for warning in outcome.warnings.iter().filter(|note| note.code == root) {
        eprintln!("warning: {}", clean(&in_options(&warning.to_string())));
    }
}

/// Reports a run's errors on stderr unchanged, for the author of the request.
pub(crate) fn report_errors(errors: &[Problem]) {
    for error in errors {
        eprintln!("error: {}", clean(&error.to_string()));
    }
}

/// Discards everything.
#[derive(Debug)]
pub(crate) struct Nothing;

impl Writer for Nothing {
    fn asset(&mut self, _: &Asset<'_>) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self, _: &Outcome) -> io::Result<()> {
        Ok(())
    }
}

/// Writes to two writers.
#[derive(Debug)]
pub struct Both<A, B>(
    /// The first.
    pub A,
    /// The second.
    pub B,
);

impl<A: Writer, B: Writer> Writer for Both<A, B> {
    fn asset(&mut self, asset: &Asset<'_>) -> io::Result<()> {
        self.0.asset(asset)?;
        self.1.asset(asset)
    }

    fn relation(&mut self, relation: &Relation<'_>) -> io::Result<()> {
        self.0.relation(relation)?;
        self.1.relation(relation)
    }

    fn warning(&mut self, warning: &RawWarning, text: &str) -> io::Result<()> {
        self.0.warning(warning, text)?;
        self.1.warning(warning, text)
    }

    fn finish(&mut self, outcome: &Outcome) -> io::Result<()> {
        self.0.finish(outcome)?;
        self.1.finish(outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn text_of_others_cannot_steer_the_terminal() {
        let text = clean("a\u{1b}[2J\r\n\u{9b}1mü");
        assert_eq!(text, "a\u{fffd}[2J\u{fffd}\u{fffd}\u{fffd}1mü");
    }
}
