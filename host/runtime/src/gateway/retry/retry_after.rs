//! How long a server asks clients to wait.

use std::time::{Duration, SystemTime};

/// The wait that a `Retry-After` header asks for: seconds, or until a date (RFC 9110
/// §10.2.3). `None` when it is neither.
#[must_use]
pub(crate) fn parse(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // What does not fit is longer than anybody waits.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::parse;
    use std::time::{Duration, SystemTime};

    #[test]
    fn seconds_and_dates_are_read_and_nothing_else() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
        for (value, expected) in [
            ("0", Some(0)),
            (" 30 ", Some(30)),
            ("99999999999999999999999", Some(u64::MAX)),
            ("Sun, 09 Sep 2001 01:46:45 GMT", Some(5)),
            ("Sunday, 09-Sep-01 01:46:45 GMT", Some(5)),
            ("Sun Sep  9 01:46:45 2001", Some(5)),
            // A date that is past asks for no wait.
            ("Sun, 09 Sep 2001 01:46:35 GMT", Some(0)),
            ("", None),
            ("-1", None),
            ("+1", None),
            ("1.5", None),
            ("soon", None),
        ] {
            let expected = expected.map(Duration::from_secs);
            assert_eq!(parse(value, now), expected, "{value:?}");
        }
    }
}
