//! A filter: its text, and what it says.

use std::fmt;
use std::str::FromStr;

use time::OffsetDateTime;

use crate::catalogue::Catalogue;
use crate::condition::Condition;
use crate::error::Error;
use crate::parser;
use crate::resolve::Resolver;
use crate::syntax::Expression;

/// A filter that follows the grammar. Its fields and values are not checked before it is [resolved](Self::resolve).
///
/// Filters are equal when their expressions are. [`Display`](fmt::Display) writes the expression in one form:
///
/// ```
/// let filter: stocktake_filter::Filter = "NOT (kind==vm) && name<>'a b'".parse()?;
/// assert_eq!(filter.to_string(), "not kind = vm and name != \"a b\"");
/// assert_eq!(filter.to_string().parse(), Ok(filter));
/// # Ok::<(), stocktake_filter::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Filter {
    text: String,
    expression: Expression,
}

impl Filter {
    /// Parses a filter.
    ///
    /// # Errors
    /// Where the text does not follow the grammar, is longer than [`MAX_LENGTH`](crate::MAX_LENGTH) or nested deeper than
    /// [`MAX_DEPTH`](crate::MAX_DEPTH).
    pub fn parse(text: &str) -> Result<Self, Error> {
        match parser::filter(text) {
            Ok(expression) => Ok(Self {
                text: text.to_owned(),
                expression,
            }),
            Err(problem) => Err(problem.in_text(text)),
        }
    }

    /// What the filter says.
    #[must_use]
    pub fn expression(&self) -> &Expression {
        &self.expression
    }

    /// Finds each field in the catalogue and gives each value the type of its field. Relative times are relative to `now`.
    ///
    /// # Errors
    /// Where a field is not in the catalogue, has no such operator, or a value does not fit it.
    pub fn resolve<C: Catalogue>(
        &self,
        catalogue: &C,
        now: OffsetDateTime,
    ) -> Result<Condition<C::Binding>, Error> {
        let resolver = Resolver { catalogue, now };
        resolver
            .condition(&self.expression)
            .map_err(|problem| problem.in_text(&self.text))
    }
}

impl FromStr for Filter {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.expression.fmt(f)
    }
}

impl PartialEq for Filter {
    fn eq(&self, other: &Self) -> bool {
        self.expression == other.expression
    }
}

impl Eq for Filter {}
