//! Counts, and scalars of any type.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};

/// An integer of at least 0, however it is spelled: `2.0` and `2e0` are integers in JSON Schema.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Count(pub(crate) u64);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number;

        impl Visitor<'_> for Number {
            type Value = Count;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an integer")
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Count, E> {
                Ok(Count(number))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Count, E> {
                let count = u64::try_from(number);
                count.map(Count).map_err(|_| negative(number))
            }

            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "it has no fraction, is not negative, and saturates"
            )]
            fn visit_f64<E: Error>(self, number: f64) -> Result<Count, E> {
                if number.fract() != 0.0 {
                    return Err(E::custom(format_args!("{number} is not an integer")));
                }
                if number < 0.0 {
                    return Err(negative(number));
                }
                Ok(Count(number as u64))
            }
        }

        deserializer.deserialize_u64(Number)
    }
}

fn negative<E: Error>(number: impl fmt::Display) -> E {
    E::custom(format_args!("{number} is less than the minimum of 0"))
}

/// A string or a boolean; with `NUMBER` also a number, with `NULL` also `null`.
#[derive(Debug, Default)]
pub(crate) struct Scalar<const NUMBER: bool, const NULL: bool>;

impl<'de, const NUMBER: bool, const NULL: bool> Deserialize<'de> for Scalar<NUMBER, NULL> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Scalar)
    }
}

impl<const NUMBER: bool, const NULL: bool> Scalar<NUMBER, NULL> {
    fn number<E: Error>(self, found: Unexpected<'_>) -> Result<Self, E> {
        if NUMBER {
            Ok(self)
        } else {
            Err(E::invalid_type(found, &self))
        }
    }
}

impl<const NUMBER: bool, const NULL: bool> Visitor<'_> for Scalar<NUMBER, NULL> {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = if NUMBER { ", number" } else { "" };
        let null = if NULL { " or null" } else { "" };
        write!(f, "a string{number}, boolean{null}")
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self, E> {
        self.number(Unexpected::Unsigned(number))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self, E> {
        self.number(Unexpected::Signed(number))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self, E> {
        self.number(Unexpected::Float(number))
    }

    fn visit_unit<E: Error>(self) -> Result<Self, E> {
        if NULL {
            Ok(self)
        } else {
            Err(E::invalid_type(Unexpected::Other("null"), &self))
        }
    }
}
