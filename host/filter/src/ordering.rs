//! Orderings: `-memory, name`.

use std::cmp::Ordering;

use winnow::combinator::{alt, opt, separated, terminated};
use winnow::prelude::*;

use crate::catalogue::{Catalogue, Field, Type};
use crate::error::{Error, ErrorKind, Problem, quoted};
use crate::evaluate::{Record, Value};
use crate::lexical::{Input, Parsed, blank, expected, path, symbol};
use crate::moment::parse_rfc3339;
use crate::parser::whole;
use crate::resolve;
use crate::syntax::Path;
use crate::version::version_key;

/// A field by which records are sorted.
///
/// Texts are sorted without regard to ASCII case. Records without a value come last, in both directions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SortKey<B> {
    /// By whose values.
    pub field: Field<B>,
    /// Whether the greatest comes first.
    pub descending: bool,
}

impl<B: Clone> SortKey<B> {
    /// Reads an ordering: names of fields, each with a `-` where the greatest comes first.
    ///
    /// ```
    /// use stocktake_filter::{SortKey, asset};
    ///
    /// let keys = SortKey::parse_list("-memory, name", asset::fields())?;
    /// assert_eq!((keys[0].field.name.as_str(), keys[0].descending), ("hardware.memory_bytes", true));
    /// assert_eq!((keys[1].field.name.as_str(), keys[1].descending), ("name", false));
    /// # Ok::<(), stocktake_filter::Error>(())
    /// ```
    ///
    /// # Errors
    /// Where the text does not follow the grammar, or names an unknown field or one with several values.
    pub fn parse_list<C>(text: &str, catalogue: &C) -> Result<Vec<Self>, Error>
    where
        C: Catalogue<Binding = B>,
    {
        let read = || -> Result<Vec<Self>, Problem> {
            let written = whole(text, "ordering", list, |input| {
                expected(input, "`,` or the end")
                    .with_help("the greatest first is written `-field`".to_owned())
            })?;
            written
                .into_iter()
                .map(|(descending, path)| Self::resolve(catalogue, &path, descending))
                .collect()
        };
        read().map_err(|problem| problem.in_text(text))
    }

    fn resolve<C>(catalogue: &C, path: &Path, descending: bool) -> Result<Self, Problem>
    where
        C: Catalogue<Binding = B>,
    {
        let field = resolve::field(catalogue, path)?;
        if field.list {
            let message = format!(
                "{} has several values and is not sorted",
                quoted(&path.to_string())
            );
            return Err(Problem::new(ErrorKind::Operator, &path.span(), message));
        }
        Ok(Self { field, descending })
    }
}

impl<B> SortKey<B> {
    /// Which of the records comes first by this key alone.
    pub fn compare<R: Record<B> + ?Sized>(&self, a: &R, b: &R) -> Ordering {
        match (a.first_value(&self.field), b.first_value(&self.field)) {
            (Some(a), Some(b)) => {
                let ordering = compare(self.field.value_type, a, b);
                if self.descending {
                    ordering.reverse()
                } else {
                    ordering
                }
            }
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        }
    }
}

/// Numbers before texts, texts before booleans.
fn compare(value_type: Type, a: Value<'_>, b: Value<'_>) -> Ordering {
    match (a, b) {
        (Value::Text(a), Value::Text(b)) => match value_type {
            Type::Version => version_key(a).cmp(&version_key(b)),
            Type::Time => parse_rfc3339(a).cmp(&parse_rfc3339(b)),
            _ => a.to_ascii_lowercase().cmp(&b.to_ascii_lowercase()),
        },
        (Value::Number(a), Value::Number(b)) => a.compare(b),
        (Value::Boolean(a), Value::Boolean(b)) => a.cmp(&b),
        (a, b) => rank(a).cmp(&rank(b)),
    }
}

fn rank(value: Value<'_>) -> u8 {
    match value {
        Value::Number(_) => 0,
        Value::Text(_) => 1,
        Value::Boolean(_) => 2,
    }
}

fn list(input: &mut Input<'_>) -> Parsed<Vec<(bool, Path)>> {
    separated(1.., key, symbol(",")).parse_next(input)
}

fn key(input: &mut Input<'_>) -> Parsed<(bool, Path)> {
    let sign = alt(('-'.value(true), '+'.value(false)));
    let descending = opt(terminated(sign, blank)).parse_next(input)?;
    Ok((descending.unwrap_or(false), path(input)?))
}
