//! Durations as numbers of seconds, whole or not.

use std::time::Duration;

use serde::de::{Deserialize as _, Deserializer, Error as _};
use serde::ser::Serializer;

/// A year; a longer time is a mistake.
const LONGEST: f64 = 366.0 * 24.0 * 3600.0;

pub(crate) fn serialize<S: Serializer>(
    duration: &Duration,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    if duration.subsec_nanos() == 0 {
        serializer.serialize_u64(duration.as_secs())
    } else {
        serializer.serialize_f64(duration.as_secs_f64())
    }
}

pub(crate) fn deserialize<'d, D: Deserializer<'d>>(deserializer: D) -> Result<Duration, D::Error> {
    let seconds = f64::deserialize(deserializer)?;
    if !(0.0..=LONGEST).contains(&seconds) {
        let message = format!("{seconds} is not a number of seconds from 0 to {LONGEST}");
        return Err(D::Error::custom(message));
    }
    Duration::try_from_secs_f64(seconds).map_err(D::Error::custom)
}
