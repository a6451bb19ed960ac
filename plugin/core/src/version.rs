//! Which vCenter versions a ledger is prepared for.

/// A value of `preferred_vcenter_version`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersionRange {
    /// 6.5 and 6.7.
    V6,
    /// 7.0 and every 8.
    V7To8,
}

impl VersionRange {
    /// Every range.
    pub const ALL: [VersionRange; 2] = [VersionRange::V6, VersionRange::V7To8];

    /// The range as it stands in documents.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            VersionRange::V6 => "6.5-6.7",
            VersionRange::V7To8 => "7.0-8.x",
        }
    }

    /// `version`, as in `8.0.3`, lies in the range.
    #[must_use]
    pub fn contains(self, version: &str) -> bool {
        match (self, major_minor(version)) {
            (VersionRange::V6, Some((6, minor))) => (5..=7).contains(&minor),
            (VersionRange::V7To8, Some((major, _))) => (7..=8).contains(&major),
            _ => false,
        }
    }

    /// The range to configure for `version`: the newer one from major 7 on.
    #[must_use]
    pub fn recommended(version: &str) -> Self {
        match major_minor(version) {
            Some((major, _)) if major < 7 => VersionRange::V6,
            _ => VersionRange::V7To8,
        }
    }
}

fn major_minor(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.split('.');
    let major = parts.next()?.trim().parse().ok()?;
    let minor = match parts.next() {
        Some(minor) => minor.trim().parse().ok()?,
        None => 0,
    };
    Some((major, minor))
}

#[cfg(test)]
mod tests {
    use super::VersionRange::{V6, V7To8};

    #[test]
    fn ranges_hold_their_versions_and_no_others() {
        let cases = [
            ("6.0.0", false, false, V6),
            ("6.5", true, false, V6),
            ("6.7.0", true, false, V6),
            ("7.0.3", false, true, V7To8),
            ("8.0.3", false, true, V7To8),
            ("8.1", false, true, V7To8),
            ("9.0.0", false, false, V7To8),
            ("odd", false, false, V7To8),
        ];
        for (version, old, new, recommended) in cases {
            assert_eq!(V6.contains(version), old, "{version}");
            assert_eq!(V7To8.contains(version), new, "{version}");
            assert_eq!(
                super::VersionRange::recommended(version),
                recommended,
                "{version}"
            );
        }
    }
}
