//! Addresses that NetBox admits on an interface.

use std::collections::HashSet;
use std::net::IpAddr;

/// Addresses that were admitted, and how many were not.
#[derive(Debug, Default)]
pub(super) struct Addresses {
    taken: HashSet<IpAddr>,
    /// Not admitted on an interface.
    pub(super) unfit: u64,
    /// Admitted before: as installed, NetBox has each address once.
    pub(super) repeated: u64,
}

impl Addresses {
    /// The address with its prefix, if it is admitted. Without prefix it is one of its own.
    pub(super) fn admit(&mut self, ip: &str, prefix: Option<u64>) -> Option<String> {
        let Some((address, prefix)) = fit(ip, prefix) else {
            self.unfit += 1;
            return None;
        };
        if !self.taken.insert(address) {
            self.repeated += 1;
            return None;
        }
        Some(format!("{address}/{prefix}"))
    }
}

fn fit(ip: &str, prefix: Option<u64>) -> Option<(IpAddr, u32)> {
    let address: IpAddr = ip.parse().ok()?;
    let (bits, length, is_link_local) = match address {
        IpAddr::V4(v4) => (u128::from(v4.to_bits()), 32, v4.is_link_local()),
        IpAddr::V6(v6) => (v6.to_bits(), 128, v6.is_unicast_link_local()),
    };
    let prefix = prefix.map_or(Some(length), |prefix| u32::try_from(prefix).ok())?;
    if address.is_loopback() || address.is_unspecified() || address.is_multicast() || is_link_local
    {
        return None;
    }
    if prefix == 0 || prefix > length {
        return None;
    }
    let host_bits = length - prefix;
    if host_bits > 1 {
        let mask = (1_u128 << host_bits) - 1;
        let is_network = bits & mask == 0;
        let is_broadcast = address.is_ipv4() && bits & mask == mask;
        if is_network || is_broadcast {
            return None;
        }
    }
    Some((address, prefix))
}

/// A MAC address as NetBox writes it, if it is one.
pub(super) fn mac(text: &str) -> Option<String> {
    let digits: Vec<&str> = text.split([':', '-']).collect();
    let is_mac = digits.len() == 6
        && digits
            .iter()
            .all(|pair| pair.len() == 2 && pair.bytes().all(|digit| digit.is_ascii_hexdigit()));
    is_mac.then(|| digits.join(":").to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::{Addresses, mac};

    #[test]
    fn addresses_that_netbox_refuses_on_an_interface_are_left_out() {
        let mut addresses = Addresses::default();
        for (ip, prefix, expected) in [
            ("192.0.2.1", Some(24), Some("192.0.2.1/24")),
            ("192.0.2.9", None, Some("192.0.2.9/32")),
            ("192.0.2.0", Some(24), None),
            ("192.0.2.255", Some(24), None),
            ("192.0.2.2", Some(31), Some("192.0.2.2/31")),
            ("192.0.2.3", Some(0), None),
            ("192.0.2.3", Some(33), None),
            ("192.0.2.3", Some(u64::MAX), None),
            ("127.0.0.1", Some(8), None),
            ("169.254.1.1", Some(16), None),
            ("224.0.0.1", Some(4), None),
            ("0.0.0.0", None, None),
            ("2001:DB8::1", Some(64), Some("2001:db8::1/64")),
            ("2001:db8::", Some(64), None),
            ("2001:db8::2", Some(127), Some("2001:db8::2/127")),
            ("fe80::1", Some(64), None),
            ("fe80::1%eth0", Some(64), None),
            ("::1", Some(128), None),
            ("host", Some(24), None),
        ] {
            assert_eq!(
                addresses.admit(ip, prefix).as_deref(),
                expected,
                "{ip}/{prefix:?}"
            );
        }
        assert_eq!(addresses.unfit, 14);
        assert_eq!(addresses.admit("192.0.2.1", Some(25)), None);
        assert_eq!(addresses.repeated, 1);
    }

    #[test]
    fn a_mac_address_has_six_pairs_of_digits() {
        assert_eq!(
            mac("00:50:56:ab:cd:ef").as_deref(),
            Some("00:50:56:AB:CD:EF")
        );
        assert_eq!(
            mac("00-50-56-ab-cd-ef").as_deref(),
            Some("00:50:56:AB:CD:EF")
        );
        for other in [
            "",
            "00:50:56:ab:cd",
            "00:50:56:ab:cd:eg",
            "00:50:56:ab:cd:ef:00",
            "005056abcdef",
        ] {
            assert_eq!(mac(other), None, "{other}");
        }
    }
}
