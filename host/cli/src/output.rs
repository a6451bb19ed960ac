//! The formats of a run's answer.
//!
//! | module | holds |
//! | --- | --- |
//! | `destination` | stdout, or a file that appears whole or not at all |
//! | `files` | which of two files an answer belongs into |
//! | `ndjson` | a line per item, a summary last |
//! | `csv` | a row per asset |
//! | `table`, `size` | for people |

mod csv;
mod destination;
mod files;
mod ndjson;
mod size;
mod table;

use std::io::{self, IsTerminal as _};

use clap::ValueEnum;
use stocktake_contract::{Problem, WarningCode};
use stocktake_runtime::validation::{Asset, RawWarning, Relation};
use stocktake_runtime::{Extras, Outcome, Response, Writer};

pub use destination::Destination;
pub(crate) use files::OutputArguments;
pub use table::Table;

use crate::exit::Exit;
use crate::options::in_options;

/// Heading of the options that say where an answer goes and how it looks.
pub const OUTPUT: &str = "Output";

/// A format of a run's answer.
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
    ) -> Box<dyn Writer + Send> {
        match self {
            Format::Json => Box::new(Response::new(out, extras)),
            Format::Ndjson => Box::new(ndjson::Lines::new(out, extras)),
            Format::Table => Box::new(Table::new(out)),
            Format::Csv => Box::new(csv::Rows::new(out)),
        }
    }

    /// The format when none is asked for: for people on a terminal, else for programs.
    pub(crate) fn usual(is_for_people: bool) -> Self {
        match is_for_people {
            true => Format::Table,
            false => Format::Json,
        }
    }

    /// The answer itself holds its warnings.
    pub(crate) fn holds_warnings(self) -> bool {
        matches!(self, Format::Json | Format::Ndjson)
    }
}

/// A form of an answer without assets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AnswerFormat {
    /// The document, as one line of ASCII
    Json,
    /// For people
    Table,
}

impl AnswerFormat {
    /// The format when none is asked for: for people on a terminal, else for programs.
    pub(crate) fn usual() -> Self {
        match io::stdout().is_terminal() {
            true => AnswerFormat::Table,
            false => AnswerFormat::Json,
        }
    }
}

/// Text of a server or a component on one line that cannot steer a terminal.
pub(crate) fn clean(text: &str) -> String {
    let clean = |character: char| match character.is_control() {
        true => char::REPLACEMENT_CHARACTER,
        false => character,
    };
    text.chars().map(clean).collect()
}

/// Tells a run's errors and warnings on stderr, in the words of the command line.
pub fn report_problems(outcome: &Outcome) {
    for warning in &outcome.warnings {
        eprintln!("warning: {}", clean(&in_options(&warning.to_string())));
    }
    let untold = outcome
        .counts
        .warnings
        .saturating_sub(outcome.warnings.len() as u64);
    if untold > 0 {
        eprintln!("warning: and {untold} more warnings");
    }
    for error in &outcome.errors {
        eprintln!("error: {}", clean(&in_options(&error.to_string())));
    }
}

/// Tells how a run ended: its warnings where the answer does not hold them, and why it did not get done.
pub(crate) fn report_end(outcome: &Outcome, exit: Exit, holds_warnings: bool) {
    match exit {
        // What else went wrong is what the interruption did.
        Exit::Signalled(_) => eprintln!("error: interrupted before the run was done"),
        Exit::Done if holds_warnings => report_scope(outcome),
        _ => report_problems(outcome),
    }
    if outcome.succeeded() && exit == Exit::Incomplete {
        eprintln!("error: the collector does not say that the inventory is complete");
    }
}

/// Says on stderr that the inventory is what the account may see.
fn report_scope(outcome: &Outcome) {
    let root = WarningCode::RootUnreadable.as_str();
    for warning in outcome.warnings.iter().filter(|note| note.code == root) {
        eprintln!("warning: {}", clean(&in_options(&warning.to_string())));
    }
}

/// Tells a run's errors on stderr as they are, to those who wrote the request.
pub(crate) fn report_errors(errors: &[Problem]) {
    for error in errors {
        eprintln!("error: {}", clean(&error.to_string()));
    }
}

/// Takes everything and writes nothing.
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
