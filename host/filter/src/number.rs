//! Numbers, exact where they are whole.

use std::cmp::Ordering;
use std::fmt;

/// A number of a record or of a filter.
///
/// Equal when the values are: `Integer(2)` and `Real(2.0)` are.
#[derive(Debug, Clone, Copy)]
pub enum Number {
    /// A whole number.
    Integer(i64),
    /// Any other, and whole numbers beyond 64 bits. Never NaN.
    Real(f64),
}

/// 2^63, from which on whole numbers are [`Number::Real`].
const BEYOND: f64 = 9_223_372_036_854_775_808.0;

impl Number {
    /// The number of a JSON value.
    pub(crate) fn from_json(number: &serde_json::Number) -> Option<Self> {
        match number.as_i64() {
            Some(integer) => Some(Self::Integer(integer)),
            None => number.as_f64().map(Self::Real),
        }
    }

    /// Which of the two is greater, exactly.
    #[must_use]
    pub fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Integer(a), Self::Integer(b)) => a.cmp(&b),
            (Self::Real(a), Self::Real(b)) => a.partial_cmp(&b).unwrap_or(Ordering::Equal),
            (Self::Integer(a), Self::Real(b)) => integer_and_real(a, b),
            (Self::Real(a), Self::Integer(b)) => integer_and_real(b, a).reverse(),
        }
    }
}

fn integer_and_real(integer: i64, real: f64) -> Ordering {
    if real >= BEYOND {
        return Ordering::Less;
    }
    if real < -BEYOND {
        return Ordering::Greater;
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "within the bounds that were just checked, and the fraction is compared next"
    )]
    let whole = real.trunc() as i64;
    let fraction = real.fract();
    integer
        .cmp(&whole)
        .then(0.0.partial_cmp(&fraction).unwrap_or(Ordering::Equal))
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.compare(*other) == Ordering::Equal
    }
}

impl Eq for Number {}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(integer) => integer.fmt(f),
            Self::Real(real) => real.fmt(f),
        }
    }
}
