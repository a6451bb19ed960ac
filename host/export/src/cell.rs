//! A value in a sheet.

use std::borrow::Cow;

use stocktake_contract::details::{Text, Time};

const MIB: u64 = 1 << 20;

/// A value in a sheet.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell<'a> {
    Empty,
    Text(Cow<'a, str>),
    Number(u64),
    Decimal(f64),
    Flag(bool),
    /// A time in UTC, as in `2026-01-31T08:30:00Z`.
    Time(&'a str),
}

impl<'a> Cell<'a> {
    /// Texts in one cell.
    pub(crate) fn list<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Self {
        let mut list = String::new();
        for text in texts {
            if !list.is_empty() {
                list.push_str(", ");
            }
            list.push_str(text.as_ref());
        }
        if list.is_empty() {
            Cell::Empty
        } else {
            Cell::Text(Cow::Owned(list))
        }
    }

    /// Bytes as MiB: whole ones as they are, others with two decimals.
    pub(crate) fn mib(bytes: Option<u64>) -> Self {
        match bytes {
            None => Cell::Empty,
            Some(bytes) if bytes % MIB == 0 => Cell::Number(bytes / MIB),
            Some(bytes) => Cell::rounded(decimal(bytes) / decimal(MIB)),
        }
    }

    /// How many hundredths of `whole` a part is.
    pub(crate) fn percent(part: Option<u64>, whole: Option<u64>) -> Self {
        Cell::ratio(part.map(|part| part.saturating_mul(100)), whole)
    }

    /// A quotient with two decimals.
    pub(crate) fn ratio(part: Option<u64>, whole: Option<u64>) -> Self {
        match (part, whole) {
            (Some(part), Some(whole)) if whole > 0 => Cell::rounded(decimal(part) / decimal(whole)),
            _ => Cell::Empty,
        }
    }

    fn rounded(number: f64) -> Self {
        Cell::Decimal((number * 100.0).round() / 100.0)
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "quotients are rounded to two decimals"
)]
fn decimal(number: u64) -> f64 {
    number as f64
}

impl From<bool> for Cell<'_> {
    fn from(flag: bool) -> Self {
        Cell::Flag(flag)
    }
}

impl From<u64> for Cell<'_> {
    fn from(number: u64) -> Self {
        Cell::Number(number)
    }
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Cell::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Cell<'_> {
    fn from(text: String) -> Self {
        Cell::Text(Cow::Owned(text))
    }
}

impl<'a> From<&'a String> for Cell<'a> {
    fn from(text: &'a String) -> Self {
        Cell::from(text.as_str())
    }
}

impl<'a> From<&'a Text<'_>> for Cell<'a> {
    fn from(text: &'a Text<'_>) -> Self {
        Cell::from(text.as_str())
    }
}

impl<'a> From<&'a Time<'_>> for Cell<'a> {
    fn from(time: &'a Time<'_>) -> Self {
        Cell::Time(time.as_str())
    }
}

impl From<&u64> for Cell<'_> {
    fn from(number: &u64) -> Self {
        Cell::Number(*number)
    }
}

impl From<&bool> for Cell<'_> {
    fn from(flag: &bool) -> Self {
        Cell::Flag(*flag)
    }
}

impl<'a, T: Into<Cell<'a>>> From<Option<T>> for Cell<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Cell::Empty, Into::into)
    }
}
