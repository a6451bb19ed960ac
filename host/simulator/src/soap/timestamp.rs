//! Times as `xsd:dateTime`, UTC with microseconds.

use super::xml::Xml;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The time on a clock that is `ahead` by so many seconds.
pub(crate) fn write_now(ahead: u64, xml: &mut Xml) {
    let now = since_epoch();
    write(now.as_secs() + ahead, now.subsec_micros(), xml);
}

/// Likewise, as HTTP dates its replies.
pub(crate) fn http_date(ahead: u64) -> String {
    imf_fixdate(since_epoch().as_secs() + ahead)
}

fn imf_fixdate(seconds: u64) -> String {
    let (year, month, day) = civil(seconds / 86_400);
    let name = |names: &'static str, nth: u64| {
        let nth = usize::try_from(nth).unwrap_or(0);
        names.split(' ').nth(nth).unwrap_or_default()
    };
    format!(
        "{}, {day:02} {} {year:04} {:02}:{:02}:{:02} GMT",
        name("Thu Fri Sat Sun Mon Tue Wed", seconds / 86_400 % 7),
        name(
            "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
            month.saturating_sub(1)
        ),
        seconds / 3600 % 24,
        seconds / 60 % 60,
        seconds % 60,
    )
}

fn since_epoch() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}

/// So many seconds and microseconds after 1970.
pub(crate) fn write(seconds: u64, micros: u32, xml: &mut Xml) {
    let (year, month, day) = civil(seconds / 86_400);
    let time = seconds % 86_400;
    xml.zero_padded(year, 4)
        .raw("-")
        .zero_padded(month, 2)
        .raw("-")
        .zero_padded(day, 2)
        .raw("T")
        .zero_padded(time / 3600, 2)
        .raw(":")
        .zero_padded(time / 60 % 60, 2)
        .raw(":")
        .zero_padded(time % 60, 2)
        .raw(".")
        .zero_padded(u64::from(micros), 6)
        .raw("Z");
}

/// Year, month and day of a day since 1970, by eras of 400 years that start in March.
fn civil(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let day_of_era = shifted % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    (year, month, day_of_year - (153 * from_march + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::{imf_fixdate, write};
    use crate::soap::xml::Xml;

    #[test]
    fn dates_of_replies_are_spelled_as_http_wants_them() {
        // The example of RFC 9110.
        assert_eq!(imf_fixdate(784_111_777), "Sun, 06 Nov 1994 08:49:37 GMT");
    }

    #[test]
    fn leap_days_and_year_ends_are_dated_right() {
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00.000007Z"),
            (951_782_400, "2000-02-29T00:00:00.000007Z"),
            (1_735_689_599, "2024-12-31T23:59:59.000007Z"),
        ] {
            let mut xml = Xml::new();
            write(seconds, 7, &mut xml);
            assert_eq!(xml.as_str(), expected);
        }
    }
}
