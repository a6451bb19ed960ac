//! Which services the kernel adapters of a host are selected for.

use crate::tape::Value;

/// The service that management traffic is (`HostVirtualNicManagerNicType`). All others, such as
/// `vmotion` and `vsan`, carry other traffic than management.
const MANAGEMENT: &str = "management";

/// The devices that `config.virtualNicManagerInfo.netConfig` selects.
#[derive(Default)]
pub(super) struct NicServices<'t> {
    management: Vec<&'t str>,
    other: Vec<&'t str>,
}

impl<'t> NicServices<'t> {
    pub(super) fn from_net_config(net_config: Option<Value<'t>>) -> Self {
        let mut services = NicServices::default();
        for service in net_config.into_iter().flat_map(Value::fields) {
            let of = service.get("nicType").and_then(Value::non_blank);
            let devices = if of.is_some_and(|of| of.trim() == MANAGEMENT) {
                &mut services.management
            } else {
                &mut services.other
            };
            devices.extend(selected(service));
        }
        services
    }

    /// Whether any adapter is selected for management.
    pub(super) fn has_management(&self) -> bool {
        !self.management.is_empty()
    }

    pub(super) fn is_for_management(&self, device: &str) -> bool {
        self.management.contains(&device)
    }

    /// Whether the adapter is selected for services, none of which is management.
    pub(super) fn is_for_other_traffic(&self, device: &str) -> bool {
        self.other.contains(&device) && !self.is_for_management(device)
    }
}

/// The devices of the candidates that a service names by their keys.
fn selected<'t>(service: Value<'t>) -> impl Iterator<Item = &'t str> {
    let candidates = service.all("candidateVnic");
    candidates.filter_map(move |candidate| {
        let key = candidate.get("key").and_then(Value::non_blank)?;
        let mut keys = service.all("selectedVnic").filter_map(Value::as_str);
        let device = candidate.get("device").and_then(Value::non_blank)?;
        keys.any(|selected| selected.trim() == key.trim())
            .then_some(device.trim())
    })
}
