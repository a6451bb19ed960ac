//! How long to wait before the next attempt.

use std::time::Duration;

/// Exponential back-off with full jitter: any wait between nothing and a bound that
/// doubles with each attempt, so that clients that failed together do not come back
/// together.
///
/// ```
/// use stocktake_runtime::gateway::Backoff;
/// use std::time::Duration;
///
/// let backoff = Backoff::default();
/// assert_eq!(backoff.wait(1, 0), Duration::ZERO);
/// assert_eq!(backoff.wait(2, u64::MAX / 2).as_millis(), 499);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The bound of the first wait.
    pub first: Duration,
    /// What no bound exceeds.
    pub longest: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Backoff {
            first: Duration::from_millis(500),
            longest: Duration::from_secs(10),
        }
    }
}

impl Backoff {
    /// The wait behind failed attempt number `attempt`, counted from 1; `draw` is a
    /// number drawn evenly from all of `u64`.
    #[must_use]
    pub fn wait(&self, attempt: u32, draw: u64) -> Duration {
        let bound = u64::try_from(self.bound(attempt).as_nanos()).unwrap_or(u64::MAX);
        let share = (u128::from(bound) * u128::from(draw)) >> 64;
        Duration::from_nanos(u64::try_from(share).unwrap_or(bound))
    }

    fn bound(&self, attempt: u32) -> Duration {
        let doublings = attempt.saturating_sub(1).min(31);
        self.first.saturating_mul(1 << doublings).min(self.longest)
    }
}

#[cfg(test)]
mod tests {
    use super::Backoff;
    use proptest::prelude::{any, proptest};
    use std::time::Duration;

    #[test]
    fn the_bound_doubles_up_to_the_longest_wait() {
        let backoff = Backoff {
            first: Duration::from_millis(100),
            longest: Duration::from_millis(1500),
        };
        let bounds = [1, 2, 3, 4, 5, 6, u32::MAX].map(|attempt| {
            // The largest draw is one part in 2^64 short of the bound.
            backoff.wait(attempt, u64::MAX) + Duration::from_nanos(1)
        });
        let expected = [100, 200, 400, 800, 1500, 1500, 1500].map(Duration::from_millis);
        assert_eq!(bounds, expected);
    }

    proptest! {
        #[test]
        fn every_wait_is_within_its_bound_and_grows_with_the_draw(
            first in any::<Duration>(),
            longest in any::<Duration>(),
            attempt in any::<u32>(),
            draws in any::<[u64; 2]>(),
        ) {
            let backoff = Backoff { first, longest };
            let [low, high] = [draws[0].min(draws[1]), draws[0].max(draws[1])];
            let [shorter, longer] = [low, high].map(|draw| backoff.wait(attempt, draw));
            assert!(shorter <= longer && longer <= longest);
        }
    }
}
