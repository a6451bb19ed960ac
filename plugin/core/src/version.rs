//! Which vCenter versions a ledger is prepared for.

/// A value of `preferred_vcenter_version`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersionRange {
    /// 6.5 and 6.7.
    V6,
    /// 7.0 and every 8.
    V7To8,
    /// Every 9, as in VMware Cloud Foundation 9.
    V9,
}

impl VersionRange {
    /// Every range.
    pub const ALL: [VersionRange; 3] = [VersionRange::V6, VersionRange::V7To8, VersionRange::V9];

    /// The range as it stands in documents.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            VersionRange::V6 => "6.5-6.7",
            VersionRange::V7To8 => "7.0-8.x",
            VersionRange::V9 => "9.x",
        }
    }

    /// `version`, as in `8.0.3`, lies in the range.
    #[must_use]
    pub fn contains(self, version: &str) -> bool {
        match (self, major_minor(version)) {
            (VersionRange::V6, Some((6, minor))) => (5..=7).contains(&minor),
            (VersionRange::V7To8, Some((major, _))) => (7..=8).contains(&major),
            (VersionRange::V9, Some((major, _))) => major == 9,
            _ => false,
        }
    }

    /// The range to configure for `version`; of a version that no range holds
    /// the nearest.
    #[must_use]
    pub fn recommended(version: &str) -> Self {
        match major_minor(version) {
            Some((major, _)) if major < 7 => VersionRange::V6,
            Some((major, _)) if major > 8 => VersionRange::V9,
            _ => VersionRange::V7To8,
        }
    }

    /// Every range in its spelling in documents, joined.
    #[must_use]
    pub fn list() -> String {
        VersionRange::ALL.map(VersionRange::as_str).join(", ")
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
    use super::VersionRange::{self, V6, V7To8, V9};

    #[test]
    fn ranges_hold_their_versions_and_no_others() {
        let cases = [
            ("6.0.0", None, V6),
            ("6.5", Some(V6), V6),
            ("6.7.0", Some(V6), V6),
            ("7.0.3", Some(V7To8), V7To8),
            ("8.0.3", Some(V7To8), V7To8),
            ("8.1", Some(V7To8), V7To8),
            ("9.0.0", Some(V9), V9),
            ("9.1.0.0100", Some(V9), V9),
            ("10.0.0", None, V9),
            ("odd", None, V7To8),
        ];
        for (version, holds, recommended) in cases {
            for range in VersionRange::ALL {
                assert_eq!(range.contains(version), Some(range) == holds, "{version}");
            }
            assert_eq!(VersionRange::recommended(version), recommended, "{version}");
        }
    }
}
