//! Networks, distributed port groups and distributed switches.

use super::object::object;
use super::value::{Attributes, Text};

object! {
    /// A network other than a distributed port group.
    Network<'a> {
        datacenter: Text<'a>, ["parent"], "name of the datacenter above it";
        folder_path: Text<'a>, ["parent"], "names down to its folder, as of a VM";
        custom_attributes: Attributes<'a>, ["customValue"], "as of a VM";
        accessible: bool, ["summary.accessible"], "a host provides it";
    }
}

object! {
    /// A distributed port group.
    DvPortgroup<'a> {
        datacenter: Text<'a>, ["parent"], "name of the datacenter above it";
        folder_path: Text<'a>, ["parent"], "names down to its folder, as of a VM";
        custom_attributes: Attributes<'a>, ["customValue"], "as of a VM";
        vlan_id: u64, ["config.defaultPortConfig"], "`vlan.vlanId`, or `vlan.pvlanId` of a private VLAN";
        private_vlan: bool, ["config.defaultPortConfig"], "`vlan_id` is that of a private VLAN; present with `vlan_id` only";
        vlan_ranges: Vec<VlanRange>, ["config.defaultPortConfig"], "the VLANs of a trunk";
        ports: u64, ["config.numPorts"], "its ports";
        binding: Text<'a>, ["config.type"], "as in `earlyBinding`";
    }
}

object! {
    /// Consecutive VLANs of a trunk.
    VlanRange {
        start: u64, [], "the first";
        end: u64, [], "the last";
    }
}

object! {
    /// A distributed switch.
    DvSwitch<'a> {
        datacenter: Text<'a>, ["parent"], "name of the datacenter above it";
        folder_path: Text<'a>, ["parent"], "names down to its folder, as of a VM";
        custom_attributes: Attributes<'a>, ["customValue"], "as of a VM";
        product_version: Text<'a>, ["summary.productInfo.version"], "as in `8.0.0`";
        ports: u64, ["config.numPorts"], "its ports";
        uplinks: Vec<Text<'a>>, ["config.uplinkPortPolicy"], "`uplinkPortName`";
    }
}
