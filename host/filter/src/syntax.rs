//! A filter as it is written: names and values are texts still, with their places.

use std::fmt;
use std::ops::Range;

use crate::lexical;

/// An expression of a filter. [`Display`](fmt::Display) writes text that parses to an equal expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    /// At least one holds; two or more.
    Or(Vec<Expression>),
    /// All hold; two or more.
    And(Vec<Expression>),
    /// The expression does not hold.
    Not(Box<Expression>),
    /// A field is compared.
    Comparison(Comparison),
}

/// A field, and what is required of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// The field's name.
    pub path: Path,
    /// What is required.
    pub predicate: Predicate,
}

/// What a comparison requires of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Predicate {
    /// `field` alone: it is true.
    Holds,
    /// `has field`: there is a value.
    Present,
    /// `field = value` and the like.
    Compare(Operator, Literal),
    /// `field in (value, …)`; one or more.
    In(Vec<Literal>),
    /// `field not in (value, …)`; one or more.
    NotIn(Vec<Literal>),
}

/// An operator between a field and a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `~`
    Matches,
    /// `!~`
    NotMatches,
}

impl Operator {
    /// As it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Matches => "~",
            Self::NotMatches => "!~",
        }
    }
}

/// The name of a field: segments between dots. Equal wherever it is written.
#[derive(Debug, Clone)]
pub struct Path {
    segments: Vec<String>,
    span: Range<usize>,
}

impl Path {
    /// A name of these segments, of which there must be one.
    pub fn new<S: Into<String>>(segments: impl IntoIterator<Item = S>) -> Self {
        Self {
            segments: segments.into_iter().map(Into::into).collect(),
            span: 0..0,
        }
    }

    pub(crate) fn at(segments: Vec<String>, span: Range<usize>) -> Self {
        Self { segments, span }
    }

    /// What stands between the dots, as written.
    #[must_use]
    pub fn segments(&self) -> &[String] {
        &self.segments
    }

    /// Its bytes in the text.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }
}

impl PartialEq for Path {
    fn eq(&self, other: &Self) -> bool {
        self.segments == other.segments
    }
}

impl Eq for Path {}

/// A value as written, without its quotes: whether it is a number or a time depends on the field. Equal wherever it is written.
#[derive(Debug, Clone)]
pub struct Literal {
    text: String,
    span: Range<usize>,
}

impl Literal {
    /// A value of this text.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            span: 0..0,
        }
    }

    pub(crate) fn at(text: String, span: Range<usize>) -> Self {
        Self { text, span }
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its bytes in the text of the filter, with its quotes.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }
}

impl PartialEq for Literal {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Literal {}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Or(operands) => write_operands(f, operands, " or ", |operand| {
                matches!(operand, Self::Or(_))
            }),
            Self::And(operands) => write_operands(f, operands, " and ", |operand| {
                matches!(operand, Self::Or(_) | Self::And(_))
            }),
            Self::Not(operand) => {
                f.write_str("not ")?;
                write_operand(f, operand, matches!(**operand, Self::Or(_) | Self::And(_)))
            }
            Self::Comparison(comparison) => comparison.fmt(f),
        }
    }
}

fn write_operands(
    f: &mut fmt::Formatter<'_>,
    operands: &[Expression],
    separator: &str,
    in_parentheses: impl Fn(&Expression) -> bool,
) -> fmt::Result {
    for (index, operand) in operands.iter().enumerate() {
        if index > 0 {
            f.write_str(separator)?;
        }
        write_operand(f, operand, in_parentheses(operand))?;
    }
    Ok(())
}

fn write_operand(
    f: &mut fmt::Formatter<'_>,
    operand: &Expression,
    in_parentheses: bool,
) -> fmt::Result {
    if in_parentheses {
        write!(f, "({operand})")
    } else {
        write!(f, "{operand}")
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = &self.path;
        match &self.predicate {
            Predicate::Holds => path.fmt(f),
            Predicate::Present => write!(f, "has {path}"),
            Predicate::Compare(operator, value) => {
                write!(f, "{path} {} {value}", operator.as_str())
            }
            Predicate::In(values) => write_list(f, path, "in", values),
            Predicate::NotIn(values) => write_list(f, path, "not in", values),
        }
    }
}

fn write_list(
    f: &mut fmt::Formatter<'_>,
    path: &Path,
    operator: &str,
    values: &[Literal],
) -> fmt::Result {
    write!(f, "{path} {operator} (")?;
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        write!(f, "{value}")?;
    }
    f.write_str(")")
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, segment) in self.segments.iter().enumerate() {
            if index > 0 {
                f.write_str(".")?;
            }
            let reserved = index == 0 && lexical::is_reserved(segment);
            if lexical::is_bare_segment(segment) && !reserved {
                f.write_str(segment)?;
            } else {
                write_quoted(f, segment)?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if lexical::is_bare_word(&self.text) && !lexical::is_reserved(&self.text) {
            f.write_str(&self.text)
        } else {
            write_quoted(f, &self.text)
        }
    }
}

fn write_quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    for character in text.chars() {
        match character {
            '"' | '\\' => write!(f, "\\{character}")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            control if control.is_control() => write!(f, "\\u{{{:x}}}", u32::from(control))?,
            other => write!(f, "{other}")?,
        }
    }
    f.write_str("\"")
}
