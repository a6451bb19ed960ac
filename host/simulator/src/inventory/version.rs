//! The version of the server, which decides what properties and elements there are.

/// Major, minor and patch version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(u32, u32, u32);

impl Version {
    pub(crate) const V6_7: Self = Self(6, 7, 0);
    pub(crate) const V7_0: Self = Self(7, 0, 0);
    pub(crate) const V7_0_1: Self = Self(7, 0, 1);
    pub(crate) const V7_0_2: Self = Self(7, 0, 2);
    pub(crate) const V8_0: Self = Self(8, 0, 0);
    pub(crate) const V8_0_2: Self = Self(8, 0, 2);
    pub(crate) const V9_0: Self = Self(9, 0, 0);

    /// The version that a text such as `7.0.3` begins with; parts that are no numbers count as 0.
    pub(crate) fn from_text(text: &str) -> Self {
        let mut parts = text.split('.').map(|part| part.parse().unwrap_or(0));
        let mut next = || parts.next().unwrap_or(0);
        Self(next(), next(), next())
    }
}

impl Default for Version {
    /// Later than any.
    fn default() -> Self {
        Self(u32::MAX, 0, 0)
    }
}

/// The first version that has a property.
pub(crate) fn first_with(path: &str) -> Option<Version> {
    Some(match path {
        "config.createDate"
        | "runtime.cryptoState"
        | "summary.runtime.cryptoState"
        | "summary.config.tpmPresent" => Version::V6_7,
        "config.storageDevice.nvmeTopology"
        | "config.backingType"
        | "config.dateTimeInfo.systemClockProtocol"
        | "configuration.drsConfig.scaleDescendantsShares"
        | "configurationEx.drsConfig.scaleDescendantsShares"
        | "summary.config.hwVersion"
        | "guest.hwVersion"
        | "summary.drsScore" => Version::V7_0,
        "config.sevEnabled" | "config.segmentId" => Version::V7_0_1,
        "configurationEx.vsanConfigInfo.vsanEsaEnabled" => Version::V8_0,
        "hardware.biosInfo.firmwareType" => Version::V8_0_2,
        "config.tdxEnabled" => Version::V9_0,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Version, first_with};

    #[test]
    fn versions_are_compared_part_by_part() {
        for (older, newer) in [("6.5.0", "6.7.0"), ("7.0.3", "8.0"), ("9.0.0", "9.1.0")] {
            assert!(Version::from_text(older) < Version::from_text(newer));
        }
        assert_eq!(Version::from_text("7.0"), Version::V7_0);
        assert!(first_with("config.createDate") > Some(Version::from_text("6.5.0")));
        assert_eq!(first_with("name"), None);
    }
}
