//! Times: RFC 3339, dates, and distances from now.

use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime, UtcOffset};

use crate::error::shown;
use crate::unit::{Refused, parse_duration};

/// The moments that a written time means, from the first to the last: one, or a day's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moments {
    /// The first.
    pub first: OffsetDateTime,
    /// The last; that of a day is its last nanosecond.
    pub last: OffsetDateTime,
}

impl Moments {
    fn one(moment: OffsetDateTime) -> Self {
        Self {
            first: moment,
            last: moment,
        }
    }

    fn day_of(moment: OffsetDateTime) -> Option<Self> {
        let first = moment
            .to_offset(UtcOffset::UTC)
            .date()
            .midnight()
            .assume_utc();
        let last = first.checked_add(Duration::days(1) - Duration::nanoseconds(1))?;
        Some(Self { first, last })
    }

    fn moved(self, seconds: i64) -> Option<Self> {
        let distance = Duration::seconds(seconds);
        Some(Self {
            first: self.first.checked_add(distance)?,
            last: self.last.checked_add(distance)?,
        })
    }

    /// Reads a time. `now` and `today` are relative to the moment given.
    pub(crate) fn parse(text: &str, now: OffsetDateTime) -> Result<Self, Refused> {
        let out_of_range = || ("is out of range".to_owned(), None);
        if let Some(distance) = strip_word(text, "now") {
            let seconds = signed_duration(distance)?;
            return Self::one(now).moved(seconds).ok_or_else(out_of_range);
        }
        if let Some(distance) = strip_word(text, "today") {
            let seconds = signed_duration(distance)?;
            let day = Self::day_of(now).ok_or_else(out_of_range)?;
            return day.moved(seconds).ok_or_else(out_of_range);
        }
        if let Some(moment) = parse_rfc3339(text) {
            return Ok(Self::one(moment));
        }
        if text.len() == "2026-01-31".len()
            && let Some(midnight) = parse_rfc3339(&format!("{text}T00:00:00Z"))
        {
            return Self::day_of(midnight).ok_or_else(out_of_range);
        }
        let help = match parse_duration(text) {
            Ok(_) => format!("a distance from now is written now-{}", shown(text)),
            Err(_) => "write 2026-01-31, 2026-01-31T12:00:00Z, now, now-90d or today".to_owned(),
        };
        Err(("is not a time".to_owned(), Some(help)))
    }
}

/// The time of an RFC 3339 text, in UTC.
pub(crate) fn parse_rfc3339(text: &str) -> Option<OffsetDateTime> {
    let moment = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    moment.checked_to_offset(UtcOffset::UTC)
}

fn strip_word<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let (begin, rest) = text.split_at_checked(word.len())?;
    let follows = rest.is_empty() || rest.starts_with(['+', '-', ' ']);
    (begin.eq_ignore_ascii_case(word) && follows).then_some(rest)
}

/// `-90d`, `+1h` or nothing, as seconds.
fn signed_duration(text: &str) -> Result<i64, Refused> {
    let text = text.trim();
    match text.as_bytes().first() {
        None => Ok(0),
        Some(b'+') => parse_duration(&text[1..]),
        Some(b'-') => parse_duration(&text[1..]).map(|seconds| -seconds),
        Some(_) => Err((
            "is not a time".to_owned(),
            Some("a distance from now is written now-90d".to_owned()),
        )),
    }
}
