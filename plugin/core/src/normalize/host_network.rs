//! The kernel adapters of a host, and what each is for.

use std::borrow::Cow;

use stocktake_contract::normalized::Network;

use super::addresses::{add_unique, ipv4};
use crate::tape::Value;

/// The addresses of the host's own adapters, and the one of them by which it is managed.
pub(super) fn network<'t>(nics: Option<Value<'t>>, console_nics: Option<Value<'t>>) -> Network<'t> {
    let mut network = Network::default();
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
        let purpose = Purpose::of(nic);
        let place = match purpose {
            Purpose::Other => continue,
            _ if matches!(device, "vmk0" | "vswif0") => &mut usual,
            Purpose::Management => &mut by_port_group,
            Purpose::Unknown => &mut first,
        };
        place.get_or_insert(address);
    }
    let management = usual.or(by_port_group).or(first);
    network.management_ip = management.map(Cow::Borrowed);
    network
}

/// What a kernel adapter is for, as far as it says so itself.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Management,
    /// vMotion, vSAN, replication and the like: nobody manages the host there.
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
