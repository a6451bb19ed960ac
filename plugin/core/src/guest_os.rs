//! Guest identifiers as in the vSphere REST API, so that a ledger
//! that was fed over REST sees no false change.

use std::borrow::Cow;

/// `config.guestId` (`rhel8_64Guest`) as the REST API's `GuestOS` (`RHEL_8_64`).
/// Anything else is returned unchanged.
#[must_use]
pub fn rest_name(guest_id: &str) -> Cow<'_, str> {
    if let Some(name) = irregular(guest_id) {
        return Cow::Borrowed(name);
    }
    match guest_id.strip_suffix("Guest") {
        Some(stem) if is_identifier(stem) => Cow::Owned(split_words(stem)),
        _ => Cow::Borrowed(guest_id),
    }
}

/// Exceptions to the rule.
fn irregular(guest_id: &str) -> Option<&'static str> {
    Some(match guest_id {
        "amazonlinux2_64Guest" => "AMAZONLINUX2_64",
        "amazonlinux3_64Guest" => "AMAZONLINUX3_64",
        "crxPod1Guest" => "CRXPOD_1",
        "crxSys1Guest" => "CRXSYS_1",
        "eComStationGuest" => "ECOMSTATION",
        "eComStation2Guest" => "ECOMSTATION_2",
        "openServer5Guest" => "OPENSERVER_5",
        "openServer6Guest" => "OPENSERVER_6",
        "os2Guest" => "OS2",
        "otherGuest64" => "OTHER_64",
        "unixWare7Guest" => "UNIXWARE_7",
        "windowsHyperVGuest" => "WINDOWS_HYPERV",
        // Servers that had no name yet when their identifier was made.
        "windows2019srv_64Guest" => "WINDOWS_SERVER_2019",
        "windows2019srvNext_64Guest" => "WINDOWS_SERVER_2021",
        "windows2022srvNext_64Guest" => "WINDOWS_SERVER_2025",
        _ => return None,
    })
}

fn is_identifier(stem: &str) -> bool {
    !stem.is_empty()
        && stem
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Upper case, words apart: a word starts at a capital, or where digits start.
fn split_words(stem: &str) -> String {
    let bytes = stem.as_bytes();
    let mut words = String::with_capacity(stem.len() + 4);
    for (index, &byte) in bytes.iter().enumerate() {
        if let Some(&before) = index.checked_sub(1).and_then(|index| bytes.get(index)) {
            let after = bytes.get(index + 1);
            let capital = byte.is_ascii_uppercase()
                && (!before.is_ascii_uppercase() || after.is_some_and(u8::is_ascii_lowercase));
            let digits = byte.is_ascii_digit() && !before.is_ascii_digit();
            if before != b'_' && (capital || digits) {
                words.push('_');
            }
        }
        words.push(char::from(byte.to_ascii_uppercase()));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::rest_name;

    /// `VirtualMachineGuestOsIdentifier` of vSphere 8.0.3 and its `GuestOS` in the same release.
    const CASES: &str = include_str!("guest_os/cases.tsv");

    #[test]
    fn every_known_identifier_has_its_rest_spelling() {
        let mut count = 0;
        for line in CASES.lines().filter(|line| !line.starts_with('#')) {
            let (id, name) = line.split_once('\t').expect("two columns");
            assert_eq!(rest_name(id), name, "{id}");
            count += 1;
        }
        assert!(count > 150, "{count}");
    }

    #[test]
    fn identifiers_of_the_future_follow_the_rule() {
        assert_eq!(rest_name("rhel11_64Guest"), "RHEL_11_64");
        assert_eq!(rest_name("other8xLinux64Guest"), "OTHER_8X_LINUX_64");
        assert_eq!(rest_name("vmkernel10Guest"), "VMKERNEL_10");
    }

    #[test]
    fn what_is_no_identifier_stays_as_it_is() {
        for text in ["", "Guest", "Guest OS", "linux", "Ünix7Guest", "a b Guest"] {
            assert_eq!(rest_name(text), text);
        }
    }
}
