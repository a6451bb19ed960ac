//! Why a text is refused, and where.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use unicode_width::UnicodeWidthChar as _;

/// Columns of the source that an excerpt shows on each side of the mistake.
const CONTEXT: usize = 60;
/// Characters of the source that a message repeats.
const QUOTED: usize = 40;

/// What kind of mistake a text contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The text does not follow the grammar.
    Syntax,
    /// The text is too long or nested too deeply.
    Limit,
    /// The catalogue has no such field.
    UnknownField,
    /// The field's type has no such operator, or is not sorted.
    Operator,
    /// The value does not fit the field's type.
    Value,
}

/// Why a filter, a list of columns or an ordering is refused.
///
/// [`Display`](fmt::Display) is one line; [`excerpt`](Self::excerpt) shows the place.
///
/// ```
/// let error = stocktake_filter::Filter::parse("kind=vm and name=web 01").expect_err("no quotes");
/// assert_eq!(
///     error.to_string(),
///     "expected `and`, `or` or the end, found `01` (column 22); text with spaces is written in quotes: \"web 01\""
/// );
/// assert_eq!(error.excerpt(), "kind=vm and name=web 01\n                     ^^");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    problem: Box<Problem>,
    source: Box<str>,
}

impl Error {
    /// What kind of mistake it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.problem.kind
    }

    /// What is wrong, without the place and the cure.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.problem.message
    }

    /// What cures it, where that is known.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        self.problem.help.as_deref()
    }

    /// The bytes of the text that are wrong; empty at its end where something is missing.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.problem.span.clone()
    }

    /// The line of the mistake, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.before().matches('\n').count() + 1
    }

    /// The character of its line at which the mistake begins, from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.before_in_line().chars().count() + 1
    }

    /// The line of the mistake, shortened around it, and below it a line that marks the place.
    #[must_use]
    pub fn excerpt(&self) -> String {
        let before = self.before_in_line();
        let rest = self
            .source
            .get(self.problem.span.start..)
            .unwrap_or_default();
        let rest = rest.split(['\n', '\r']).next().unwrap_or_default();
        let length = (self.problem.span.end - self.problem.span.start).min(rest.len());
        let (wrong, after) = rest.split_at_checked(length).unwrap_or((rest, ""));

        let mut shown = String::new();
        let skipped = before.chars().count().saturating_sub(CONTEXT);
        if skipped > 0 {
            shown.push('…');
        }
        shown.extend(before.chars().skip(skipped).map(printable));
        let indent = width(&shown);
        let marked: String = wrong.chars().take(CONTEXT).map(printable).collect();
        let carets = width(&marked).max(1);
        shown.push_str(&marked);
        let mut after = after.chars().map(printable);
        if wrong.chars().count() <= CONTEXT {
            shown.extend(after.by_ref().take(CONTEXT));
        }
        if after.next().is_some() {
            shown.push('…');
        }
        format!("{shown}\n{:indent$}{:^<carets$}", "", "")
    }

    fn before(&self) -> &str {
        self.source
            .get(..self.problem.span.start)
            .unwrap_or_default()
    }

    fn before_in_line(&self) -> &str {
        self.before().rsplit('\n').next().unwrap_or_default()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let column = self.column();
        f.write_str(&self.problem.message)?;
        if self.source.contains('\n') {
            write!(f, " (line {}, column {column})", self.line())?;
        } else {
            write!(f, " (column {column})")?;
        }
        match &self.problem.help {
            Some(help) => write!(f, "; {help}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}

/// A mistake whose text is known to the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    kind: ErrorKind,
    message: Cow<'static, str>,
    span: Range<usize>,
    help: Option<String>,
}

impl Problem {
    pub(crate) fn new(
        kind: ErrorKind,
        span: &Range<usize>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            kind,
            message: message.into(),
            span: span.clone(),
            help: None,
        }
    }

    pub(crate) fn with_help(mut self, help: impl Into<Option<String>>) -> Self {
        self.help = help.into();
        self
    }

    pub(crate) fn in_text(self, source: &str) -> Error {
        Error {
            problem: Box::new(self),
            source: source.into(),
        }
    }
}

/// Text of the source as a message repeats it: shortened, and without characters that a terminal obeys.
pub(crate) fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(QUOTED).map(printable).collect();
    if text.chars().nth(QUOTED).is_some() {
        shown.push('…');
    }
    shown
}

/// [`shown`] between backticks.
pub(crate) fn quoted(text: &str) -> String {
    format!("`{}`", shown(text))
}

fn printable(character: char) -> char {
    match character {
        '\t' => ' ',
        // Marks that change the direction of the text around them.
        '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            char::REPLACEMENT_CHARACTER
        }
        control if control.is_control() => char::REPLACEMENT_CHARACTER,
        other => other,
    }
}

fn width(text: &str) -> usize {
    text.chars().filter_map(|c| c.width()).sum()
}
