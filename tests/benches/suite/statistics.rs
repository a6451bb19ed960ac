//! Medians: one slow run of a busy machine does not move them.

use std::time::Duration;

use crate::measurement::Measurement;

/// The middle of `values`, which are not empty.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 {
        values[middle]
    } else {
        f64::midpoint(values[middle - 1], values[middle])
    }
}

/// A figure of a measurement, in the unit of the tables.
pub(crate) type Figure = fn(&Measurement) -> f64;

pub(crate) fn cpu(measurement: &Measurement) -> f64 {
    seconds(measurement.cpu)
}

pub(crate) fn wall(measurement: &Measurement) -> f64 {
    seconds(measurement.wall)
}

pub(crate) fn peak(measurement: &Measurement) -> f64 {
    mebibytes(measurement.peak)
}

/// The median of a figure.
pub(crate) fn of(figure: Figure, runs: &[Measurement]) -> f64 {
    median(runs.iter().map(figure))
}

/// The median of the ratios of runs that were made one after the other, so that
/// a machine that grows slower meanwhile slows both.
pub(crate) fn ratio(figure: Figure, ours: &[Measurement], theirs: &[Measurement]) -> f64 {
    let pairs = ours.iter().zip(theirs);
    median(pairs.map(|(ours, theirs)| figure(ours) / figure(theirs)))
}

pub(crate) fn seconds(duration: Duration) -> f64 {
    duration.as_secs_f64()
}

#[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
pub(crate) fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_median_is_the_middle_or_between_the_two_middle_ones() {
        assert!((median([3.0, 1.0, 9.0]) - 3.0).abs() < f64::EPSILON);
        assert!((median([4.0, 1.0, 2.0, 9.0]) - 3.0).abs() < f64::EPSILON);
    }
}
