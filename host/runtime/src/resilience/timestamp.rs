//! Points in time as text: RFC 3339, UTC.

use std::time::{Duration, SystemTime};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// No time is counted further ahead than this, so that every one can be added and written.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// The time that is `wait` after `now`, a century at the most.
pub(super) fn after(now: SystemTime, wait: Duration) -> SystemTime {
    now.checked_add(wait.min(LONGEST)).unwrap_or(now)
}

/// The text of a time.
pub(super) fn write(time: SystemTime) -> String {
    // Only years beyond 9999 have no text.
    let text = OffsetDateTime::from(time).format(&Rfc3339);
    text.unwrap_or_else(|_| "9999-12-31T23:59:59Z".to_owned())
}

/// The time of a text.
pub(super) fn read(text: &str) -> Option<SystemTime> {
    let time = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    Some(time.into())
}

/// `time`, or the next whole second.
pub(super) fn next_second(time: SystemTime) -> SystemTime {
    let since = time.duration_since(SystemTime::UNIX_EPOCH);
    SystemTime::UNIX_EPOCH
        .checked_add(whole_seconds(since.unwrap_or_default()))
        .unwrap_or(time)
}

/// `duration`, rounded up.
pub(super) fn whole_seconds(duration: Duration) -> Duration {
    let begun = u64::from(duration.subsec_nanos() > 0);
    Duration::from_secs(duration.as_secs().saturating_add(begun))
}

#[cfg(test)]
mod tests {
    use super::{after, next_second, read, write};
    use std::time::{Duration, SystemTime};

    #[test]
    fn a_time_reads_back_as_itself() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_millis(1_790_000_000_250);
        assert_eq!(write(time), "2026-09-21T14:13:20.25Z");
        assert_eq!(read(&write(time)), Some(time));
        assert_eq!(write(next_second(time)), "2026-09-21T14:13:21Z");
        assert_eq!(next_second(next_second(time)), next_second(time));
        assert_eq!(read("tomorrow"), None);
    }

    #[test]
    fn a_wait_without_end_still_has_a_time() {
        let ahead = after(SystemTime::now(), Duration::MAX);
        assert_eq!(read(&write(ahead)), Some(ahead));
    }
}
