//! Conditions over records.

use std::cmp::Ordering;

use crate::catalogue::Field;
use crate::condition::{Condition, Operand, Order, Test};
use crate::moment::{Moments, parse_rfc3339};
use crate::number::Number;
use crate::version::version_key;

/// A value of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'r> {
    /// A text; a time is one too, as RFC 3339.
    Text(&'r str),
    /// A number, in the unit of its field.
    Number(Number),
    /// True or false.
    Boolean(bool),
}

/// What has values of the fields `B` of a catalogue.
pub trait Record<B> {
    /// Whether `test` holds for one of the field's values. Calls it for one value after the other until it does; not at all
    /// where the field has no value.
    fn any_value<'r>(&'r self, field: &Field<B>, test: &mut dyn FnMut(Value<'r>) -> bool) -> bool;

    /// The field's first value.
    fn first_value<'r>(&'r self, field: &Field<B>) -> Option<Value<'r>> {
        let mut first = None;
        self.any_value(field, &mut |value| {
            first = Some(value);
            true
        });
        first
    }
}

impl<B> Condition<B> {
    /// Whether the record fulfils the condition.
    pub fn matches<R: Record<B> + ?Sized>(&self, record: &R) -> bool {
        match self {
            Self::All(conditions) => conditions.iter().all(|condition| condition.matches(record)),
            Self::Any(conditions) => conditions.iter().any(|condition| condition.matches(record)),
            Self::Not(condition) => !condition.matches(record),
            Self::Exists(field, test) => record.any_value(field, &mut |value| test.passes(value)),
        }
    }
}

impl Test {
    /// Whether the value passes; a value of another type than the field's does not.
    #[must_use]
    pub fn passes(&self, value: Value<'_>) -> bool {
        match self {
            Self::Present => true,
            Self::OneOf(operands) => operands.iter().any(|operand| operand.equals(value)),
            Self::Ordered(order, operand) => operand.compare(value, *order),
            Self::Matches(pattern) => match value {
                Value::Text(text) => pattern.matches(text),
                Value::Number(_) | Value::Boolean(_) => false,
            },
        }
    }
}

impl Operand {
    fn equals(&self, value: Value<'_>) -> bool {
        match (self, value) {
            (Self::Text(text) | Self::Version(text), Value::Text(value)) => {
                text.eq_ignore_ascii_case(value)
            }
            (Self::Number(number), Value::Number(value)) => *number == value,
            (Self::Boolean(boolean), Value::Boolean(value)) => *boolean == value,
            (Self::Time(moments), Value::Text(value)) => {
                position(moments, value) == Some(Ordering::Equal)
            }
            (Self::Scalar { text, number }, value) => match value {
                Value::Text(value) => text.eq_ignore_ascii_case(value),
                Value::Number(value) => *number == Some(value),
                Value::Boolean(value) => {
                    text.eq_ignore_ascii_case(if value { "true" } else { "false" })
                }
            },
            _ => false,
        }
    }

    fn compare(&self, value: Value<'_>, order: Order) -> bool {
        let ordering = match (self, value) {
            (Self::Number(number), Value::Number(value)) => Some(value.compare(*number)),
            (Self::Version(version), Value::Text(value)) => {
                Some(version_key(value).cmp(&version_key(version)))
            }
            (Self::Time(moments), Value::Text(value)) => position(moments, value),
            _ => None,
        };
        ordering.is_some_and(|ordering| match order {
            Order::Less => ordering.is_lt(),
            Order::LessOrEqual => ordering.is_le(),
            Order::Greater => ordering.is_gt(),
            Order::GreaterOrEqual => ordering.is_ge(),
        })
    }
}

/// Whether the time is before, among or after the moments; none where the text is no time.
fn position(moments: &Moments, text: &str) -> Option<Ordering> {
    let moment = parse_rfc3339(text)?;
    Some(if moment < moments.first {
        Ordering::Less
    } else if moment > moments.last {
        Ordering::Greater
    } else {
        Ordering::Equal
    })
}
