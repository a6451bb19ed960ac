//! Lists of columns: `name, kind, hardware.memory_bytes as memory`.

use winnow::combinator::{opt, preceded, separated};
use winnow::error::ErrMode;
use winnow::prelude::*;

use crate::catalogue::{Catalogue, Field};
use crate::error::{Error, Problem};
use crate::lexical::{Input, Parsed, expected, keyword, path, symbol, value};
use crate::parser::whole;
use crate::resolve;
use crate::syntax::Path;

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column<B> {
    /// Whose values it has.
    pub field: Field<B>,
    /// What stands above it: the name behind `as`, else the field's as written.
    pub title: String,
}

impl<B: Clone> Column<B> {
    /// Reads a list of columns.
    ///
    /// ```
    /// use stocktake_filter::{Column, asset};
    ///
    /// let columns = Column::parse_list("name, memory, ip as \"IP address\"", asset::fields())?;
    /// let titles: Vec<&str> = columns.iter().map(|column| column.title.as_str()).collect();
    /// assert_eq!(titles, ["name", "memory", "IP address"]);
    /// assert_eq!(columns[1].field.name, "hardware.memory_bytes");
    /// # Ok::<(), stocktake_filter::Error>(())
    /// ```
    ///
    /// # Errors
    /// Where the list does not follow the grammar or names an unknown field.
    pub fn parse_list<C>(text: &str, catalogue: &C) -> Result<Vec<Self>, Error>
    where
        C: Catalogue<Binding = B>,
    {
        let read = || -> Result<Vec<Self>, Problem> {
            let written = whole(text, "list of columns", list, |input| {
                expected(input, "`,`, `as` or the end")
            })?;
            written
                .into_iter()
                .map(|(path, title)| {
                    Ok(Self {
                        field: resolve::field(catalogue, &path)?,
                        title: title.unwrap_or_else(|| path.segments().join(".")),
                    })
                })
                .collect()
        };
        read().map_err(|problem| problem.in_text(text))
    }
}

fn list(input: &mut Input<'_>) -> Parsed<Vec<(Path, Option<String>)>> {
    separated(1.., column, symbol(",")).parse_next(input)
}

fn column(input: &mut Input<'_>) -> Parsed<(Path, Option<String>)> {
    let path = path(input)?;
    let title = opt(preceded(keyword("as"), title)).parse_next(input)?;
    Ok((path, title))
}

fn title(input: &mut Input<'_>) -> Parsed<String> {
    if input.peek_finish().is_empty() {
        return Err(ErrMode::Cut(expected(input, "a title")));
    }
    value(input).map(|title| title.text().to_owned())
}
