//! The serial number of a host, if its firmware knows one.

use std::borrow::Cow;

use crate::placeholder;
use crate::tape::Value;

/// The best serial number of a host: its serial number, else its service
/// tag, else another serial, else its asset tag.
///
/// A blade reports its chassis as well: by the tag of an enclosure, by a service
/// tag before its own, and some firmware in place of the serial number.
pub(super) fn best<'t>(
    serial: Option<Value<'t>>,
    others: Option<Value<'t>>,
) -> Option<Cow<'t, str>> {
    let serial = serial.and_then(meaningful);
    let (mut service_tag, mut serial_tag, mut asset_tag) = (None, None, None);
    let mut is_of_chassis = false;
    for info in others.into_iter().flat_map(Value::fields) {
        let key = info.at(["identifierType", "key"]).and_then(Value::as_str);
        let value = info.get("identifierValue").and_then(meaningful);
        match key.unwrap_or_default().trim() {
            "ServiceTag" => {
                // Of two the last is the system's, also when it is a placeholder.
                is_of_chassis |= serial.is_some() && service_tag == serial;
                service_tag = value;
            }
            "EnclosureSerialNumberTag" => is_of_chassis |= serial.is_some() && value == serial,
            "SerialNumberTag" => serial_tag = serial_tag.or(value),
            "AssetTag" => asset_tag = asset_tag.or(value),
            _ => {}
        }
    }
    let own = service_tag.or(serial_tag);
    // Where no tag says otherwise, a server is its own enclosure.
    let serial = serial.filter(|serial| !is_of_chassis || own.is_none_or(|own| own == *serial));
    serial.or(own).or(asset_tag).map(Cow::Borrowed)
}

fn meaningful(value: Value<'_>) -> Option<&str> {
    value.as_str().and_then(placeholder::serial_number)
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
            ("SerialNumberTag", "serial-2"),
            ("ServiceTag", "tag-1"),
        ];
        assert_eq!(serial("", &all).as_deref(), Some("tag-1"));
        assert_eq!(serial("", &all[..5]).as_deref(), Some("serial-1"));
        assert_eq!(serial("", &all[..2]).as_deref(), Some("asset-1"));
        assert_eq!(serial("", &all[..1]), None);
    }

    /// Dell M620 in an M1000e, FC630 in an FX2, nodes of a VRTX: five hosts with the tag of one chassis.
    #[test]
    fn a_blade_has_the_serial_of_the_blade_and_never_that_of_its_chassis() {
        let blade = [("ServiceTag", "CHASSIS1"), ("ServiceTag", "BLADE01")];
        assert_eq!(serial("", &blade).as_deref(), Some("BLADE01"));
        assert_eq!(serial("CHASSIS1", &blade).as_deref(), Some("BLADE01"));
        assert_eq!(serial("BLADE01", &blade).as_deref(), Some("BLADE01"));
        let candidates = [
            ("EnclosureSerialNumberTag", "CHASSIS1"),
            ("SerialNumberTag", "BLADE01"),
        ];
        assert_eq!(serial("CHASSIS1", &candidates).as_deref(), Some("BLADE01"));
        assert_eq!(serial("", &candidates[..1]), None);
        let last_is_none = [("ServiceTag", "CHASSIS1"), ("ServiceTag", "None")];
        assert_eq!(serial("", &last_is_none), None);
    }

    #[test]
    fn a_server_that_is_its_own_enclosure_keeps_its_serial_number() {
        let rack = [("EnclosureSerialNumberTag", "CZ12345")];
        assert_eq!(serial("CZ12345", &rack).as_deref(), Some("CZ12345"));
        let tagged = [rack[0], ("ServiceTag", "CZ12345")];
        assert_eq!(serial("CZ12345", &tagged).as_deref(), Some("CZ12345"));
    }

    #[test]
    fn a_placeholder_is_never_taken() {
        for placeholder in [
            "unknown",
            "To Be Filled By O.E.M",
            "0123456789",
            "Not Settable",
            " ",
        ] {
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
