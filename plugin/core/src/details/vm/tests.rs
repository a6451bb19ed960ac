use serde_json::{Value, json};
use stocktake_contract::normalized::Kind;

use crate::details::sample::{self, reference, text};
use crate::gaps::Gap;

fn details(properties: &str) -> Value {
    let (details, gaps) = sample::details(Kind::Vm, properties);
    assert_eq!(gaps, []);
    details
}

#[test]
fn a_vm_of_which_nothing_was_read_has_details_without_fields() {
    assert_eq!(details(""), json!({"version": "details-v1"}));
}

#[test]
fn a_vm_is_found_by_its_folder_pool_and_datacenter() {
    let properties = reference("parent", "Folder", "group-v5")
        + &reference("resourcePool", "ResourcePool", "resgroup-10");
    assert_eq!(
        details(&properties),
        json!({
            "version": "details-v1",
            "datacenter": "Berlin",
            "folder_path": "/Europe/Berlin/vm/a%2fb",
            "resource_pool": "Resources",
        })
    );
}

#[test]
fn a_vm_in_a_vapp_has_the_folder_of_the_outermost_one() {
    let properties = reference("parentVApp", "VirtualApp", "resgroup-v12")
        + &reference("resourcePool", "VirtualApp", "resgroup-v12");
    assert_eq!(
        details(&properties),
        json!({
            "version": "details-v1",
            "datacenter": "Berlin",
            "folder_path": "/Europe/Berlin/vm/a%2fb",
            "resource_pool": "inner",
            "vapp": "inner",
        })
    );
}

#[test]
fn a_vm_without_a_folder_lies_in_the_datacenter_of_its_pool() {
    let properties = reference("resourcePool", "ResourcePool", "resgroup-10");
    assert_eq!(details(&properties)["datacenter"], "Berlin");
    assert_eq!(details(&properties).get("folder_path"), None);
}

#[test]
fn notes_stay_as_they_are_and_empty_ones_are_absent() {
    let notes = "=1+1\n\tünïcode \u{7f}  ";
    assert_eq!(
        details(&text("config.annotation", notes))["annotation"],
        notes
    );
    assert_eq!(
        details(&text("config.annotation", "")),
        json!({"version": "details-v1"})
    );
    let long = "x".repeat(64 * 1024);
    assert_eq!(
        details(&text("config.annotation", &long))["annotation"],
        long
    );
}

#[test]
fn attributes_have_names_and_one_whose_definition_is_gone_is_a_gap() {
    let value = |key: u64, value: &str| {
        format!(
            r#"<CustomFieldValue xsi:type="CustomFieldStringValue"><key>{key}</key><value>{value}</value></CustomFieldValue>"#
        )
    };
    let properties = |values: &str| {
        format!(r#"<customValue xsi:type="ArrayOfCustomFieldValue">{values}</customValue>"#)
    };
    let known = value(101, "ops") + &value(102, "dev") + &value(103, "");
    assert_eq!(
        details(&properties(&known))["custom_attributes"],
        json!({"owner [101]": "ops", "owner [102]": "dev"})
    );
    let (details, gaps) = sample::details(Kind::Vm, &properties(&(known + &value(999, "?"))));
    assert_eq!(
        details["custom_attributes"],
        json!({"owner [101]": "ops", "owner [102]": "dev"})
    );
    assert_eq!(gaps, [Gap::AttributeName]);
}

#[test]
fn configuration_times_tools_and_guest_are_told() {
    let properties = [
        text("config.version", "vmx-19"),
        text("config.firmware", "efi"),
        r#"<config.bootOptions.efiSecureBootEnabled xsi:type="xsd:boolean">true</config.bootOptions.efiSecureBootEnabled>"#.to_owned(),
        text("config.createDate", "2024-02-29T23:30:00.5-01:00"),
        text("runtime.bootTime", "2026-01-31T08:30:00.123456Z"),
        r#"<config.tools.toolsVersion xsi:type="xsd:int">12352</config.tools.toolsVersion>"#.to_owned(),
        text("guest.toolsVersionStatus2", "guestToolsUnmanaged"),
        text("guest.toolsRunningStatus", "guestToolsRunning"),
        text("guest.toolsInstallType", "guestToolsTypeOpenVMTools"),
        text("guest.guestFullName", "Debian GNU/Linux 12 (64-bit)"),
        text("config.guestFullName", "Other Linux"),
        text("guest.guestFamily", "linuxGuest"),
        text("guest.guestState", "running"),
        r#"<guest.disk xsi:type="ArrayOfGuestDiskInfo"><GuestDiskInfo><diskPath>/</diskPath><capacity>1000</capacity><freeSpace>10</freeSpace>
             <filesystemType>ext4</filesystemType></GuestDiskInfo></guest.disk>"#.to_owned(),
        r#"<config.hardware.numCPU xsi:type="xsd:int">8</config.hardware.numCPU>
           <config.hardware.numCoresPerSocket xsi:type="xsd:int">4</config.hardware.numCoresPerSocket>
           <config.cpuAllocation xsi:type="ResourceAllocationInfo"><reservation>500</reservation><expandableReservation>false</expandableReservation>
             <limit>-1</limit><shares><shares>4000</shares><level>normal</level></shares></config.cpuAllocation>
           <config.memoryAllocation xsi:type="ResourceAllocationInfo"><reservation>0</reservation><limit>2048</limit>
             <shares><shares>20480</shares><level>custom</level></shares></config.memoryAllocation>
           <config.memoryHotAddEnabled xsi:type="xsd:boolean">true</config.memoryHotAddEnabled>
           <summary.storage xsi:type="VirtualMachineStorageSummary"><committed>11</committed><uncommitted>22</uncommitted><unshared>5</unshared>
             <timestamp>2026-01-01T00:00:00Z</timestamp></summary.storage>
           <config.managedBy xsi:type="ManagedByInfo"><extensionKey>com.vmware.vim.eam</extensionKey><type>agent</type></config.managedBy>
           <config.keyId xsi:type="CryptoKeyId"><keyId>1</keyId></config.keyId>"#.to_owned(),
    ]
    .concat();
    assert_eq!(
        details(&properties),
        json!({
            "version": "details-v1",
            "hardware_version": "vmx-19",
            "firmware": "efi",
            "secure_boot": true,
            "encrypted": true,
            "created_at": "2024-03-01T00:30:00.5Z",
            "booted_at": "2026-01-31T08:30:00.123456Z",
            "tools": {
                "version": "12.2.0", "version_number": 12352, "status": "UNMANAGED", "running": true,
                "install_type": "guestToolsTypeOpenVMTools",
            },
            "guest": {
                "full_name": "Debian GNU/Linux 12 (64-bit)", "configured_full_name": "Other Linux",
                "family": "linuxGuest", "state": "running",
                "disks": [{"path": "/", "file_system": "ext4", "capacity_bytes": 1000, "free_bytes": 10}],
            },
            "cpu": {"sockets": 2, "cores_per_socket": 4, "reservation_mhz": 500, "shares": 4000, "shares_level": "normal"},
            "memory": {
                "hot_add": true, "reservation_bytes": 0, "limit_bytes": 2_147_483_648_u64, "shares": 20480,
                "shares_level": "custom",
            },
            "storage": {"committed_bytes": 11, "uncommitted_bytes": 22, "unshared_bytes": 5},
            "managed_by": {"extension": "com.vmware.vim.eam", "type_name": "agent"},
        })
    );
}

#[test]
fn a_vm_without_a_key_is_told_as_not_encrypted_when_its_configuration_was_read() {
    assert_eq!(
        details(&text("config.version", "vmx-8"))["encrypted"],
        false
    );
}

#[test]
fn uncounted_tools_have_no_version() {
    for (number, expected) in [
        (0_u64, json!(null)),
        (7, json!({"version_number": 7})),
        (2_147_483_647, json!({"version_number": 2_147_483_647_u64})),
        (
            10_346,
            json!({"version": "10.3.10", "version_number": 10_346}),
        ),
    ] {
        let properties = format!(
            r#"<config.tools.toolsVersion xsi:type="xsd:int">{number}</config.tools.toolsVersion>"#
        );
        assert_eq!(details(&properties)["tools"], expected, "{number}");
    }
}

#[test]
fn devices_are_told_with_their_networks_datastores_and_controllers() {
    let properties = r#"
      <guest.net xsi:type="ArrayOfGuestNicInfo">
        <GuestNicInfo><ipAddress>10.0.0.9</ipAddress><deviceConfigId>4000</deviceConfigId>
          <ipConfig><ipAddress><ipAddress>10.0.0.1</ipAddress><prefixLength>24</prefixLength></ipAddress>
            <ipAddress><ipAddress>fe80::1</ipAddress><prefixLength>64</prefixLength></ipAddress></ipConfig></GuestNicInfo>
        <GuestNicInfo><ipAddress>10.0.0.2</ipAddress><deviceConfigId>4001</deviceConfigId></GuestNicInfo>
        <GuestNicInfo><ipAddress>172.17.0.1</ipAddress><deviceConfigId>-1</deviceConfigId></GuestNicInfo>
      </guest.net>
      <config.hardware.device xsi:type="ArrayOfVirtualDevice">
        <VirtualDevice xsi:type="VirtualDisk"><key>2000</key><deviceInfo><label>Hard disk 1</label></deviceInfo>
          <backing xsi:type="VirtualDiskFlatVer2BackingInfo"><fileName>[fast%2f1] vm/vm.vmdk</fileName>
            <datastore type="Datastore">datastore-1</datastore><diskMode>persistent</diskMode><thinProvisioned>true</thinProvisioned>
            <sharing>sharingNone</sharing></backing>
          <controllerKey>1000</controllerKey><unitNumber>0</unitNumber><capacityInKB>1</capacityInKB><capacityInBytes>1024</capacityInBytes></VirtualDevice>
        <VirtualDevice xsi:type="VirtualDisk"><key>2001</key><deviceInfo><label>Hard disk 2</label></deviceInfo>
          <backing xsi:type="VirtualDiskRawDiskMappingVer1BackingInfo"><fileName>[gone] vm/rdm.vmdk</fileName>
            <datastore type="Datastore">datastore-9</datastore><lunUuid>0200</lunUuid><compatibilityMode>physicalMode</compatibilityMode>
            <diskMode>independent_persistent</diskMode></backing>
          <controllerKey>1000</controllerKey><unitNumber>1</unitNumber><capacityInKB>2</capacityInKB><capacityInBytes>0</capacityInBytes></VirtualDevice>
        <VirtualDevice xsi:type="VirtualPVSCSIController"><key>1000</key><deviceInfo><label>SCSI controller 0</label></deviceInfo>
          <busNumber>0</busNumber></VirtualDevice>
        <VirtualDevice xsi:type="VirtualVmxnet3"><key>4000</key><deviceInfo><label>Network adapter 1</label></deviceInfo>
          <backing xsi:type="VirtualEthernetCardDistributedVirtualPortBackingInfo"><port><portgroupKey>dvportgroup-14</portgroupKey></port></backing>
          <connectable><startConnected>true</startConnected><connected>false</connected></connectable>
          <macAddress>00:50:56:00:00:01</macAddress></VirtualDevice>
        <VirtualDevice xsi:type="VirtualE1000e"><key>4001</key>
          <backing xsi:type="VirtualEthernetCardNetworkBackingInfo"><deviceName>VM Network</deviceName><network type="Network">network-13</network></backing>
          <macAddress>00:50:56:00:00:02</macAddress></VirtualDevice>
        <VirtualDevice xsi:type="VirtualVmxnet3"><key>4002</key>
          <backing xsi:type="VirtualEthernetCardOpaqueNetworkBackingInfo"><opaqueNetworkId>ls-1</opaqueNetworkId></backing>
          <macAddress>00:50:56:00:00:03</macAddress></VirtualDevice>
        <VirtualDevice xsi:type="VirtualVmxnet3"><key>4003</key>
          <backing xsi:type="VirtualEthernetCardNetworkBackingInfo"><deviceName>lost</deviceName></backing>
          <macAddress>00:50:56:00:00:04</macAddress></VirtualDevice>
        <VirtualDevice xsi:type="VirtualCdrom"><key>3000</key><deviceInfo><label>CD/DVD drive 1</label></deviceInfo>
          <backing xsi:type="VirtualCdromIsoBackingInfo"><fileName>[slow] iso/a.iso</fileName></backing>
          <connectable><startConnected>false</startConnected><connected>true</connected></connectable></VirtualDevice>
        <VirtualDevice xsi:type="VirtualUSB"><key>9000</key><backing xsi:type="VirtualUSBRemoteHostBackingInfo"><deviceName>path:1/0</deviceName></backing>
          <connected>true</connected></VirtualDevice>
        <VirtualDevice xsi:type="VirtualTPM"><key>11000</key></VirtualDevice>
        <VirtualDevice xsi:type="VirtualKeyboard"><key>600</key></VirtualDevice>
      </config.hardware.device>"#;
    assert_eq!(
        details(properties),
        json!({
            "version": "details-v1",
            "vtpm": true,
            "nics": [
                {
                    "label": "Network adapter 1", "key": 4000, "type_name": "vmxnet3", "mac": "00:50:56:00:00:01",
                    "network_id": "dvportgroup-14", "network_name": "web/1", "connected": false, "start_connected": true,
                    "addresses": [{"ip": "10.0.0.1", "prefix": 24}, {"ip": "fe80::1", "prefix": 64}],
                },
                {
                    "key": 4001, "type_name": "e1000e", "mac": "00:50:56:00:00:02", "network_id": "network-13",
                    "network_name": "VM Network", "addresses": [{"ip": "10.0.0.2"}],
                },
                {"key": 4002, "type_name": "vmxnet3", "mac": "00:50:56:00:00:03", "network_id": "network-o15", "network_name": "segment"},
                {"key": 4003, "type_name": "vmxnet3", "mac": "00:50:56:00:00:04", "network_name": "lost"},
            ],
            "disks": [
                {
                    "label": "Hard disk 1", "key": 2000, "controller": "SCSI controller 0", "unit": 0, "mode": "persistent",
                    "datastore_id": "datastore-1", "datastore_name": "fast/1", "path": "[fast%2f1] vm/vm.vmdk",
                    "capacity_bytes": 1024, "thin": true, "sharing": "sharingNone",
                },
                {
                    "label": "Hard disk 2", "key": 2001, "controller": "SCSI controller 0", "unit": 1,
                    "mode": "independent_persistent", "datastore_id": "datastore-9", "datastore_name": "gone",
                    "path": "[gone] vm/rdm.vmdk", "capacity_bytes": 2048, "rdm": {"lun": "0200", "mode": "physicalMode"},
                },
            ],
            "cdroms": [{"label": "CD/DVD drive 1", "connected": true, "start_connected": false, "path": "[slow] iso/a.iso"}],
            "usb": [{"connected": true, "device": "path:1/0"}],
        })
    );
}

#[test]
fn snapshots_are_listed_each_before_its_children() {
    let snapshot = |id: u32, rest: &str| {
        format!(
            r#"<snapshot type="VirtualMachineSnapshot">snapshot-{id}</snapshot><vm type="VirtualMachine">vm-1</vm><name>s%2f{id}</name>
               <description/><id>{id}</id>{rest}<state>poweredOff</state><quiesced>true</quiesced>"#
        )
    };
    let time = "<createTime>2026-01-01T00:00:00Z</createTime>";
    let child = |content: String| format!("<childSnapshotList>{content}</childSnapshotList>");
    let tree = snapshot(1, time)
        + &child(snapshot(2, time) + &child(snapshot(3, "")))
        + &child(snapshot(4, time));
    let properties = format!(
        r#"<snapshot.rootSnapshotList xsi:type="ArrayOfVirtualMachineSnapshotTree"><VirtualMachineSnapshotTree>{tree}</VirtualMachineSnapshotTree></snapshot.rootSnapshotList>
           <snapshot.currentSnapshot type="VirtualMachineSnapshot">snapshot-3</snapshot.currentSnapshot>"#
    );
    let details = details(&properties);
    let list = details["snapshots"].as_array().expect("snapshots");
    let ids: Vec<_> = list
        .iter()
        .map(|one| (&one["id"], &one["parent"], &one["current"]))
        .collect();
    assert_eq!(
        ids,
        [
            (&json!("snapshot-1"), &json!(null), &json!(false)),
            (&json!("snapshot-2"), &json!("snapshot-1"), &json!(false)),
            (&json!("snapshot-3"), &json!("snapshot-2"), &json!(true)),
            (&json!("snapshot-4"), &json!("snapshot-1"), &json!(false)),
        ]
    );
    assert_eq!(
        list[2],
        json!({"id": "snapshot-3", "name": "s/3", "state": "poweredOff", "quiesced": true, "parent": "snapshot-2", "current": true})
    );
    assert_eq!(list[3]["created_at"], "2026-01-01T00:00:00Z");
}
