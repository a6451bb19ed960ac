//! Distributed switches and their port groups.

use stocktake_contract::details::{DvPortgroup, DvSwitch, Text};
use stocktake_contract::normalized::Kind;

use super::{Context, Sheet, columns};
use crate::cell::Cell;
use crate::index::SwitchFacts;

impl<'c> Context<'c> {
    fn dvswitch(&self) -> Option<&'c DvSwitch<'c>> {
        self.asset.dvswitch()
    }

    fn parts(&self) -> Option<&'c SwitchFacts> {
        let uuid = self.asset.normalized.attributes.uuid.as_ref()?;
        self.index.parts(uuid)
    }

    fn dvportgroup(&self) -> Option<&'c DvPortgroup<'c>> {
        self.asset.dvportgroup()
    }

    fn vlan(&self) -> Cell<'c> {
        let Some(group) = self.dvportgroup() else {
            return Cell::Empty;
        };
        if let Some(id) = group.vlan_id {
            return id.into();
        }
        let ranges = group.vlan_ranges.iter().flatten();
        Cell::list(ranges.filter_map(|range| {
            let (start, end) = (range.start?, range.end?);
            Some(if start == end {
                start.to_string()
            } else {
                format!("{start}-{end}")
            })
        }))
    }
}

columns! {
    SWITCH_COLUMNS = {
        "Switch", "normalized.identity.caption", |c| c.asset.name().into();
        "Datacenter", "details.datacenter", |c| c.dvswitch().and_then(|switch| switch.datacenter.as_ref()).into();
        "Folder", "details.folder_path", |c| c.dvswitch().and_then(|switch| switch.folder_path.as_ref()).into();
        "Version", "details.product_version", |c| c.dvswitch().and_then(|switch| switch.product_version.as_ref()).into();
        "Host members", "hosts whose details.vswitches[].uuid is that of the switch", |c| c.parts().map(|parts| parts.hosts).into();
        "# Ports", "details.ports", |c| c.dvswitch().and_then(|switch| switch.ports).into();
        "Max MTU" ["bytes"], "details.vswitches[].mtu of those hosts", |c| c.parts().and_then(|parts| parts.mtu).into();
        "Uplinks", "details.uplinks", |c| Cell::list(c.dvswitch().and_then(|switch| switch.uplinks.as_ref()).into_iter().flatten().map(Text::as_str));
        "UUID", "normalized.attributes.uuid", |c| c.asset.normalized.attributes.uuid.as_ref().into();
        "Object ID", "external_id", |c| c.asset.id.as_ref().into();
    }

    PORT_COLUMNS = {
        "Port", "normalized.identity.caption", |c| c.asset.name().into();
        "Switch", "relation part_of", |c| c.index.switch_of(&c.asset.id).into();
        "Type", "details.binding", |c| c.dvportgroup().and_then(|group| group.binding.as_ref()).into();
        "# Ports", "details.ports", |c| c.dvportgroup().and_then(|group| group.ports).into();
        "VLAN", "details.vlan_id, or details.vlan_ranges", |c| c.vlan();
        "Private VLAN", "details.private_vlan", |c| c.dvportgroup().and_then(|group| group.private_vlan).into();
        "Datacenter", "details.datacenter", |c| c.dvportgroup().and_then(|group| group.datacenter.as_ref()).into();
        "Object ID", "external_id", |c| c.asset.id.as_ref().into();
    }
}

pub(super) const SWITCH: Sheet = Sheet {
    name: "dvSwitch",
    about: "distributed switches",
    kinds: &[Kind::DvSwitch],
    rows: |_| 1,
    columns: &[SWITCH_COLUMNS],
    has_attributes: true,
};

pub(super) const PORT: Sheet = Sheet {
    name: "dvPort",
    about: "distributed port groups",
    kinds: &[Kind::DvPortgroup],
    rows: |_| 1,
    columns: &[PORT_COLUMNS],
    has_attributes: true,
};
