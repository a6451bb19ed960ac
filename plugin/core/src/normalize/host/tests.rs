use serde_json::{Value, json};

use super::host;
use crate::datastores::Datastores;
use crate::gaps::Gap;
use crate::normalize::sample::{self, tape};

const READABLE: &str = r#"
    <name xsi:type="xsd:string">esx01.example.test</name>
    <hardware.systemInfo.serialNumber xsi:type="xsd:string">CZ12345</hardware.systemInfo.serialNumber>
    <summary.hardware.vendor xsi:type="xsd:string">Example Inc.</summary.hardware.vendor>
    <summary.hardware.model xsi:type="xsd:string">Server 9</summary.hardware.model>
    <summary.hardware.numCpuCores xsi:type="xsd:short">32</summary.hardware.numCpuCores>
    <summary.hardware.numCpuThreads xsi:type="xsd:short">64</summary.hardware.numCpuThreads>
    <summary.hardware.numCpuPkgs xsi:type="xsd:short">2</summary.hardware.numCpuPkgs>
    <summary.hardware.cpuModel xsi:type="xsd:string">CPU 2.10GHz</summary.hardware.cpuModel>
    <summary.hardware.cpuMhz xsi:type="xsd:int">2100</summary.hardware.cpuMhz>
    <summary.hardware.memorySize xsi:type="xsd:long">274877906944</summary.hardware.memorySize>
    <summary.config.product.version xsi:type="xsd:string">8.0.3</summary.config.product.version>
    <summary.config.product.build xsi:type="xsd:string">24022510</summary.config.product.build>
    <summary.runtime.powerState xsi:type="HostSystemPowerState">poweredOn</summary.runtime.powerState>
    <summary.runtime.connectionState xsi:type="HostSystemConnectionState">connected</summary.runtime.connectionState>
    <runtime.inMaintenanceMode xsi:type="xsd:boolean">false</runtime.inMaintenanceMode>
    <config.network.vnic xsi:type="ArrayOfHostVirtualNic">
      <HostVirtualNic><device>vmk0</device><key>key-vmk0</key><portgroup>Management Network</portgroup>
        <spec><ip><dhcp>false</dhcp><ipAddress>10.1.0.1</ipAddress></ip><mtu>1500</mtu></spec></HostVirtualNic>
    </config.network.vnic>
    <datastore xsi:type="ArrayOfManagedObjectReference">
      <ManagedObjectReference type="Datastore" xsi:type="ManagedObjectReference">datastore-1</ManagedObjectReference>
    </datastore>
    <config.storageDevice.scsiLun xsi:type="ArrayOfScsiLun">
      <ScsiLun xsi:type="HostScsiDisk"><canonicalName>naa.1</canonicalName><lunType>disk</lunType>
        <capacity><blockSize>512</blockSize><block>1953125000</block></capacity></ScsiLun>
    </config.storageDevice.scsiLun>"#;

fn datastores() -> Datastores {
    let mut datastores = Datastores::default();
    datastores.add(
        "datastore-1",
        &tape(
            r#"<name xsi:type="xsd:string">local</name><summary.type xsi:type="xsd:string">VMFS</summary.type>
               <summary.capacity xsi:type="xsd:long">1000000000000</summary.capacity>"#,
        ),
    );
    datastores
}

fn normalized(properties: &str) -> (Value, Vec<Gap>) {
    let mut gaps = Vec::new();
    let datastores = datastores();
    let tape = tape(properties);
    let host = host(&tape, Some(&datastores), &mut gaps);
    (sample::json(&host), gaps)
}

fn network(nics: &str) -> Value {
    normalized(nics).0["network"].clone()
}

fn nic(device: &str, port_group: &str, address: &str) -> String {
    format!(
        "<HostVirtualNic><device>{device}</device><portgroup>{port_group}</portgroup>\
         <spec><ip><ipAddress>{address}</ipAddress></ip></spec></HostVirtualNic>"
    )
}

fn nics(list: &[String]) -> String {
    format!(
        r#"<config.network.vnic xsi:type="ArrayOfHostVirtualNic">{}</config.network.vnic>"#,
        list.concat()
    )
}

#[test]
fn a_host_in_full() {
    let (host, gaps) = normalized(READABLE);
    assert_eq!(
        host,
        json!({
            "version": "normalized-v1",
            "kind": "host",
            "identity": {
                "hostname": "esx01.example.test",
                "serial_number": "CZ12345",
                "vendor": "Example Inc.",
                "model": "Server 9",
            },
            "network": {"ip_addresses": ["10.1.0.1"], "management_ip": "10.1.0.1"},
            "os": {"name": "ESXi", "version": "8.0.3", "fingerprint": "24022510"},
            "hardware": {"cpu_count": 32, "memory_bytes": 274_877_906_944_u64},
            "runtime": {"power_state": "poweredOn"},
            "storage": {"datastores": [{"name": "local", "capacity_bytes": 1_000_000_000_000_u64}]},
            "attributes": {
                "cpu_model": "CPU 2.10GHz",
                "cpu_mhz": 2100,
                "cpu_packages": 2,
                "cpu_threads": 64,
                "disk_total_bytes": 1_000_000_000_000_u64,
                "datastore_total_bytes": 1_000_000_000_000_u64,
                "connection_state": "connected",
                "in_maintenance_mode": false,
            },
        })
    );
    assert_eq!(gaps, []);
}

#[test]
fn a_host_of_which_nothing_could_be_read_lacks_its_storage() {
    let (host, gaps) = normalized("");
    assert_eq!(
        host,
        json!({
            "version": "normalized-v1",
            "kind": "host",
            "identity": {},
            "network": {},
            "os": {"name": "ESXi"},
        })
    );
    assert_eq!(gaps, [Gap::Luns, Gap::Datastores]);
}

#[test]
fn storage_that_was_not_asked_for_is_not_missed() {
    let mut gaps = Vec::new();
    let tape = tape(READABLE);
    let host = sample::json(&host(&tape, None, &mut gaps));
    assert_eq!(gaps, []);
    assert_eq!(host.get("storage"), None);
    assert_eq!(host["attributes"].get("disk_total_bytes"), None);
}

#[test]
fn a_host_without_datastores_has_a_total_of_none() {
    let (host, gaps) = normalized(
        r#"<datastore xsi:type="ArrayOfManagedObjectReference"/>
           <config.storageDevice.scsiLun xsi:type="ArrayOfScsiLun"/>"#,
    );
    assert_eq!(host["storage"], json!({"datastores": []}));
    assert_eq!(host["attributes"]["datastore_total_bytes"], 0);
    assert_eq!(host["attributes"]["disk_total_bytes"], 0);
    assert_eq!(gaps, []);
}

#[test]
fn one_unknown_datastore_leaves_no_list_and_no_total() {
    let (host, gaps) = normalized(&READABLE.replace(
        "</datastore>",
        r#"<ManagedObjectReference type="Datastore">datastore-2</ManagedObjectReference></datastore>"#,
    ));
    assert_eq!(host.get("storage"), None);
    assert_eq!(host["attributes"].get("datastore_total_bytes"), None);
    assert_eq!(gaps, [Gap::Datastores]);
}

#[test]
fn a_host_in_standby_is_suspended_and_an_unknown_state_is_absent() {
    for (state, expected) in [
        ("standBy", json!({"power_state": "suspended"})),
        ("poweredOff", json!({"power_state": "poweredOff"})),
        ("unknown", Value::Null),
    ] {
        let (host, _) = normalized(&READABLE.replace(">poweredOn<", &format!(">{state}<")));
        assert_eq!(
            host.get("runtime").cloned().unwrap_or_default(),
            expected,
            "{state}"
        );
    }
}

#[test]
fn the_management_address_is_that_of_the_first_kernel_interface() {
    let list = [
        nic("vmk1", "Management Network", "10.1.0.2"),
        nic("vmk0", "VM Network", "10.1.0.1"),
        nic("vmnic0", "", "10.1.0.9"),
        nic("vmk2", "", "10.1.0.1"),
        nic("vmk3", "", "fe80::1"),
        nic("vmk4", "", ""),
    ];
    assert_eq!(
        network(&nics(&list)),
        json!({"ip_addresses": ["10.1.0.2", "10.1.0.1"], "management_ip": "10.1.0.1"})
    );
}

#[test]
fn else_of_a_management_port_group_and_else_the_first() {
    let by_port_group = [
        nic("vmk1", "vMotion", "10.1.0.2"),
        nic("vmk2", "MANAGEMENT", "10.1.0.3"),
    ];
    assert_eq!(network(&nics(&by_port_group))["management_ip"], "10.1.0.3");
    let neither = [
        nic("vmk1", "vMotion", "10.1.0.2"),
        nic("vmk2", "Storage", "10.1.0.3"),
    ];
    assert_eq!(network(&nics(&neither))["management_ip"], "10.1.0.3");
    assert_eq!(network(""), json!({}));
}

#[test]
fn a_host_is_never_managed_by_an_address_for_vmotion_vsan_or_replication() {
    let on_stack = |device: &str, stack: &str, address: &str| {
        nic(device, "", address).replace(
            "</spec>",
            &format!("<netStackInstanceKey>{stack}</netStackInstanceKey></spec>"),
        )
    };
    let traffic = [
        nic("vmk0", "vMotion-01", "10.1.0.1"),
        nic("vmk1", "VSAN", "10.1.0.2"),
        nic("vmk2", "vSphere Replication NFC", "10.1.0.3"),
        on_stack("vmk3", "vmotion", "10.1.0.4"),
        on_stack("vmk4", "vSphereProvisioning", "10.1.0.5"),
    ];
    let found = network(&nics(&traffic));
    assert_eq!(found.get("management_ip"), None, "{found}");
    assert_eq!(found["ip_addresses"].as_array().map(Vec::len), Some(5));
    let other = on_stack("vmk5", "defaultTcpipStack", "10.1.0.6");
    let found = network(&nics(&[traffic.concat(), other]));
    assert_eq!(found["management_ip"], "10.1.0.6");
    let both = nic("vmk1", "vMotion and Mgmt", "10.1.0.7");
    let found = network(&nics(&[traffic.concat(), both]));
    assert_eq!(found["management_ip"], "10.1.0.7");
    let none = [
        nic("vmk0", "Management Network", "169.254.0.2"),
        nic("vmk1", "", "0.0.0.0"),
        nic("vmk2", "", "10.1.0.8"),
    ];
    assert_eq!(
        network(&nics(&none)),
        json!({"ip_addresses": ["10.1.0.8"], "management_ip": "10.1.0.8"})
    );
}

/// Services, each with the devices that are selected for it.
type Selected<'s> = &'s [(&'s str, &'s [&'s str])];

/// What a host selects its adapters for, each service with all of them as candidates.
fn net_config(devices: &[&str], selected: Selected<'_>) -> String {
    let services = selected.iter().map(|(service, selected)| {
        let candidates = devices.iter().map(|device| {
            format!(
                "<candidateVnic><device>{device}</device><key>{service}.key-{device}</key></candidateVnic>"
            )
        });
        let keys = selected
            .iter()
            .map(|device| format!("<selectedVnic>{service}.key-{device}</selectedVnic>"));
        let lists: String = candidates.chain(keys).collect();
        format!(
            "<VirtualNicManagerNetConfig><nicType>{service}</nicType>{lists}</VirtualNicManagerNetConfig>"
        )
    });
    format!(
        r#"<config.virtualNicManagerInfo.netConfig xsi:type="ArrayOfVirtualNicManagerNetConfig">{}</config.virtualNicManagerInfo.netConfig>"#,
        services.collect::<String>()
    )
}

#[test]
fn the_adapter_selected_for_management_manages_the_host_whatever_names_say() {
    let list = [
        nic("vmk0", "Management Network", "10.1.0.1"),
        nic("vmk10", "pg-1", "10.1.0.10"),
        nic("vmk2", "vMotion", "10.1.0.2"),
        nic("vmk3", "pg-2", "fe80::3"),
    ];
    let devices = ["vmk0", "vmk10", "vmk2", "vmk3"];
    let cases: [(Selected<'_>, Option<&str>); 8] = [
        (
            &[("vsan", &["vmk0"]), ("management", &["vmk10"])],
            Some("10.1.0.10"),
        ),
        (&[("management", &["vmk10", "vmk2"])], Some("10.1.0.2")),
        // One adapter may serve both.
        (
            &[("management", &["vmk2"]), ("vmotion", &["vmk2"])],
            Some("10.1.0.2"),
        ),
        (&[("management", &["vmk3"])], None),
        // Nothing is selected for management: what serves nothing else is left.
        (
            &[("management", &[]), ("vsan", &["vmk0"])],
            Some("10.1.0.10"),
        ),
        (
            &[
                ("vSphereReplication", &["vmk0"]),
                ("faultToleranceLogging", &["vmk10"]),
            ],
            None,
        ),
        (&[("vSphereProvisioning", &["vmk10"])], Some("10.1.0.1")),
        (&[], Some("10.1.0.1")),
    ];
    for (selected, expected) in cases {
        let found = network(&(nics(&list) + &net_config(&devices, selected)));
        let address = found.get("management_ip").and_then(Value::as_str);
        assert_eq!(address, expected, "{selected:?}");
        assert_eq!(
            found["ip_addresses"],
            json!(["10.1.0.1", "10.1.0.10", "10.1.0.2"])
        );
    }
}

#[test]
fn a_console_interface_manages_a_classic_host() {
    let console = format!(
        r#"{}<config.network.consoleVnic xsi:type="ArrayOfHostVirtualNic">{}</config.network.consoleVnic>"#,
        nics(&[nic("vmk1", "vMotion", "10.1.0.2")]),
        nic("vswif0", "Service Console", "10.1.0.3")
    );
    assert_eq!(
        network(&console),
        json!({"ip_addresses": ["10.1.0.2", "10.1.0.3"], "management_ip": "10.1.0.3"})
    );
}

#[test]
fn the_properties_of_the_smaller_profile_fill_what_they_can() {
    let (host, _) = normalized(
        r#"<name xsi:type="xsd:string">esx01</name>
           <hardware.cpuInfo xsi:type="HostCpuInfo"><numCpuPackages>2</numCpuPackages><numCpuCores>32</numCpuCores>
             <numCpuThreads>64</numCpuThreads><hz>2100000000</hz></hardware.cpuInfo>
           <hardware.memorySize xsi:type="xsd:long">274877906944</hardware.memorySize>"#,
    );
    assert_eq!(
        host["hardware"],
        json!({"cpu_count": 32, "memory_bytes": 274_877_906_944_u64})
    );
    assert_eq!(
        host["attributes"],
        json!({"cpu_mhz": 2100, "cpu_packages": 2, "cpu_threads": 64})
    );
}
