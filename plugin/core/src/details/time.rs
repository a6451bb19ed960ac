//! Times of the vSphere API in UTC.

use std::borrow::Cow;

use stocktake_contract::details::Time;

use crate::tape::Value;

const MINUTES_OF_A_DAY: i64 = 24 * 60;

/// An `xsd:dateTime` as RFC 3339 in UTC; one without an offset is in UTC already. A year before 1
/// or after 9999 is none, as is 1970-01-01T00:00:00Z, by which servers say that they do not know.
pub(super) fn time(value: Option<Value<'_>>) -> Option<Time<'_>> {
    in_utc(value?.as_str()?.trim())
        .filter(|time| !time.starts_with("1970-01-01T00:00:00"))
        .map(in_microseconds)
        .and_then(Time::new)
}

/// The time without what is shorter than a microsecond, and without zeros at its end: servers write
/// the same time with and without them.
fn in_microseconds(time: Cow<'_, str>) -> Cow<'_, str> {
    let split = time.strip_suffix('Z').and_then(|time| time.split_once('.'));
    let Some((seconds, fraction)) = split else {
        return time;
    };
    let digits = fraction.get(..6).unwrap_or(fraction).trim_end_matches('0');
    let point = if digits.is_empty() { "" } else { "." };
    Cow::Owned(format!("{seconds}{point}{digits}Z"))
}

fn in_utc(text: &str) -> Option<Cow<'_, str>> {
    if text.ends_with('Z') {
        return Some(Cow::Borrowed(text));
    }
    let (date, clock) = text.split_once('T')?;
    let (clock, offset) = match clock.find(['+', '-']) {
        Some(sign) => {
            let (clock, offset) = clock.split_at(sign);
            (clock, minutes(offset)?)
        }
        None => (clock, 0),
    };
    // What is behind the minutes is the same in every zone.
    let (hour, rest) = clock.split_once(':')?;
    let (minute, rest) = rest.split_at_checked(2)?;
    let mut parts = date.splitn(3, '-').map(number);
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let days = days_from_civil(year, month, day);
    let at = days * MINUTES_OF_A_DAY + number(hour)? * 60 + number(minute)? - offset;
    let (year, month, day) = civil_from_days(at.div_euclid(MINUTES_OF_A_DAY));
    let minute = at.rem_euclid(MINUTES_OF_A_DAY);
    Some(Cow::Owned(format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}{rest}Z",
        minute / 60,
        minute % 60
    )))
}

/// `+02:00` in minutes.
fn minutes(offset: &str) -> Option<i64> {
    let (sign, clock) = offset.split_at_checked(1)?;
    let (hours, minutes) = clock.split_once(':')?;
    let minutes = number(hours)? * 60 + number(minutes)?;
    Some(if sign == "-" { -minutes } else { minutes })
}

fn number(digits: &str) -> Option<i64> {
    let is_short = (1..=4).contains(&digits.len());
    let is_number = is_short && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().ok())?
}

/// Days since 1970-01-01 of a date of the Gregorian calendar: its years begin in March, so that the
/// day that only leap years have is the last.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::{civil_from_days, days_from_civil, in_microseconds, in_utc};

    #[test]
    fn a_time_with_an_offset_is_moved_to_utc() {
        let cases = [
            (
                "2024-02-29T23:30:00.123456Z",
                Some("2024-02-29T23:30:00.123456Z"),
            ),
            (
                "2024-02-29T23:30:00.5-01:00",
                Some("2024-03-01T00:30:00.5Z"),
            ),
            ("2024-03-01T00:30:00+05:45", Some("2024-02-29T18:45:00Z")),
            ("2023-12-31T23:59:59-00:01", Some("2024-01-01T00:00:59Z")),
            ("2026-07-01T00:00:00", Some("2026-07-01T00:00:00Z")),
            ("2026-07-01", None),
            ("2026-07-01T", None),
            ("today", None),
        ];
        for (text, utc) in cases {
            assert_eq!(in_utc(text).as_deref(), utc, "{text}");
        }
    }

    #[test]
    fn a_fraction_has_at_most_six_digits_and_no_zeros_at_its_end() {
        let cases = [
            ("2026-07-01T00:00:00Z", "2026-07-01T00:00:00Z"),
            ("2026-07-01T00:00:00.000000Z", "2026-07-01T00:00:00Z"),
            ("2026-07-01T00:00:00.120000Z", "2026-07-01T00:00:00.12Z"),
            (
                "2026-07-01T00:00:00.123456789Z",
                "2026-07-01T00:00:00.123456Z",
            ),
            ("2026-07-01T00:00:00.0000009Z", "2026-07-01T00:00:00Z"),
            ("2026-07-01T00:00:00.Z", "2026-07-01T00:00:00Z"),
            ("2026-07-01T00:00:00.ünä€€Z", "2026-07-01T00:00:00.ünä€€Z"),
        ];
        for (time, expected) in cases {
            assert_eq!(in_microseconds(time.into()), expected, "{time}");
        }
    }

    #[test]
    fn every_day_of_four_centuries_is_found_by_its_number() {
        for day in 0..146_097 {
            let (year, month, of_month) = civil_from_days(day);
            assert_eq!(days_from_civil(year, month, of_month), day);
        }
        assert_eq!(days_from_civil(2000, 2, 29), 11_016);
    }
}
