//! The virtual hardware of a VM: one walk over a list that can be long.

use std::borrow::Cow;

use stocktake_contract::normalized::{Disk, Provisioning};

use super::addresses::add_unique;
use super::{number, text};
use crate::gaps::Gap;
use crate::placeholder;
use crate::tape::Value;

#[derive(Debug, Default)]
pub(super) struct Devices<'t> {
    pub(super) mac_addresses: Vec<Cow<'t, str>>,
    pub(super) disks: Vec<Disk<'t>>,
}

/// Reads `config.hardware.device`. Devices are classified by their fields: only
/// Ethernet cards have a MAC address and only disks a capacity in KB or bytes,
/// also those of types that are not known yet.
pub(super) fn read<'t>(list: Option<Value<'t>>, gaps: &mut Vec<Gap>) -> Devices<'t> {
    let mut devices = Devices::default();
    let mut wrong = Vec::new();
    for device in list.into_iter().flat_map(Value::fields) {
        let mut description = None;
        let mut backing = None;
        let mut bytes = None;
        let mut kilobytes = None;
        for field in device.fields() {
            match field.name() {
                "macAddress" => {
                    if let Some(address) = field.as_str().and_then(placeholder::mac_address) {
                        add_unique(&mut devices.mac_addresses, address);
                    }
                }
                "deviceInfo" => description = Some(field),
                "backing" => backing = Some(field),
                "capacityInBytes" => bytes = number(Some(field), &mut wrong),
                "capacityInKB" => kilobytes = number(Some(field), &mut wrong),
                _ => {}
            }
        }
        // Servers before 5.5 report 0 in the newer field.
        let capacity = bytes
            .filter(|bytes| *bytes > 0)
            .or_else(|| kilobytes.and_then(|kilobytes| kilobytes.checked_mul(1024)))
            .or(bytes);
        if let Some(size_bytes) = capacity {
            devices.disks.push(Disk {
                name: text(description.and_then(|description| description.get("label"))),
                size_bytes,
                provisioning: backing.and_then(provisioning),
            });
        }
    }
    // All invalid disks are one property of one VM.
    if let Some(list) = list.filter(|_| !wrong.is_empty()) {
        gaps.push(Gap::Negative(list.name().to_owned()));
    }
    devices
}

fn provisioning(backing: Value<'_>) -> Option<Provisioning> {
    let mut thin = None;
    let mut eager = None;
    for field in backing.fields() {
        match field.name() {
            "thinProvisioned" => thin = field.as_bool(),
            "eagerlyScrub" => eager = field.as_bool(),
            _ => {}
        }
    }
    match (thin, eager) {
        (None, None) => None,
        (Some(true), _) => Some(Provisioning::Thin),
        (_, Some(true)) => Some(Provisioning::EagerZeroedThick),
        _ => Some(Provisioning::Thick),
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::gaps::Gap;
    use crate::normalize::sample::tape;

    fn devices(list: &str) -> (Vec<String>, serde_json::Value) {
        let tape = tape(&format!(
            r#"<config.hardware.device xsi:type="ArrayOfVirtualDevice">{list}</config.hardware.device>"#
        ));
        let devices = read(tape.get("config.hardware.device"), &mut Vec::new());
        (
            devices
                .mac_addresses
                .into_iter()
                .map(String::from)
                .collect(),
            serde_json::to_value(&devices.disks).expect("JSON"),
        )
    }

    fn disk(backing_type: &str, backing: &str) -> serde_json::Value {
        let (_, disks) = devices(&format!(
            r#"<VirtualDevice xsi:type="VirtualDisk"><backing xsi:type="{backing_type}">
                 <fileName>[ds] vm/vm.vmdk</fileName><datastore type="Datastore">datastore-1</datastore>{backing}
               </backing><capacityInBytes>1024</capacityInBytes></VirtualDevice>"#
        ));
        disks[0]["type"].clone()
    }

    #[test]
    fn every_kind_of_ethernet_card_gives_its_mac_address() {
        let kinds = [
            "VirtualE1000",
            "VirtualE1000e",
            "VirtualVmxnet",
            "VirtualVmxnet2",
            "VirtualVmxnet3",
            "VirtualVmxnet3Vrdma",
            "VirtualPCNet32",
            "VirtualSriovEthernetCard",
            "VirtualEthernetCardOfTheFuture",
        ];
        let mut list = String::from(
            r#"<VirtualDevice xsi:type="VirtualKeyboard"><key>600</key></VirtualDevice>"#,
        );
        for (number, kind) in kinds.iter().enumerate() {
            list.push_str(&format!(
                r#"<VirtualDevice xsi:type="{kind}"><key>{}</key><macAddress>00:50:56:AB:cd:{number:02}</macAddress></VirtualDevice>"#,
                4000 + number
            ));
        }
        // The same address three times, and cards without one.
        list.push_str(
            r#"<VirtualDevice xsi:type="VirtualVmxnet3"><macAddress>00:50:56:AB:cd:00</macAddress></VirtualDevice>
               <VirtualDevice xsi:type="VirtualVmxnet3"><macAddress>00:50:56:ab:CD:00</macAddress></VirtualDevice>
               <VirtualDevice xsi:type="VirtualVmxnet3"><macAddress>00:00:00:00:00:00</macAddress></VirtualDevice>
               <VirtualDevice xsi:type="VirtualVmxnet3"><macAddress></macAddress></VirtualDevice>"#,
        );
        let expected: Vec<_> = (0..kinds.len())
            .map(|number| format!("00:50:56:AB:cd:{number:02}"))
            .collect();
        assert_eq!(devices(&list).0, expected);
    }

    #[test]
    fn a_disk_is_as_thick_as_its_backing_says() {
        let flat = "VirtualDiskFlatVer2BackingInfo";
        let cases = [
            (
                flat,
                "<thinProvisioned>true</thinProvisioned>",
                Some("thin"),
            ),
            (
                flat,
                "<thinProvisioned>true</thinProvisioned><eagerlyScrub>true</eagerlyScrub>",
                Some("thin"),
            ),
            (
                flat,
                "<thinProvisioned>false</thinProvisioned>",
                Some("thick"),
            ),
            (
                flat,
                "<thinProvisioned>0</thinProvisioned><eagerlyScrub>0</eagerlyScrub>",
                Some("thick"),
            ),
            (
                flat,
                "<thinProvisioned>false</thinProvisioned><eagerlyScrub>true</eagerlyScrub>",
                Some("eagerZeroedThick"),
            ),
            (
                flat,
                "<eagerlyScrub>true</eagerlyScrub>",
                Some("eagerZeroedThick"),
            ),
            (flat, "", None),
            // Fields of the parent of a snapshot's disk do not apply to the disk.
            (
                flat,
                "<parent><thinProvisioned>true</thinProvisioned></parent>",
                None,
            ),
            (
                "VirtualDiskFlatVer1BackingInfo",
                "<split>false</split>",
                None,
            ),
            (
                "VirtualDiskSeSparseBackingInfo",
                "<grainSize>4096</grainSize>",
                None,
            ),
            (
                "VirtualDiskSparseVer1BackingInfo",
                "<spaceUsedInKB>12</spaceUsedInKB>",
                None,
            ),
            (
                "VirtualDiskSparseVer2BackingInfo",
                "<spaceUsedInKB>12</spaceUsedInKB>",
                None,
            ),
            (
                "VirtualDiskRawDiskMappingVer1BackingInfo",
                "<compatibilityMode>physicalMode</compatibilityMode>",
                None,
            ),
            ("VirtualDiskRawDiskVer2BackingInfo", "", None),
            ("VirtualDiskLocalPMemBackingInfo", "", None),
        ];
        for (kind, backing, expected) in cases {
            assert_eq!(
                disk(kind, backing),
                serde_json::json!(expected),
                "{kind} {backing}"
            );
        }
    }

    #[test]
    fn a_size_below_0_is_a_gap_of_the_vm_told_once() {
        let tape = tape(
            r#"<config.hardware.device xsi:type="ArrayOfVirtualDevice">
                 <VirtualDevice xsi:type="VirtualDisk"><capacityInKB>-1</capacityInKB><capacityInBytes>-1024</capacityInBytes></VirtualDevice>
                 <VirtualDevice xsi:type="VirtualDisk"><capacityInBytes>-5</capacityInBytes></VirtualDevice>
               </config.hardware.device>"#,
        );
        let mut gaps = Vec::new();
        assert!(
            read(tape.get("config.hardware.device"), &mut gaps)
                .disks
                .is_empty()
        );
        assert_eq!(gaps, [Gap::Negative("config.hardware.device".to_owned())]);
    }

    #[test]
    fn sizes_are_bytes_however_large_and_however_old_the_server() {
        let (_, disks) = devices(
            r#"<VirtualDevice xsi:type="VirtualDisk"><deviceInfo><label>1</label></deviceInfo>
                 <capacityInKB>976562500</capacityInKB><capacityInBytes>1000000000000</capacityInBytes></VirtualDevice>
               <VirtualDevice xsi:type="VirtualDisk"><deviceInfo><label>Hard disk 2</label></deviceInfo>
                 <capacityInKB>65011712000</capacityInKB></VirtualDevice>
               <VirtualDevice xsi:type="VirtualDisk"><deviceInfo><label> </label></deviceInfo>
                 <capacityInKB>4</capacityInKB><capacityInBytes>0</capacityInBytes></VirtualDevice>
               <VirtualDevice xsi:type="VirtualDisk"><capacityInKB>18446744073709551615</capacityInKB></VirtualDevice>
               <VirtualDevice xsi:type="VirtualDisk"><capacityInBytes>-1</capacityInBytes></VirtualDevice>
               <VirtualDevice xsi:type="VirtualNVDIMM"><capacityInMB>16</capacityInMB></VirtualDevice>
               <VirtualDevice xsi:type="VirtualDisk"/>"#,
        );
        assert_eq!(
            disks,
            serde_json::json!([
                {"name": "1", "size_bytes": 1_000_000_000_000_u64},
                {"name": "Hard disk 2", "size_bytes": 66_571_993_088_000_u64},
                {"size_bytes": 4096},
            ])
        );
    }
}
