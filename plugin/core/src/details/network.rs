//! Networks, distributed port groups and distributed switches.

use stocktake_contract::details::{DvPortgroup, DvSwitch, Network, VlanRange};

use super::Context;
use super::values::{Properties, count, filled, texts};
use crate::gaps::Gap;
use crate::tape::{Tape, Value};

/// The details of a network.
pub(super) fn network<'a>(
    properties: &'a Tape,
    context: Context<'a>,
    gaps: &mut Vec<Gap>,
) -> Network<'a> {
    let read = Properties(properties);
    Network {
        datacenter: read.datacenter(context),
        folder_path: read.folder_path(context),
        custom_attributes: read.custom_attributes(context, gaps),
        accessible: read.flag("summary.accessible"),
    }
}

/// The details of a distributed port group.
pub(super) fn port_group<'a>(
    properties: &'a Tape,
    context: Context<'a>,
    gaps: &mut Vec<Gap>,
) -> DvPortgroup<'a> {
    let read = Properties(properties);
    let settings = read.get("config.defaultPortConfig");
    let vlan = settings.and_then(|settings| settings.get("vlan"));
    let private = count(vlan.and_then(|vlan| vlan.get("pvlanId")));
    let vlan_id = count(vlan.and_then(|vlan| vlan.get("vlanId"))).or(private);
    DvPortgroup {
        datacenter: read.datacenter(context),
        folder_path: read.folder_path(context),
        custom_attributes: read.custom_attributes(context, gaps),
        vlan_id,
        private_vlan: vlan_id.map(|_| private.is_some()),
        vlan_ranges: vlan.and_then(|vlan| filled(ranges(vlan))),
        ports: read.count("config.numPorts"),
        binding: read.text("config.type"),
    }
}

/// The VLANs of a trunk: its `vlanId` is a list of ranges.
fn ranges(vlan: Value<'_>) -> Vec<VlanRange> {
    let ranges = vlan.all("vlanId").filter_map(|range| {
        Some(VlanRange {
            start: Some(count(range.get("start"))?),
            end: Some(count(range.get("end"))?),
        })
    });
    ranges.collect()
}

/// The details of a distributed switch.
pub(super) fn switch<'a>(
    properties: &'a Tape,
    context: Context<'a>,
    gaps: &mut Vec<Gap>,
) -> DvSwitch<'a> {
    let read = Properties(properties);
    let policy = read.get("config.uplinkPortPolicy");
    DvSwitch {
        datacenter: read.datacenter(context),
        folder_path: read.folder_path(context),
        custom_attributes: read.custom_attributes(context, gaps),
        product_version: read.text("summary.productInfo.version"),
        ports: read.count("config.numPorts"),
        uplinks: policy.and_then(|policy| texts(policy.all("uplinkPortName"))),
    }
}
