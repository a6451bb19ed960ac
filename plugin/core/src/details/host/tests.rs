use serde_json::json;
use stocktake_contract::normalized::Kind;

use crate::details::sample::{details, reference, text};

#[test]
fn a_host_is_told_with_its_place_network_and_storage() {
    let flag =
        |path: &str, flag: &str| format!(r#"<{path} xsi:type="xsd:boolean">{flag}</{path}>"#);
    let properties = [
        reference("parent", "ClusterComputeResource", "domain-c9"),
        text("runtime.bootTime", "2026-01-31T08:30:00Z"),
        text("config.network.ipRouteConfig.defaultGateway", "10.0.0.254"),
        text("summary.currentEVCModeKey", "intel-broadwell"),
        text("runtime.dasHostState.state", "master"),
        flag("config.vsanHostConfig.enabled", "false"),
        flag("runtime.inMaintenanceMode", "true"),
        flag("runtime.inQuarantineMode", "false"),
        r#"<hardware.biosInfo xsi:type="HostBIOSInfo"><biosVersion>U46</biosVersion><releaseDate>2023-03-09T00:00:00Z</releaseDate></hardware.biosInfo>
           <config.powerSystemInfo.currentPolicy xsi:type="HostPowerPolicy"><key>2</key><shortName>dynamic</shortName></config.powerSystemInfo.currentPolicy>
           <config.network.pnic xsi:type="ArrayOfPhysicalNic">
             <PhysicalNic><key>key-0</key><device>vmnic0</device><driver>ixgben</driver><linkSpeed><speedMb>10000</speedMb><duplex>true</duplex></linkSpeed><mac>aa:00</mac></PhysicalNic>
             <PhysicalNic><key>key-1</key><device>vmnic1</device><driver>ixgben</driver><mac>aa:01</mac></PhysicalNic>
             <PhysicalNic><key>key-2</key><device>vmnic2</device><mac>aa:02</mac></PhysicalNic></config.network.pnic>
           <config.network.vswitch xsi:type="ArrayOfHostVirtualSwitch"><HostVirtualSwitch><name>vSwitch0</name><numPorts>128</numPorts><mtu>1500</mtu>
             <portgroup>key-pg</portgroup><pnic>key-0</pnic></HostVirtualSwitch></config.network.vswitch>
           <config.network.proxySwitch xsi:type="ArrayOfHostProxySwitch"><HostProxySwitch><dvsUuid>50 0a</dvsUuid><dvsName>dvs</dvsName><numPorts>2560</numPorts>
             <mtu>9000</mtu><pnic>key-1</pnic></HostProxySwitch></config.network.proxySwitch>
           <config.network.portgroup xsi:type="ArrayOfHostPortGroup"><HostPortGroup><spec><name>VM Network</name><vlanId>4095</vlanId><vswitchName>vSwitch0</vswitchName></spec></HostPortGroup></config.network.portgroup>
           <config.network.vnic xsi:type="ArrayOfHostVirtualNic">
             <HostVirtualNic><device>vmk0</device><portgroup>Management Network</portgroup><spec><ip><ipAddress>10.0.0.7</ipAddress><subnetMask>255.255.255.0</subnetMask></ip><mac>aa:10</mac><mtu>1500</mtu></spec></HostVirtualNic>
             <HostVirtualNic><device>vmk1</device><portgroup></portgroup><spec><ip><subnetMask/></ip><distributedVirtualPort><portgroupKey>dvportgroup-14</portgroupKey></distributedVirtualPort></spec></HostVirtualNic></config.network.vnic>
           <config.virtualNicManagerInfo.netConfig xsi:type="ArrayOfVirtualNicManagerNetConfig">
             <VirtualNicManagerNetConfig><nicType>management</nicType><candidateVnic><device>vmk0</device><key>management.key-vmk0</key></candidateVnic>
               <selectedVnic>management.key-vmk0</selectedVnic></VirtualNicManagerNetConfig>
             <VirtualNicManagerNetConfig><nicType>vmotion</nicType><candidateVnic><device>vmk0</device><key>vmotion.key-vmk0</key></candidateVnic></VirtualNicManagerNetConfig></config.virtualNicManagerInfo.netConfig>
           <config.network.dnsConfig xsi:type="HostDnsConfig"><dhcp>false</dhcp><hostName>esx1</hostName><domainName>lan</domainName><address>10.0.0.53</address><searchDomain>lan</searchDomain></config.network.dnsConfig>
           <config.dateTimeInfo.ntpConfig.server xsi:type="ArrayOfString"><string>0.pool.example</string><string>1.pool.example</string></config.dateTimeInfo.ntpConfig.server>
           <datastore xsi:type="ArrayOfManagedObjectReference"><ManagedObjectReference type="Datastore">datastore-1</ManagedObjectReference>
             <ManagedObjectReference type="Datastore">datastore-9</ManagedObjectReference></datastore>
           <config.fileSystemVolume.mountInfo xsi:type="ArrayOfHostFileSystemMountInfo"><HostFileSystemMountInfo>
             <mountInfo><path>/vmfs/volumes/1</path><accessMode>readWrite</accessMode><mounted>true</mounted><accessible>false</accessible></mountInfo>
             <volume xsi:type="HostVmfsVolume"><name>fast%2f1</name><capacity>5</capacity></volume></HostFileSystemMountInfo></config.fileSystemVolume.mountInfo>"#.to_owned(),
    ]
    .concat();
    let (details, gaps) = details(Kind::Host, &properties);
    assert_eq!(gaps, []);
    assert_eq!(
        details,
        json!({
            "version": "details-v1",
            "datacenter": "Berlin",
            "cluster": "Prod/A",
            "booted_at": "2026-01-31T08:30:00Z",
            "bios": {"version": "U46", "date": "2023-03-09T00:00:00Z"},
            "cpu": {"power_policy": "dynamic"},
            "pnics": [
                {"device": "vmnic0", "mac": "aa:00", "speed_mbps": 10_000, "full_duplex": true, "driver": "ixgben", "switch": "vSwitch0"},
                {"device": "vmnic1", "mac": "aa:01", "driver": "ixgben", "switch": "dvs"},
                {"device": "vmnic2", "mac": "aa:02"},
            ],
            "vmkernels": [
                {
                    "device": "vmk0", "portgroup": "Management Network", "mac": "aa:10", "ip": "10.0.0.7", "prefix": 24, "mtu": 1500,
                    "services": ["management"],
                },
                {"device": "vmk1", "portgroup_id": "dvportgroup-14"},
            ],
            "vswitches": [
                {"name": "vSwitch0", "distributed": false, "ports": 128, "mtu": 1500, "pnics": ["vmnic0"]},
                {"name": "dvs", "uuid": "50 0a", "distributed": true, "ports": 2560, "mtu": 9000, "pnics": ["vmnic1"]},
            ],
            "portgroups": [{"name": "VM Network", "switch": "vSwitch0", "vlan_id": 4095}],
            "dns": {"host_name": "esx1", "domain": "lan", "servers": ["10.0.0.53"], "search_domains": ["lan"]},
            "ntp": {"servers": ["0.pool.example", "1.pool.example"]},
            "gateway": "10.0.0.254",
            "datastores": [
                {"id": "datastore-1", "name": "fast/1", "mounted": true, "accessible": false, "mode": "readWrite"},
                {"id": "datastore-9"},
            ],
            "evc": {"current": "intel-broadwell"},
            "vsan": false,
            "maintenance": true,
            "quarantine": false,
            "ha_state": "master",
        })
    );
}

#[test]
fn the_other_kinds_are_told_with_their_places() {
    let allocation = |path: &str| {
        format!(
            r#"<{path} xsi:type="ResourceAllocationInfo"><reservation>1</reservation><expandableReservation>true</expandableReservation>
               <limit>-1</limit><shares><shares>4000</shares><level>normal</level></shares></{path}>"#
        )
    };
    let name = text("name", "n%2f1");
    let cases = [
        (
            Kind::Cluster,
            reference("parent", "Folder", "group-h6")
                + r#"<summary.effectiveMemory xsi:type="xsd:long">2</summary.effectiveMemory>
                     <configuration.drsConfig.enabled xsi:type="xsd:boolean">true</configuration.drsConfig.enabled>
                     <configuration.dasConfig.failoverLevel xsi:type="xsd:int">1</configuration.dasConfig.failoverLevel>"#,
            json!({"datacenter": "Berlin", "folder_path": "/Europe/Berlin/host", "drs": {"enabled": true}, "ha": {"failover_level": 1},
                "effective_memory_bytes": 2_097_152}),
        ),
        (
            Kind::Datastore,
            reference("parent", "StoragePod", "group-p8")
                + r#"<info xsi:type="VmfsDatastoreInfo"><name>d</name><vmfs><capacity>1</capacity><version>6.82</version></vmfs></info>"#,
            json!({"datacenter": "Berlin", "folder_path": "/Europe/Berlin/datastore/gold", "pod": "gold", "vmfs_version": "6.82"}),
        ),
        (
            Kind::DvPortgroup,
            r#"<config.defaultPortConfig xsi:type="VMwareDVSPortSetting"><vlan xsi:type="VmwareDistributedVirtualSwitchTrunkVlanSpec">
                 <inherited>false</inherited><vlanId><start>0</start><end>99</end></vlanId><vlanId><start>200</start><end>200</end></vlanId></vlan></config.defaultPortConfig>"#.to_owned(),
            json!({"vlan_ranges": [{"start": 0, "end": 99}, {"start": 200, "end": 200}]}),
        ),
        (
            Kind::DvPortgroup,
            r#"<config.defaultPortConfig xsi:type="VMwareDVSPortSetting"><vlan xsi:type="VmwareDistributedVirtualSwitchVlanIdSpec">
                 <inherited>false</inherited><vlanId>17</vlanId></vlan></config.defaultPortConfig>"#.to_owned(),
            json!({"vlan_id": 17, "private_vlan": false}),
        ),
        (
            Kind::DvPortgroup,
            r#"<config.defaultPortConfig xsi:type="VMwareDVSPortSetting"><vlan xsi:type="VmwareDistributedVirtualSwitchPvlanSpec">
                 <inherited>false</inherited><pvlanId>18</pvlanId></vlan></config.defaultPortConfig>"#.to_owned(),
            json!({"vlan_id": 18, "private_vlan": true}),
        ),
        (
            Kind::DvSwitch,
            r#"<config.uplinkPortPolicy xsi:type="DVSNameArrayUplinkPortPolicy"><uplinkPortName>Uplink 1</uplinkPortName><uplinkPortName>Uplink 2</uplinkPortName></config.uplinkPortPolicy>"#.to_owned(),
            json!({"uplinks": ["Uplink 1", "Uplink 2"]}),
        ),
        (
            Kind::Folder,
            name.clone() + &reference("parent", "Folder", "group-v4"),
            json!({"name": "n/1", "path": "/Europe/Berlin/vm/n%2f1", "parent": "group-v4"}),
        ),
        (
            Kind::Datacenter,
            name.clone() + &reference("parent", "Folder", "group-d1"),
            json!({"name": "n/1", "path": "/n%2f1", "parent": "group-d1"}),
        ),
        (
            Kind::ResourcePool,
            name.clone() + &reference("parent", "ResourcePool", "resgroup-10") + &allocation("config.cpuAllocation") + &allocation("config.memoryAllocation"),
            json!({"name": "n/1", "path": "/Europe/Berlin/host/Prod%2fA/Resources/n%2f1", "parent": "resgroup-10", "datacenter": "Berlin",
                "cpu": {"reservation_mhz": 1, "shares": 4000, "shares_level": "normal", "expandable": true},
                "memory": {"reservation_bytes": 1_048_576, "shares": 4000, "shares_level": "normal", "expandable": true}}),
        ),
        (
            Kind::VApp,
            name.clone() + &reference("parent", "ResourcePool", "resgroup-10") + &reference("parentFolder", "Folder", "group-v5"),
            json!({"name": "n/1", "path": "/Europe/Berlin/host/Prod%2fA/Resources/n%2f1", "parent": "resgroup-10", "datacenter": "Berlin",
                "folder_path": "/Europe/Berlin/vm/a%2fb"}),
        ),
        (
            Kind::DatastorePod,
            name + &reference("parent", "Folder", "group-s7"),
            json!({"name": "n/1", "path": "/Europe/Berlin/datastore/n%2f1", "parent": "group-s7"}),
        ),
    ];
    for (kind, properties, mut expected) in cases {
        expected["version"] = json!("details-v1");
        assert_eq!(details(kind, &properties).0, expected, "{kind:?}");
    }
}
