//! The states of guest tools in the spelling of the vSphere REST API.

/// `guest.toolsVersionStatus2` as the ledger spells it. An unknown status has
/// no spelling; `guestToolsNeedUpgrade` belongs to the older
/// `toolsVersionStatus`, which does not say what is wrong with the version.
#[must_use]
pub fn version_status(status: &str) -> Option<&'static str> {
    Some(match status.trim() {
        "guestToolsCurrent" => "CURRENT",
        "guestToolsNotInstalled" => "NOT_INSTALLED",
        "guestToolsUnmanaged" => "UNMANAGED",
        "guestToolsSupportedOld" => "SUPPORTED_OLD",
        "guestToolsSupportedNew" => "SUPPORTED_NEW",
        "guestToolsTooOld" => "TOO_OLD_UNSUPPORTED",
        "guestToolsTooNew" => "TOO_NEW",
        "guestToolsBlacklisted" => "BLACKLISTED",
        _ => return None,
    })
}

/// Whether `guest.toolsRunningStatus` says that the tools run. Nothing read,
/// nothing said.
#[must_use]
pub fn running(status: &str) -> Option<bool> {
    match status.trim() {
        "" => None,
        status => Some(matches!(
            status,
            "guestToolsRunning" | "guestToolsExecutingScripts"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::{running, version_status};

    #[test]
    fn every_version_status_has_its_rest_spelling() {
        let cases = [
            ("guestToolsCurrent", Some("CURRENT")),
            ("guestToolsNotInstalled", Some("NOT_INSTALLED")),
            ("guestToolsUnmanaged", Some("UNMANAGED")),
            ("guestToolsSupportedOld", Some("SUPPORTED_OLD")),
            ("guestToolsSupportedNew", Some("SUPPORTED_NEW")),
            ("guestToolsTooOld", Some("TOO_OLD_UNSUPPORTED")),
            ("guestToolsTooNew", Some("TOO_NEW")),
            ("guestToolsBlacklisted", Some("BLACKLISTED")),
            ("guestToolsNeedUpgrade", None),
            ("guestToolsOfTheFuture", None),
            ("", None),
        ];
        for (status, spelled) in cases {
            assert_eq!(version_status(status), spelled, "{status}");
        }
    }

    #[test]
    fn tools_run_while_they_execute_scripts() {
        assert_eq!(running("guestToolsRunning"), Some(true));
        assert_eq!(running("guestToolsExecutingScripts"), Some(true));
        assert_eq!(running("guestToolsNotRunning"), Some(false));
        assert_eq!(running(""), None);
    }
}
