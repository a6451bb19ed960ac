//! Units, and numbers that are written with one.

use crate::error::{quoted, shown};
use crate::number::Number;
use crate::suggest::did_you_mean;

/// The unit in which a field's numbers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unit {
    /// Bytes; a filter writes `16GiB`.
    Bytes,
    /// Megahertz; a filter writes `2.2GHz`.
    Megahertz,
    /// Seconds; a filter writes `30d`.
    Seconds,
}

/// Names of a unit, the first as it is offered, and how many of the smallest units it is.
type Scale = (&'static [&'static str], i128);

const BYTES: &[Scale] = &[
    (&["B", "byte", "bytes"], 1),
    (&["KiB"], 1 << 10),
    (&["MiB"], 1 << 20),
    (&["GiB"], 1 << 30),
    (&["TiB"], 1 << 40),
    (&["PiB"], 1 << 50),
    (&["kB"], 1_000),
    (&["MB"], 1_000_000),
    (&["GB"], 1_000_000_000),
    (&["TB"], 1_000_000_000_000),
    (&["PB"], 1_000_000_000_000_000),
];
const HERTZ: &[Scale] = &[
    (&["Hz"], 1),
    (&["kHz"], 1_000),
    (&["MHz"], 1_000_000),
    (&["GHz"], 1_000_000_000),
];
const SECONDS: &[Scale] = &[
    (&["s", "sec", "second", "seconds"], 1),
    (&["m", "min", "minute", "minutes"], 60),
    (&["h", "hour", "hours"], 3_600),
    (&["d", "day", "days"], 86_400),
    (&["w", "week", "weeks"], 604_800),
];

/// Why a text is not a number of the unit: what is wrong, and what cures it.
pub(crate) type Refused = (String, Option<String>);

impl Unit {
    /// What the names of fields in this unit end with.
    pub(crate) fn suffix(self) -> &'static str {
        match self {
            Self::Bytes => "_bytes",
            Self::Megahertz => "_mhz",
            Self::Seconds => "_seconds",
        }
    }

    /// What a value looks like.
    pub(crate) fn example(self) -> &'static str {
        match self {
            Self::Bytes => "16GiB",
            Self::Megahertz => "2.2GHz",
            Self::Seconds => "30d",
        }
    }

    /// What a value is called.
    pub(crate) fn quantity(self) -> &'static str {
        match self {
            Self::Bytes => "a size",
            Self::Megahertz => "a frequency",
            Self::Seconds => "a duration",
        }
    }

    fn scales(self) -> &'static [Scale] {
        match self {
            Self::Bytes => BYTES,
            Self::Megahertz => HERTZ,
            Self::Seconds => SECONDS,
        }
    }

    /// How many of the smallest units this unit is.
    fn size(self) -> i128 {
        match self {
            Self::Bytes | Self::Seconds => 1,
            Self::Megahertz => 1_000_000,
        }
    }

    /// Reads `16GiB`, `16 GiB`; a number alone only where the field's written name says the unit.
    pub(crate) fn parse(self, text: &str, unit_is_named: bool) -> Result<Number, Refused> {
        let (decimal, unit) = Decimal::split(text).ok_or_else(|| {
            (
                format!("is not {}", self.quantity()),
                Some(format!(
                    "write a number with a unit, such as {}",
                    self.example()
                )),
            )
        })?;
        if !unit.is_empty() {
            return decimal.times(self.scale(unit)?, self.size());
        }
        if unit_is_named || decimal.mantissa == 0 {
            return decimal.times(1, 1);
        }
        Err((
            "has no unit".to_owned(),
            Some(format!("write {}", self.with_units(text))),
        ))
    }

    fn with_units(self, number: &str) -> String {
        let number = shown(number);
        match self {
            Self::Bytes => format!("{number}GiB, {number}MiB or another unit of bytes"),
            Self::Megahertz => format!("{number}MHz or {number}GHz"),
            Self::Seconds => format!("{number}d, {number}h, {number}m or {number}s"),
        }
    }

    fn scale(self, unit: &str) -> Result<i128, Refused> {
        let mut scales = self.scales().iter();
        let known = scales.find(|(names, _)| names.iter().any(|n| n.eq_ignore_ascii_case(unit)));
        if let Some((_, scale)) = known {
            return Ok(*scale);
        }
        let offered = || self.scales().iter().filter_map(|(names, _)| names.first());
        let letter = unit.to_ascii_lowercase();
        let help = match (self, letter.as_str()) {
            (Self::Bytes, "k" | "m" | "g" | "t" | "p") => {
                let letter = unit.to_ascii_uppercase();
                format!("write {letter}iB for powers of 1,024 or {letter}B for powers of 1,000")
            }
            (Self::Seconds, "mo" | "month" | "months" | "y" | "year" | "years") => {
                "months and years differ in length: count in days, or compare with a date"
                    .to_owned()
            }
            _ => did_you_mean(unit, offered().copied()).unwrap_or_else(|| {
                let all: Vec<&str> = offered().copied().collect();
                format!("the units are {}", all.join(", "))
            }),
        };
        Err((format!("has the unknown unit {}", quoted(unit)), Some(help)))
    }
}

/// Reads a number without a unit.
pub(crate) fn parse_plain(text: &str) -> Result<Number, Refused> {
    match Decimal::split(text) {
        Some((decimal, "")) => decimal.times(1, 1),
        Some((_, unit)) => Err((
            "is not a number".to_owned(),
            Some(format!("the field has no unit: leave out {}", quoted(unit))),
        )),
        None => Err(("is not a number".to_owned(), None)),
    }
}

/// Reads one duration, `90d`, or several in a row, `1d12h`, as seconds.
pub(crate) fn parse_duration(text: &str) -> Result<i64, Refused> {
    let mut total: i64 = 0;
    let mut rest = text.trim();
    loop {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len());
        let unit = rest[digits..]
            .find(|c: char| c.is_ascii_digit())
            .map_or(rest.len(), |length| digits + length);
        let (one, after) = rest.split_at(unit);
        let seconds = match Unit::Seconds.parse(one, false)? {
            Number::Integer(seconds) => seconds,
            Number::Real(_) => {
                return Err(("is not a whole number of seconds".to_owned(), None));
            }
        };
        total = total.checked_add(seconds).ok_or_else(too_large)?;
        if after.is_empty() {
            return Ok(total);
        }
        rest = after;
    }
}

fn too_large() -> Refused {
    ("is too large".to_owned(), None)
}

/// A decimal number: `mantissa` / 10^`places`.
struct Decimal {
    mantissa: i128,
    places: u32,
}

/// Digits that are read exactly; more are no number that anything has.
const DIGITS: usize = 24;

impl Decimal {
    /// Splits off what follows the number.
    fn split(text: &str) -> Option<(Self, &str)> {
        let (negative, unsigned) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let end = unsigned
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(unsigned.len());
        let (number, unit) = unsigned.split_at(end);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let dot_without_digits = number.contains('.') && fraction.is_empty();
        if whole.is_empty() || dot_without_digits || fraction.contains('.') {
            return None;
        }
        if whole.len() + fraction.len() > DIGITS {
            return None;
        }
        let mantissa: i128 = format!("{whole}{fraction}").parse().ok()?;
        let decimal = Self {
            mantissa: if negative { -mantissa } else { mantissa },
            places: u32::try_from(fraction.len()).ok()?,
        };
        Some((decimal, unit.trim()))
    }

    /// The number × `factor` / `divisor`: whole where it is.
    fn times(&self, factor: i128, divisor: i128) -> Result<Number, Refused> {
        let product = self.mantissa.checked_mul(factor).ok_or_else(too_large)?;
        let divisor = 10_i128
            .checked_pow(self.places)
            .and_then(|power| power.checked_mul(divisor))
            .ok_or_else(too_large)?;
        if product % divisor == 0
            && let Ok(integer) = i64::try_from(product / divisor)
        {
            return Ok(Number::Integer(integer));
        }
        #[expect(
            clippy::cast_precision_loss,
            reason = "what is not whole or beyond 64 bits is rounded"
        )]
        let real = product as f64 / divisor as f64;
        Ok(Number::Real(real))
    }
}
