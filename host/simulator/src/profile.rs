//! The simulated product and its version.

use std::fmt;
use std::str::FromStr;

/// A product and its version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Profile {
    /// vCenter 6.5
    V6_5,
    /// vCenter 6.7
    V6_7,
    /// vCenter 7.0
    V7_0,
    /// vCenter 8.0
    #[default]
    V8_0,
    /// vCenter 9.0, of VMware Cloud Foundation 9.0
    V9_0,
    /// vCenter 9.1, of VMware Cloud Foundation 9.1
    V9_1,
    /// An ESXi host without a vCenter: one host, no cluster, no distributed switch.
    Esxi,
}

impl Profile {
    /// Every profile.
    pub const ALL: [Self; 7] = [
        Self::V6_5,
        Self::V6_7,
        Self::V7_0,
        Self::V8_0,
        Self::V9_0,
        Self::V9_1,
        Self::Esxi,
    ];

    /// The name used on a command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::V6_5 => "6.5",
            Self::V6_7 => "6.7",
            Self::V7_0 => "7.0",
            Self::V8_0 => "8.0",
            Self::V9_0 => "9.0",
            Self::V9_1 => "9.1",
            Self::Esxi => "esxi",
        }
    }

    /// Version and build of the product.
    pub(crate) fn release(self) -> (&'static str, &'static str) {
        match self {
            Self::V6_5 => ("6.5.0", "18499837"),
            Self::V6_7 => ("6.7.0", "19832974"),
            Self::V7_0 => ("7.0.3", "21477706"),
            Self::V8_0 => ("8.0.3", "24022515"),
            Self::V9_0 => ("9.0.0", "24755230"),
            Self::V9_1 => ("9.1.0", "25370922"),
            Self::Esxi => ("8.0.3", "24022510"),
        }
    }

    /// The server is a host's own agent.
    pub(crate) fn is_host_agent(self) -> bool {
        self == Self::Esxi
    }
}

/// The API version of a product of this version; before 7 they were numbered differently.
pub(crate) fn api_version(version: &str) -> String {
    match version {
        "6.5.0" => "6.5".to_owned(),
        "6.7.0" => "6.7.3".to_owned(),
        version => format!("{version}.0"),
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Profile {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|profile| profile.name() == name);
        known.ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            format!("there is no profile named {name:?}; the profiles are {names}")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Profile;

    #[test]
    fn every_profile_is_found_by_its_name() {
        for profile in Profile::ALL {
            assert_eq!(profile.to_string().parse(), Ok(profile));
        }
        assert!("5.5".parse::<Profile>().is_err());
    }
}
