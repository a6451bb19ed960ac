//! Placeholders in place of a value: one list per field, each entry
//! with its source. A placeholder counts as no value, for otherwise many
//! machines would look like one.

use std::net::Ipv4Addr;

/// Host names, in lower case.
const HOSTNAMES: [&str; 3] = [
    // vCenter 8.0.3 of each vCLS VM, as recorded in the tests of pyVmomi.
    "none",   // The default node name of a Linux kernel.
    "(none)", // A null pointer that the C library prints.
    "(null)",
];

/// Serial numbers and tags, in lower case, their letters and digits only: the
/// same words come with and without dots, blanks and underscores.
const SERIAL_NUMBERS: [&str; 29] = [
    // dmidecode, and the agents of GLPI and FusionInventory, which refuse them.
    "none",
    "unknown",
    "na",
    "notspecified",
    "notpresent",
    "notavailable",
    "notapplicable",
    "noassettag",
    "badindex",
    "outofspec",
    "nullstring",
    "null",
    // SMBIOS: a number that is all zeros, which the firmware cannot set.
    "notsettable",
    "invalid",
    // The default text of AMI, which board vendors should replace.
    "tobefilledbyoem",
    "oem",
    "defaultstring",
    "default",
    "systemserialnumber",
    "chassisserialnumber",
    "baseboardserialnumber",
    "serialnumber",
    "assettag",
    "empty",
    "blank",
    // Boards of Supermicro, ASUS and others without a programmed number.
    "0123456789",
    "123456789",
    "1234567890",
    "mb1234567890",
];

/// UUIDs that whole series of boards share, as 32 digits. SMBIOS has all zeros
/// for a UUID that is not set and all F for one that is not there; both are
/// runs of one digit.
const UUIDS: [&str; 3] = [
    // AMI's default, on boards of many makers; also in the byte order before SMBIOS 2.6.
    "03000200040005000006000700080009",
    "00020003000400050006000700080009",
    // The example of the SMBIOS specification, as some boards are shipped.
    "000102030405060708090a0b0c0d0e0f",
];

/// The name of a guest, unless it is a placeholder. `localhost` is a name, although it
/// identifies no machine.
pub(crate) fn hostname(text: &str) -> Option<&str> {
    let name = text.trim();
    let is_one = HOSTNAMES.iter().any(|none| name.eq_ignore_ascii_case(none));
    (!name.is_empty() && !is_one).then_some(text)
}

/// A serial number or tag, unless it is a placeholder.
pub(crate) fn serial_number(text: &str) -> Option<&str> {
    let text = text.trim();
    let bare = text.chars().filter(|character| character.is_alphanumeric());
    let bare = bare.map(|character| character.to_ascii_lowercase());
    let is_known = SERIAL_NUMBERS
        .iter()
        .any(|none| bare.clone().eq(none.chars()));
    (!is_run(bare) && !is_known).then_some(text)
}

/// A UUID, unless it is a placeholder.
pub(crate) fn uuid(text: &str) -> Option<&str> {
    let digits = text.chars().filter(|character| character.is_alphanumeric());
    let digits = digits.map(|character| character.to_ascii_lowercase());
    let is_known = UUIDS.iter().any(|none| digits.clone().eq(none.chars()));
    (!is_run(digits) && !is_known).then_some(text)
}

/// Whether the text is empty or repeats one character.
fn is_run(mut characters: impl Iterator<Item = char>) -> bool {
    let first = characters.next();
    characters.all(|character| Some(character) == first)
}

/// An IPv4 address, unless it is unusable: an interface without one has
/// 0.0.0.0, one that found no DHCP server an address of 169.254.0.0/16 (RFC 3927),
/// as has the one between a server and its own management controller.
pub(crate) fn ipv4(text: &str) -> Option<&str> {
    let text = text.trim();
    let address: Ipv4Addr = text.parse().ok()?;
    let is_none = address.is_unspecified() || address.is_link_local();
    (!is_none).then_some(text)
}

/// The address of an Ethernet card, unless it is a placeholder.
pub(crate) fn mac_address(text: &str) -> Option<&str> {
    let text = text.trim();
    let is_none = text
        .bytes()
        .all(|byte| byte == b'0' || !byte.is_ascii_alphanumeric());
    (!is_none).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::{
        HOSTNAMES, SERIAL_NUMBERS, UUIDS, hostname, ipv4, mac_address, serial_number, uuid,
    };

    #[test]
    fn every_entry_is_none_however_it_is_spelled() {
        for none in HOSTNAMES {
            assert_eq!(hostname(none), None, "{none}");
            assert_eq!(
                hostname(&format!(" {} ", none.to_uppercase())),
                None,
                "{none}"
            );
        }
        for none in SERIAL_NUMBERS {
            assert_eq!(serial_number(none), None, "{none}");
            assert_eq!(
                serial_number(&format!(" {}. ", none.to_uppercase())),
                None,
                "{none}"
            );
        }
        for none in UUIDS {
            let (start, end) = none.split_at(8);
            for spelled in [none.to_uppercase(), format!("{start}-{end}")] {
                assert_eq!(uuid(&spelled), None, "{spelled}");
            }
        }
    }

    #[test]
    fn a_host_name_is_one_unless_it_is_a_placeholder() {
        for none in ["None", "(none)", "(null)", "", "  "] {
            assert_eq!(hostname(none), None, "{none:?}");
        }
        for name in [
            "localhost",
            "localhost.localdomain",
            "none.example.com",
            "nonesuch",
            "web01",
        ] {
            assert_eq!(hostname(name), Some(name));
        }
    }

    #[test]
    fn a_serial_number_is_one_unless_it_is_a_placeholder() {
        let placeholders = [
            "0123456789",
            "Default string",
            "Default_string",
            "Not Settable",
            "INVALID",
            "To be filled by O.E.M",
            "To Be Filled By O.E.M.",
            "to be filled by OEM",
            "None",
            "unknown",
            "N/A",
            "<BAD INDEX>",
            "0",
            "00000000",
            "0000-0000",
            "XXXXXXXX",
            "xXxX",
            "11111111",
            "..............",
            "----",
            "",
            "   ",
        ];
        for placeholder in placeholders {
            assert_eq!(serial_number(placeholder), None, "{placeholder:?}");
        }
        let real = [
            "CZ12345",
            "123456",
            "01234567890",
            "7XK3F53",
            "VMware-56 4d 8d e8 1e 9f a1 3e-71 fa 13 a8 e1 a7 fd 70",
            "Ж1",
        ];
        for serial in real {
            assert_eq!(serial_number(&format!(" {serial} ")), Some(serial));
        }
    }

    #[test]
    fn a_uuid_is_one_unless_many_machines_have_it() {
        let placeholders = [
            "00000000-0000-0000-0000-000000000000",
            "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
            "ffffffffffffffffffffffffffffffff",
            "03000200-0400-0500-0006-000700080009",
            "00020003-0004-0005-0006-000700080009",
            "00010203-0405-0607-0809-0A0B0C0D0E0F",
            "",
            "-",
        ];
        for placeholder in placeholders {
            assert_eq!(uuid(placeholder), None, "{placeholder:?}");
        }
        let real = "4211aaaa-0000-0000-0000-000000000001";
        assert_eq!(uuid(real), Some(real));
    }

    #[test]
    fn an_address_is_one_unless_it_reaches_nobody() {
        let none = [
            "0.0.0.0",
            "169.254.0.1",
            "169.254.255.254",
            "",
            "fe80::1",
            "10.1",
            "999.1.1.1",
        ];
        for text in none {
            assert_eq!(ipv4(text), None, "{text}");
        }
        for address in ["10.0.0.0", "169.253.1.1", "192.0.2.1", "172.17.0.1"] {
            assert_eq!(ipv4(&format!(" {address}\n")), Some(address));
        }
    }

    #[test]
    fn a_mac_address_is_one_unless_it_is_all_zeros() {
        for none in [
            "00:00:00:00:00:00",
            "00-00-00-00-00-00",
            "000000000000",
            "",
            " ",
        ] {
            assert_eq!(mac_address(none), None, "{none:?}");
        }
        for address in ["00:50:56:00:00:01", "00:00:00:00:00:0A"] {
            assert_eq!(mac_address(address), Some(address));
        }
    }
}
