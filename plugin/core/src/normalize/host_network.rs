//! The kernel adapters of a host, and what each is for.

use std::borrow::Cow;

use stocktake_contract::normalized::Network;

use super::addresses::{add_unique, ipv4};
use super::nic_services::NicServices;
use crate::tape::Value;

/// The addresses of the host's own adapters, and the one of them by which it is managed: that of
/// the lowest device selected for management; where none is selected, or `net_config` could not be
/// read, the likeliest of those that serve nothing else.
pub(super) fn network<'t>(
    nics: Option<Value<'t>>,
    console_nics: Option<Value<'t>>,
    net_config: Option<Value<'t>>,
) -> Network<'t> {
    let services = NicServices::from_net_config(net_config);
    let mut network = Network::default();
    let mut selected: Option<(u32, &str)> = None;
    // A port group of that name only counts where the usual device is absent.
    let mut usual = None;
    let mut by_port_group = None;
    let mut first = None;
    for nic in nics.into_iter().chain(console_nics).flat_map(Value::fields) {
        let device = nic
            .get("device")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .trim();
        if !(device.starts_with("vmk") || device.starts_with("vswif")) {
            continue;
        }
        let Some(address) = nic.at(["spec", "ip", "ipAddress"]).and_then(ipv4) else {
            continue;
        };
        add_unique(&mut network.ip_addresses, address);
        if services.is_for_management(device) {
            let number = number_of(device);
            if selected.is_none_or(|(lowest, _)| number < lowest) {
                selected = Some((number, address));
            }
        }
        if services.is_for_other_traffic(device) {
            continue;
        }
        let place = match Purpose::of(nic) {
            Purpose::Other => continue,
            _ if matches!(device, "vmk0" | "vswif0") => &mut usual,
            Purpose::Management => &mut by_port_group,
            Purpose::Unknown => &mut first,
        };
        place.get_or_insert(address);
    }
    let management = if services.has_management() {
        // One with an IPv6 address alone leaves none.
        selected.map(|(_, address)| address)
    } else {
        usual.or(by_port_group).or(first)
    };
    network.management_ip = management.map(Cow::Borrowed);
    network
}

/// The number of `vmk10`, which is not lower than that of `vmk2`.
fn number_of(device: &str) -> u32 {
    let digits = device.trim_start_matches(|character: char| !character.is_ascii_digit());
    digits.parse().unwrap_or(u32::MAX)
}

/// What a kernel adapter is for, as far as it says so itself.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Management,
    /// vMotion, vSAN, replication and the like: no management address.
    Other,
    Unknown,
}

/// Network stacks of the system that carry one kind of traffic
/// (`HostNetStackInstanceSystemStackKey`).
const STACKS: [&str; 4] = ["vmotion", "vSphereProvisioning", "mirror", "ops"];

/// Parts of the names that administrators give to port groups for other traffic,
/// in lower case, without what stands between words.
const TRAFFIC: [&str; 6] = [
    "vmotion",
    "vsan",
    "replication",
    "provisioning",
    "faulttolerance",
    "ftlogging",
];

impl Purpose {
    fn of(nic: Value<'_>) -> Self {
        let stack = nic
            .at(["spec", "netStackInstanceKey"])
            .and_then(Value::as_str);
        if stack.is_some_and(|stack| STACKS.contains(&stack.trim())) {
            return Purpose::Other;
        }
        let names = [nic.get("portgroup"), nic.at(["spec", "portgroup"])];
        let names: Vec<String> = names
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(bare)
            .collect();
        let has = |part: &str| names.iter().any(|name| name.contains(part));
        // As in "Management Network", the installer's name for it; one for both is one for management.
        if has("management") || has("mgmt") {
            Purpose::Management
        } else if TRAFFIC.into_iter().any(has) {
            Purpose::Other
        } else {
            Purpose::Unknown
        }
    }
}

fn bare(name: &str) -> String {
    let letters = name.chars().filter(|character| character.is_alphanumeric());
    letters.map(|letter| letter.to_ascii_lowercase()).collect()
}
