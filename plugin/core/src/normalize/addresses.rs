//! Addresses: unique, in the order read, IPv4 where they are IP addresses.

use std::borrow::Cow;

use crate::placeholder;
use crate::tape::Value;

/// Adds an address unless it exists, ignoring case. Objects have few addresses, so
/// a linear search is cheap.
pub(super) fn add_unique<'t>(list: &mut Vec<Cow<'t, str>>, text: &'t str) {
    if !list.iter().any(|known| known.eq_ignore_ascii_case(text)) {
        list.push(Cow::Borrowed(text));
    }
}

/// The text of an IPv4 address, if it is usable.
pub(super) fn ipv4(value: Value<'_>) -> Option<&str> {
    value.as_str().and_then(placeholder::ipv4)
}

/// The addresses that a guest reports for its network adapters.
pub(super) fn guest<'t>(net: Option<Value<'t>>, primary: Option<Value<'t>>) -> Vec<Cow<'t, str>> {
    let mut list = Vec::new();
    for adapter in net.into_iter().flat_map(Value::fields) {
        let mut configured = adapter
            .get("ipConfig")
            .into_iter()
            .flat_map(|config| config.all("ipAddress"))
            .filter_map(|address| address.get("ipAddress"))
            .peekable();
        if configured.peek().is_some() {
            configured
                .filter_map(ipv4)
                .for_each(|address| add_unique(&mut list, address));
        } else {
            adapter
                .all("ipAddress")
                .filter_map(ipv4)
                .for_each(|address| add_unique(&mut list, address));
        }
    }
    if list.is_empty()
        && let Some(address) = primary.and_then(ipv4)
    {
        add_unique(&mut list, address);
    }
    list
}

#[cfg(test)]
mod tests {
    use super::guest;
    use crate::normalize::sample::tape;

    fn addresses(properties: &str) -> Vec<String> {
        let tape = tape(properties);
        guest(tape.get("guest.net"), tape.get("guest.ipAddress"))
            .into_iter()
            .map(String::from)
            .collect()
    }

    #[test]
    fn each_adapter_gives_its_configured_addresses_or_else_its_list() {
        let found = addresses(
            r#"<guest.net xsi:type="ArrayOfGuestNicInfo">
                 <GuestNicInfo>
                   <ipAddress>10.0.0.99</ipAddress>
                   <ipConfig>
                     <ipAddress><ipAddress>10.0.0.2</ipAddress><prefixLength>24</prefixLength></ipAddress>
                     <ipAddress><ipAddress>fe80::1</ipAddress><prefixLength>64</prefixLength></ipAddress>
                     <ipAddress><ipAddress>10.0.0.1</ipAddress><prefixLength>24</prefixLength></ipAddress>
                   </ipConfig>
                 </GuestNicInfo>
                 <GuestNicInfo>
                   <ipAddress>10.0.0.1</ipAddress>
                   <ipAddress>192.168.7.7</ipAddress>
                   <ipAddress>999.1.1.1</ipAddress>
                   <ipAddress>169.254.3.4</ipAddress>
                   <ipAddress>0.0.0.0</ipAddress>
                   <ipAddress>10.1</ipAddress>
                 </GuestNicInfo>
                 <GuestNicInfo><ipAddress>172.16.0.1</ipAddress><ipConfig/></GuestNicInfo>
               </guest.net>
               <guest.ipAddress xsi:type="xsd:string">10.9.9.9</guest.ipAddress>"#,
        );
        assert_eq!(found, ["10.0.0.2", "10.0.0.1", "192.168.7.7", "172.16.0.1"]);
    }

    #[test]
    fn the_primary_address_stands_in_when_the_adapters_have_none() {
        let primary = r#"<guest.ipAddress xsi:type="xsd:string">10.9.9.9</guest.ipAddress>"#;
        assert_eq!(addresses(primary), ["10.9.9.9"]);
        let only_v6 = r#"<guest.net xsi:type="ArrayOfGuestNicInfo">
            <GuestNicInfo><ipAddress>fe80::1</ipAddress></GuestNicInfo></guest.net>"#;
        assert_eq!(addresses(&format!("{only_v6}{primary}")), ["10.9.9.9"]);
        let none = r#"<guest.net xsi:type="ArrayOfGuestNicInfo">
            <GuestNicInfo><ipAddress>169.254.1.1</ipAddress></GuestNicInfo></guest.net>"#;
        assert_eq!(addresses(&format!("{none}{primary}")), ["10.9.9.9"]);
        assert!(addresses(&primary.replace("10.9.9.9", "169.254.1.1")).is_empty());
        assert!(addresses(only_v6).is_empty());
        assert!(
            addresses(r#"<guest.ipAddress xsi:type="xsd:string">fe80::1</guest.ipAddress>"#)
                .is_empty()
        );
        assert!(addresses("").is_empty());
    }
}
