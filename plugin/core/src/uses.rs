//! Where a VM's disks lie and its network cards are plugged in, as its virtual
//! hardware tells.

use crate::inventory::Source;
use crate::tape::Value;
use crate::types;
use stocktake_contract::normalized::Kind;

/// Each datastore, network and port group that `config.hardware.device` refers
/// to, once, in the order read.
///
/// Of what has a capacity, as disks do, and the disks below it: an image in a
/// CD-ROM drive is no storage of the VM's.
pub(crate) fn of(devices: Value<'_>) -> Vec<(Source, &str)> {
    let mut found = Vec::new();
    let mut add = |source, id| {
        if !found.contains(&(source, id)) {
            found.push((source, id));
        }
    };
    for device in devices.fields() {
        let Some(backing) = device.get("backing") else {
            continue;
        };
        let is_disk = device
            .fields()
            .any(|field| matches!(field.name(), "capacityInKB" | "capacityInBytes"));
        if is_disk {
            let chain = std::iter::successors(Some(backing), |backing| backing.get("parent"));
            let datastores = chain.filter_map(|backing| backing.get("datastore")?.as_reference());
            datastores.for_each(|datastore| add(Source::DiskBacking, datastore.value));
            continue;
        }
        let network = backing.get("network").and_then(Value::as_reference);
        // The key of a port group is its id.
        let port_group = backing
            .at(["port", "portgroupKey"])
            .and_then(Value::non_blank);
        if let Some(network) = network
            && types::of(network.type_name).is_some_and(|of| of.kind == Kind::Network)
        {
            add(Source::CardNetwork, network.value);
        } else if let Some(port_group) = port_group {
            add(Source::CardPortgroup, port_group.trim());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::of;
    use crate::inventory::Source;
    use crate::normalize::sample::tape;

    #[test]
    fn disks_lie_on_datastores_and_cards_are_plugged_into_networks() {
        let datastore = |id: &str| format!(r#"<datastore type="Datastore">{id}</datastore>"#);
        let tape = tape(&format!(
            r#"<config.hardware.device xsi:type="ArrayOfVirtualDevice">
                 <VirtualDevice xsi:type="VirtualDisk"><backing xsi:type="VirtualDiskFlatVer2BackingInfo">{}
                   <parent xsi:type="VirtualDiskFlatVer2BackingInfo">{}</parent></backing><capacityInKB>1</capacityInKB></VirtualDevice>
                 <VirtualDevice xsi:type="VirtualDisk"><backing xsi:type="VirtualDiskFlatVer2BackingInfo">{}</backing>
                   <capacityInBytes>1024</capacityInBytes></VirtualDevice>
                 <VirtualDevice xsi:type="VirtualCdrom"><backing xsi:type="VirtualCdromIsoBackingInfo">{}</backing></VirtualDevice>
                 <VirtualDevice xsi:type="VirtualVmxnet3"><backing xsi:type="VirtualEthernetCardNetworkBackingInfo">
                   <network type="Network">network-7</network></backing></VirtualDevice>
                 <VirtualDevice xsi:type="VirtualVmxnet3"><backing xsi:type="VirtualEthernetCardDistributedVirtualPortBackingInfo">
                   <port><switchUuid>50</switchUuid><portgroupKey>dvportgroup-8</portgroupKey></port></backing></VirtualDevice>
                 <VirtualDevice xsi:type="VirtualE1000"><backing xsi:type="VirtualEthernetCardNetworkBackingInfo"/></VirtualDevice>
                 <VirtualDevice xsi:type="VirtualKeyboard"><key>600</key></VirtualDevice>
               </config.hardware.device>"#,
            datastore("datastore-1"),
            datastore("datastore-2"),
            datastore("datastore-1"),
            datastore("datastore-9"),
        ));
        assert_eq!(
            of(tape.get("config.hardware.device").expect("devices")),
            [
                (Source::DiskBacking, "datastore-1"),
                (Source::DiskBacking, "datastore-2"),
                (Source::CardNetwork, "network-7"),
                (Source::CardPortgroup, "dvportgroup-8"),
            ]
        );
    }
}
