use serde_json::{Value, json};

use super::{Context, missing_required, vm};
use crate::gaps::Gap;
use crate::normalize::sample::{self, tape};

const READABLE: &str = r#"
    <name xsi:type="xsd:string">web%2f01</name>
    <config.uuid xsi:type="xsd:string">4211aaaa-0000-0000-0000-000000000001</config.uuid>
    <config.instanceUuid xsi:type="xsd:string">5011aaaa-0000-0000-0000-000000000001</config.instanceUuid>
    <config.template xsi:type="xsd:boolean">false</config.template>
    <config.guestId xsi:type="xsd:string">rhel8_64Guest</config.guestId>
    <config.hardware.numCPU xsi:type="xsd:int">4</config.hardware.numCPU>
    <config.hardware.memoryMB xsi:type="xsd:int">8192</config.hardware.memoryMB>
    <config.hardware.device xsi:type="ArrayOfVirtualDevice">
      <VirtualDevice xsi:type="ParaVirtualSCSIController">
        <key>1000</key><busNumber>0</busNumber><device>2000</device><sharedBus>noSharing</sharedBus>
      </VirtualDevice>
      <VirtualDevice xsi:type="VirtualDisk">
        <key>2000</key>
        <deviceInfo xsi:type="Description"><label>Hard disk 1</label><summary>x</summary></deviceInfo>
        <backing xsi:type="VirtualDiskFlatVer2BackingInfo"><thinProvisioned>true</thinProvisioned></backing>
        <capacityInKB>16777216</capacityInKB><capacityInBytes>17179869184</capacityInBytes>
      </VirtualDevice>
      <VirtualDevice xsi:type="VirtualVmxnet3">
        <key>4000</key><macAddress>00:50:56:aa:bb:cc</macAddress>
      </VirtualDevice>
    </config.hardware.device>
    <guest.hostName xsi:type="xsd:string">web01.example.test</guest.hostName>
    <guest.net xsi:type="ArrayOfGuestNicInfo">
      <GuestNicInfo><ipAddress>10.0.0.1</ipAddress><ipAddress>fe80::1</ipAddress></GuestNicInfo>
    </guest.net>
    <guest.ipAddress xsi:type="xsd:string">10.0.0.1</guest.ipAddress>
    <guest.toolsRunningStatus xsi:type="xsd:string">guestToolsRunning</guest.toolsRunningStatus>
    <guest.toolsVersionStatus2 xsi:type="xsd:string">guestToolsSupportedOld</guest.toolsVersionStatus2>
    <runtime.powerState xsi:type="VirtualMachinePowerState">poweredOn</runtime.powerState>
    <runtime.host type="HostSystem" xsi:type="ManagedObjectReference">host-9</runtime.host>
    <summary.config.vmPathName xsi:type="xsd:string">[ds] web/web.vmx</summary.config.vmPathName>
    <summary.runtime.connectionState xsi:type="VirtualMachineConnectionState">connected</summary.runtime.connectionState>"#;

fn normalized(properties: &str) -> Value {
    sample::json(&vm(&tape(properties), Context::default(), &mut Vec::new()))
}

fn missing(properties: &str) -> Vec<&'static str> {
    missing_required(&vm(&tape(properties), Context::default(), &mut Vec::new()))
}

#[test]
fn a_vm_in_full() {
    assert_eq!(
        normalized(READABLE),
        json!({
            "version": "normalized-v1",
            "kind": "vm",
            "identity": {
                "machine_uuid": "5011aaaa-0000-0000-0000-000000000001",
                "caption": "web/01",
                "hostname": "web01.example.test",
            },
            "network": {"mac_addresses": ["00:50:56:aa:bb:cc"], "ip_addresses": ["10.0.0.1"]},
            "os": {"fingerprint": "RHEL_8_64"},
            "hardware": {
                "cpu_count": 4,
                "memory_bytes": 8_589_934_592_u64,
                "disks": [{"name": "Hard disk 1", "size_bytes": 17_179_869_184_u64, "type": "thin"}],
            },
            "runtime": {"power_state": "poweredOn", "tools_running": true, "tools_status": "SUPPORTED_OLD"},
            "attributes": {
                "connection_state": "connected",
                "vm_path": "[ds] web/web.vmx",
                "bios_uuid": "4211aaaa-0000-0000-0000-000000000001",
                "instance_uuid": "5011aaaa-0000-0000-0000-000000000001",
            },
        })
    );
    assert!(missing(READABLE).is_empty());
}

#[test]
fn raw_values_keep_the_types_of_the_schema() {
    let mut raw = Vec::new();
    tape(READABLE).write(&mut raw);
    let raw: Value = serde_json::from_slice(&raw).expect("JSON");
    assert_eq!(raw["config.hardware.device"][0]["device"], json!([2000]));
    assert_eq!(
        raw["config.hardware.device"][1]["backing"]["thinProvisioned"],
        json!(true)
    );
    assert_eq!(
        raw["guest.net"][0]["ipAddress"],
        json!(["10.0.0.1", "fe80::1"])
    );
    assert_eq!(raw["runtime.powerState"], "poweredOn");
    assert_eq!(
        raw["runtime.host"],
        json!({"type": "HostSystem", "value": "host-9"})
    );
}

#[test]
fn templates_are_marked_only_when_they_were_asked_for() {
    let template = READABLE.replace(">false</config.template>", ">true</config.template>");
    assert_eq!(normalized(&template)["attributes"].get("template"), None);
    let asked = |properties: &str| {
        let context = Context {
            include_templates: true,
            ..Context::default()
        };
        sample::json(&vm(&tape(properties), context, &mut Vec::new()))["attributes"]["template"]
            .clone()
    };
    assert_eq!(asked(&template), true);
    assert_eq!(asked(READABLE), false);
    assert_eq!(asked(""), Value::Null);
}

#[test]
fn a_vm_without_configuration_falls_back_to_its_summary() {
    let orphan = r#"
        <name xsi:type="xsd:string">orphan</name>
        <runtime.powerState xsi:type="VirtualMachinePowerState">poweredOff</runtime.powerState>
        <summary.config.numCpu xsi:type="xsd:int">2</summary.config.numCpu>
        <summary.config.memorySizeMB xsi:type="xsd:int">1024</summary.config.memorySizeMB>
        <summary.runtime.connectionState xsi:type="VirtualMachineConnectionState">orphaned</summary.runtime.connectionState>"#;
    assert_eq!(
        normalized(orphan),
        json!({
            "version": "normalized-v1",
            "kind": "vm",
            "identity": {"caption": "orphan"},
            "network": {},
            "hardware": {"cpu_count": 2, "memory_bytes": 1_073_741_824},
            "runtime": {"power_state": "poweredOff"},
            "attributes": {"connection_state": "orphaned", "ghost_class": "orphaned"},
        })
    );
    assert!(missing(orphan).is_empty());
}

#[test]
fn an_inaccessible_vm_keeps_its_sections_and_says_what_is_missing() {
    let inaccessible = r#"
        <name xsi:type="xsd:string">/vmfs/volumes/gone/gone.vmx</name>
        <summary.runtime.connectionState xsi:type="VirtualMachineConnectionState">inaccessible</summary.runtime.connectionState>"#;
    let normalized = normalized(inaccessible);
    assert_eq!(
        normalized["identity"],
        json!({"caption": "/vmfs/volumes/gone/gone.vmx"})
    );
    assert_eq!(normalized["network"], json!({}));
    assert_eq!(normalized["hardware"], json!({}));
    assert_eq!(normalized["runtime"], json!({}));
    assert_eq!(
        missing(inaccessible),
        ["cpu_count", "memory_bytes", "power_state"]
    );
}

#[test]
fn a_clone_placeholder_has_no_identity_yet() {
    let clone = READABLE
        .replace("5011aaaa-0000-0000-0000-000000000001", "")
        .replace("4211aaaa-0000-0000-0000-000000000001", " ");
    let normalized = normalized(&clone);
    assert_eq!(normalized["identity"].get("machine_uuid"), None);
    assert_eq!(normalized["attributes"].get("bios_uuid"), None);
    assert_eq!(normalized["attributes"].get("instance_uuid"), None);
}

#[test]
fn the_bios_uuid_stands_in_for_an_empty_instance_uuid() {
    let old = READABLE.replace("5011aaaa-0000-0000-0000-000000000001", "");
    assert_eq!(
        normalized(&old)["identity"]["machine_uuid"],
        "4211aaaa-0000-0000-0000-000000000001"
    );
}

#[test]
fn a_vm_of_the_cluster_services_is_a_vm_like_any_other() {
    let vcls = r#"
        <name xsi:type="xsd:string">vCLS-4211</name>
        <config.guestId xsi:type="xsd:string">crxSys1Guest</config.guestId>
        <config.hardware.numCPU xsi:type="xsd:int">1</config.hardware.numCPU>
        <config.hardware.memoryMB xsi:type="xsd:int">128</config.hardware.memoryMB>
        <config.hardware.device xsi:type="ArrayOfVirtualDevice"/>
        <guest.toolsVersionStatus2 xsi:type="xsd:string">guestToolsUnmanaged</guest.toolsVersionStatus2>
        <runtime.powerState xsi:type="VirtualMachinePowerState">poweredOn</runtime.powerState>"#;
    let normalized = normalized(vcls);
    assert_eq!(normalized["os"]["fingerprint"], "CRXSYS_1");
    assert_eq!(
        normalized["hardware"],
        json!({"cpu_count": 1, "memory_bytes": 134_217_728})
    );
    assert_eq!(
        normalized["runtime"],
        json!({"power_state": "poweredOn", "tools_status": "UNMANAGED"})
    );
}

#[test]
fn a_powered_off_vm_without_guest_data_has_neither_addresses_nor_host_name() {
    let off = r#"
        <name xsi:type="xsd:string">off</name>
        <guest.hostName xsi:type="xsd:string"></guest.hostName>
        <guest.net xsi:type="ArrayOfGuestNicInfo"/>
        <guest.toolsRunningStatus xsi:type="xsd:string">guestToolsNotRunning</guest.toolsRunningStatus>
        <guest.toolsVersionStatus2 xsi:type="xsd:string">guestToolsNotInstalled</guest.toolsVersionStatus2>
        <runtime.powerState xsi:type="VirtualMachinePowerState">poweredOff</runtime.powerState>"#;
    let normalized = normalized(off);
    assert_eq!(normalized["identity"], json!({"caption": "off"}));
    assert_eq!(normalized["network"], json!({}));
    assert_eq!(
        normalized["runtime"],
        json!({"power_state": "poweredOff", "tools_running": false, "tools_status": "NOT_INSTALLED"})
    );
}

#[test]
fn empty_and_unknown_states_are_absent() {
    let odd = r#"
        <name xsi:type="xsd:string"></name>
        <config.guestId xsi:type="xsd:string"> </config.guestId>
        <config.hardware.numCPU xsi:type="xsd:int">-4</config.hardware.numCPU>
        <config.hardware.memoryMB xsi:type="xsd:long">18446744073709551615</config.hardware.memoryMB>
        <guest.toolsRunningStatus xsi:type="xsd:string"/>
        <guest.toolsVersionStatus2 xsi:type="xsd:string">guestToolsOfTheFuture</guest.toolsVersionStatus2>
        <runtime.powerState xsi:type="VirtualMachinePowerState"/>
        <summary.runtime.connectionState xsi:type="VirtualMachineConnectionState"/>"#;
    assert_eq!(
        normalized(odd),
        json!({
            "version": "normalized-v1",
            "kind": "vm",
            "identity": {},
            "network": {},
            "hardware": {},
            "runtime": {},
        })
    );
    assert_eq!(missing(odd), ["cpu_count", "memory_bytes", "power_state"]);
    let mut gaps = Vec::new();
    let _ = vm(&tape(odd), Context::default(), &mut gaps);
    let negative = "config.hardware.numCPU".to_owned();
    assert_eq!(
        gaps,
        [Gap::Negative(negative)],
        "unknown, and not in silence"
    );
}

#[test]
fn a_host_name_that_is_none_is_absent_and_localhost_stays() {
    for (reported, hostname) in [
        ("None", Value::Null),
        ("(none)", Value::Null),
        ("localhost", json!("localhost")),
    ] {
        let named = READABLE.replace("web01.example.test", reported);
        assert_eq!(
            normalized(&named)["identity"]["hostname"],
            hostname,
            "{reported}"
        );
    }
}

#[test]
fn a_uuid_that_many_machines_have_identifies_none() {
    let shared = READABLE
        .replace(
            "5011aaaa-0000-0000-0000-000000000001",
            "00000000-0000-0000-0000-000000000000",
        )
        .replace(
            "4211aaaa-0000-0000-0000-000000000001",
            "03000200-0400-0500-0006-000700080009",
        );
    let normalized = normalized(&shared);
    assert_eq!(normalized["identity"].get("machine_uuid"), None);
    assert_eq!(normalized["attributes"].get("bios_uuid"), None);
    assert_eq!(normalized["attributes"].get("instance_uuid"), None);
}

#[test]
fn a_suspended_vm_is_suspended() {
    let suspended = READABLE.replace("poweredOn", "suspended");
    assert_eq!(
        normalized(&suspended)["runtime"]["power_state"],
        "suspended"
    );
}

#[test]
fn a_vm_that_is_no_machine_of_its_own_says_what_it_is() {
    let state = |state: &str| {
        READABLE.replace(
            ">connected</summary.runtime.connectionState>",
            &format!(">{state}</summary.runtime.connectionState>"),
        )
    };
    let named = |name: &str| READABLE.replace("web%2f01", name);
    let bare = |power: &str, connection: &str| {
        format!(
            r#"<name xsi:type="xsd:string">clone</name>
               <runtime.powerState xsi:type="VirtualMachinePowerState">{power}</runtime.powerState>
               <summary.runtime.connectionState xsi:type="VirtualMachineConnectionState">{connection}</summary.runtime.connectionState>"#
        )
    };
    let placeholder = bare("poweredOff", "connected");
    let template = READABLE.replace(">false</config.template>", ">true</config.template>");
    let cases = [
        (READABLE.to_owned(), Value::Null),
        (named("vCLS (12)"), json!("vcls")),
        (
            named("vCLS-6f1b54a2-0000-4000-8000-00000000000a"),
            json!("vcls"),
        ),
        (named("vCLS-backup"), Value::Null),
        (state("orphaned"), json!("orphaned")),
        (state("inaccessible"), json!("inaccessible")),
        (state("disconnected"), Value::Null),
        (template, json!("template")),
        (placeholder.clone(), json!("clone_placeholder")),
        // A machine on a host that does not respond, running or not.
        (bare("poweredOn", "disconnected"), Value::Null),
        (bare("poweredOff", "disconnected"), Value::Null),
        (bare("poweredOff", "orphaned"), json!("orphaned")),
        (bare("poweredOff", "inaccessible"), json!("inaccessible")),
        (bare("poweredOff", "invalid"), json!("invalid")),
        // What runs is not being made, and who does not say how it is connected says nothing.
        (bare("poweredOn", "connected"), Value::Null),
        (bare("poweredOff", ""), Value::Null),
    ];
    for (properties, class) in cases {
        assert_eq!(
            normalized(&properties)["attributes"]["ghost_class"],
            class,
            "{properties}"
        );
    }
    let withheld = Context {
        config_withheld: true,
        ..Context::default()
    };
    let tape = tape(&placeholder);
    let attributes = &sample::json(&vm(&tape, withheld, &mut Vec::new()))["attributes"];
    assert_eq!(attributes.get("ghost_class"), None, "unread is not unset");
}

#[test]
fn only_a_clone_that_is_being_made_needs_no_required_fields() {
    let bare = |connection: &str, power: &str| {
        missing(&format!(
            r#"<name xsi:type="xsd:string">clone</name>
               <runtime.powerState xsi:type="VirtualMachinePowerState">{power}</runtime.powerState>
               <summary.runtime.connectionState xsi:type="VirtualMachineConnectionState">{connection}</summary.runtime.connectionState>"#
        ))
    };
    assert!(bare("connected", "poweredOff").is_empty());
    assert_eq!(
        bare("connected", "poweredOn"),
        ["cpu_count", "memory_bytes"]
    );
    assert_eq!(
        bare("disconnected", "poweredOff"),
        ["cpu_count", "memory_bytes"]
    );
}
