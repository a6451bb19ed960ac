//! Ghost VMs: each lacks something that readers expect.

use super::Faults;
use super::property::Reading;
use crate::Fault;
use crate::inventory::{Object, write_uuid};
use crate::soap::xml::Xml;

/// An agent, a template, an orphan, an inaccessible VM and a placeholder, in this order.
pub(super) const ROLES: u32 = 5;

impl Faults {
    pub(super) fn ghost(&self, object: Object, path: &str) -> Option<Reading> {
        let role = self.role(Fault::Ghosts, object)?;
        let power = |state: &'static str| Reading::value("VirtualMachinePowerState", state);
        let connection =
            |state: &'static str| Reading::value("VirtualMachineConnectionState", state);
        let tools = is_of_guest(path).then(|| silent(path));
        match (role, path) {
            (0, "name" | "config.name" | "summary.config.name") => Some(agent_name(object)),
            (0, "runtime.powerState" | "summary.runtime.powerState") => Some(power("poweredOn")),
            (1, "config.template" | "summary.config.template") => {
                Some(Reading::value("xsd:boolean", "true"))
            }
            (1..=4, "runtime.powerState" | "summary.runtime.powerState") => {
                Some(power("poweredOff"))
            }
            (2, "runtime.connectionState" | "summary.runtime.connectionState") => {
                Some(connection("orphaned"))
            }
            (3, "runtime.connectionState" | "summary.runtime.connectionState") => {
                Some(connection("inaccessible"))
            }
            // Its configuration file cannot be read; the summary has what vCenter stores.
            (3, _) if path.starts_with("config.") => Some(Reading::Unset),
            (4, "summary.config.uuid" | "summary.config.instanceUuid") => Some(Reading::Unset),
            (4, _) if path.starts_with("config.") => Some(Reading::Unset),
            _ => tools,
        }
    }
}

/// `vCLS-` and a UUID, as agents of vSphere 7.0 U3 and later are called.
fn agent_name(object: Object) -> Reading {
    let mut xml = Xml::new();
    xml.raw("<val xsi:type=\"xsd:string\">vCLS-");
    write_uuid(0x5267_0574_4857_4c53, u64::from(object.index), &mut xml);
    xml.close("val");
    Reading::Val(xml.into_string().into())
}

pub(super) fn is_of_guest(path: &str) -> bool {
    path.starts_with("guest.") && path != "guest.toolsVersionStatus2"
}

/// The value of a guest property without running tools.
pub(super) fn silent(path: &str) -> Reading {
    match path {
        "guest.toolsRunningStatus" => Reading::value("xsd:string", "guestToolsNotRunning"),
        "guest.guestState" => Reading::value("xsd:string", "notRunning"),
        _ => Reading::Unset,
    }
}
