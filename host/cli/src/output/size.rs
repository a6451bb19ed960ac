//! Bytes for people.

/// Units, each 1024 times the previous one.
const UNITS: [&str; 7] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

/// The size in the largest unit that fits, rounded down to a tenth.
pub(crate) fn size(bytes: u64) -> String {
    let mut unit = 0;
    while unit + 1 < UNITS.len() && bytes >> (10 * (unit + 1)) > 0 {
        unit += 1;
    }
    let one = 1_u128 << (10 * unit);
    let (whole, rest) = (u128::from(bytes) / one, u128::from(bytes) % one);
    match rest {
        0 => format!("{whole} {}", UNITS[unit]),
        rest => format!("{whole}.{} {}", rest * 10 / one, UNITS[unit]),
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn a_size_is_shown_as_it_is_and_never_rounded_up() {
        for (bytes, text) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1 KiB"),
            (1025, "1.0 KiB"),
            (134_217_728, "128 MiB"),
            ((1 << 30) - 1, "1023.9 MiB"),
            (1 << 30, "1 GiB"),
            (3 << 29, "1.5 GiB"),
            (274_874_077_184, "255.9 GiB"),
            (35_184_372_088_832, "32 TiB"),
            (u64::MAX, "15.9 EiB"),
        ] {
            assert_eq!(size(bytes), text, "{bytes}");
        }
    }
}
