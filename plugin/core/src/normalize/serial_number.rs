//! The serial number of a host, if its firmware knows one.

use std::borrow::Cow;

use crate::tape::Value;

/// What firmware says instead of a serial number, in lower case.
const PLACEHOLDERS: [&str; 18] = [
    "unknown",
    "none",
    "null",
    "empty",
    "n/a",
    "na",
    "not available",
    "not applicable",
    "not specified",
    "no asset tag",
    "asset tag",
    "default string",
    "system serial number",
    "chassis serial number",
    "serial number",
    "to be filled by o.e.m.",
    "to be filled by oem",
    "oem",
];

/// The best of what a host says of itself: its serial number, else its service
/// tag, else another serial, else its asset tag.
pub(super) fn best<'t>(
    serial: Option<Value<'t>>,
    others: Option<Value<'t>>,
) -> Option<Cow<'t, str>> {
    if let Some(serial) = serial.and_then(meaningful) {
        return Some(Cow::Borrowed(serial));
    }
    others
        .into_iter()
        .flat_map(Value::fields)
        .filter_map(|info| {
            let rank = rank(info.at(["identifierType", "key"])?.as_str()?)?;
            Some((rank, meaningful(info.get("identifierValue")?)?))
        })
        // The first of equals: `min_by_key` keeps the order read.
        .min_by_key(|(rank, _)| *rank)
        .map(|(_, serial)| Cow::Borrowed(serial))
}

fn rank(key: &str) -> Option<u8> {
    Some(match key.trim() {
        "ServiceTag" => 0,
        "SerialNumberTag" => 1,
        "EnclosureSerialNumberTag" => 2,
        "AssetTag" => 3,
        _ => return None,
    })
}

fn meaningful(value: Value<'_>) -> Option<&str> {
    let text = value.as_str()?.trim();
    // Zeros, dashes and dots fill fields that nobody filled.
    let filler = text
        .bytes()
        .all(|byte| byte == b'0' || !byte.is_ascii_alphanumeric())
        && text.is_ascii();
    let placeholder = PLACEHOLDERS
        .iter()
        .any(|placeholder| text.eq_ignore_ascii_case(placeholder));
    (!filler && !placeholder).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::best;
    use crate::normalize::sample::tape;

    fn serial(number: &str, others: &[(&str, &str)]) -> Option<String> {
        let mut properties = format!(
            "<serial>{number}</serial><others xsi:type=\"ArrayOfHostSystemIdentificationInfo\">"
        );
        for (key, value) in others {
            properties.push_str(&format!(
                "<HostSystemIdentificationInfo><identifierValue>{value}</identifierValue>\
                 <identifierType><label>{key}</label><summary>{key}</summary><key>{key}</key></identifierType>\
                 </HostSystemIdentificationInfo>"
            ));
        }
        properties.push_str("</others>");
        let tape = tape(&properties);
        best(tape.get("serial"), tape.get("others")).map(String::from)
    }

    #[test]
    fn the_serial_number_wins_when_it_means_something() {
        assert_eq!(
            serial(" CZ12345 ", &[("ServiceTag", "OTHER")]).as_deref(),
            Some("CZ12345")
        );
        assert_eq!(serial("123456", &[]).as_deref(), Some("123456"));
    }

    #[test]
    fn else_service_tag_then_serial_then_asset_tag() {
        let all = [
            ("OemSpecificString", "Dell System"),
            ("AssetTag", "asset-1"),
            ("EnclosureSerialNumberTag", "enclosure-1"),
            ("SerialNumberTag", "serial-1"),
            ("ServiceTag", "tag-1"),
            ("ServiceTag", "tag-2"),
        ];
        assert_eq!(serial("", &all).as_deref(), Some("tag-1"));
        assert_eq!(serial("", &all[..4]).as_deref(), Some("serial-1"));
        assert_eq!(serial("", &all[..3]).as_deref(), Some("enclosure-1"));
        assert_eq!(serial("", &all[..2]).as_deref(), Some("asset-1"));
        assert_eq!(serial("", &all[..1]), None);
    }

    #[test]
    fn a_placeholder_is_never_taken() {
        let placeholders = [
            "unknown",
            "Unknown",
            "NONE",
            "none",
            "To Be Filled By O.E.M.",
            "",
            "   ",
            "0",
            "00000000",
            "..............",
            "----",
            "N/A",
            "Not Specified",
            "Default string",
            "System Serial Number",
        ];
        for placeholder in placeholders {
            assert_eq!(serial(placeholder, &[]), None, "{placeholder:?}");
            let others = [("ServiceTag", placeholder), ("AssetTag", "asset-1")];
            assert_eq!(
                serial(placeholder, &others).as_deref(),
                Some("asset-1"),
                "{placeholder:?}"
            );
        }
    }
}
