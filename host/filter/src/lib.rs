#![doc = include_str!("grammar.md")]

pub mod asset;
mod catalogue;
mod columns;
mod condition;
mod error;
mod evaluate;
mod filter;
mod lexical;
mod moment;
mod number;
mod ordering;
mod parser;
mod pattern;
mod resolve;
mod suggest;
mod syntax;
mod unit;
mod version;

pub use catalogue::{Catalogue, Field, Fields, Type};
pub use columns::Column;
pub use condition::{Condition, Operand, Order, Test};
pub use error::{Error, ErrorKind};
pub use evaluate::{Record, Value};
pub use filter::Filter;
pub use moment::Moments;
pub use number::Number;
pub use ordering::SortKey;
pub use pattern::{Part, Pattern};
pub use syntax::{Comparison, Expression, Literal, Operator, Path, Predicate};
pub use unit::Unit;
pub use version::version_key;

/// The longest text that is read, in bytes.
pub const MAX_LENGTH: usize = 64 * 1024;

/// How deeply parentheses and `not` may be nested.
pub const MAX_DEPTH: usize = 64;
