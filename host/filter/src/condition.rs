//! A filter whose fields are known and whose values have the fields' types.

use crate::catalogue::Field;
use crate::moment::Moments;
use crate::number::Number;
use crate::pattern::Pattern;

/// What a record must fulfil, over the fields `B` of a catalogue.
///
/// Every condition holds or does not hold; there is no third value. [`Exists`](Self::Exists) does not hold where the field has no
/// value, and `!=`, `!~` and `not in` are [`Not`](Self::Not) of their counterparts: `a != x` holds where `a` has no value. So a
/// translation to SQL is an `EXISTS` for each test, or `COALESCE(…, FALSE)` around a comparison with a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition<B> {
    /// All hold.
    All(Vec<Condition<B>>),
    /// At least one holds.
    Any(Vec<Condition<B>>),
    /// It does not hold.
    Not(Box<Condition<B>>),
    /// The field has a value that passes the test.
    Exists(Field<B>, Test),
}

/// What one value of a field must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// Any value.
    Present,
    /// Equal to one of these, of which there is at least one; all have the type of the field.
    OneOf(Vec<Operand>),
    /// Less or greater than a number, a version or a time.
    Ordered(Order, Operand),
    /// A text that the pattern covers.
    Matches(Pattern),
}

/// An operator of order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// A value of a filter, in the type of its field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operand {
    /// Of a text or a choice; equal without regard to ASCII case.
    Text(String),
    /// Of a version: equal as text, ordered by [`version_key`](crate::version_key).
    Version(String),
    /// In the unit of the field.
    Number(Number),
    /// True or false.
    Boolean(bool),
    /// A moment, equal to the moment; or a day, equal to each moment of it. Less is before the first moment, less or equal not
    /// after the last.
    Time(Moments),
    /// Of a field whose values have different types: equal to this text, and to this number where it is one. A boolean is equal
    /// to its text.
    Scalar {
        /// As written.
        text: String,
        /// The number, where the text is one.
        number: Option<Number>,
    },
}
