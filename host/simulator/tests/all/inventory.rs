//! What the inventory holds.

use crate::client::{Client, Reply, TYPES};
use std::collections::HashSet;
use stocktake_simulator::{Simulator, SimulatorBuilder};

const VM: &[&str] = &[
    "name",
    "config.uuid",
    "runtime.powerState",
    "summary.config.vmPathName",
    "summary.runtime.host",
    "summary.runtime.connectionState",
    "config.instanceUuid",
    "config.template",
    "config.guestId",
    "config.hardware.numCPU",
    "config.hardware.memoryMB",
    "config.hardware.device",
    "guest.hostName",
    "guest.net",
    "guest.ipAddress",
    "guest.toolsRunningStatus",
    "guest.toolsVersionStatus2",
    "runtime.host",
    "summary.config.numCpu",
    "summary.config.memorySizeMB",
];
const HOST: &[&str] = &[
    "name",
    "hardware.systemInfo.serialNumber",
    "hardware.cpuInfo",
    "hardware.memorySize",
    "summary.runtime.powerState",
    "summary.runtime.connectionState",
    "parent",
    "summary.config.product.version",
    "summary.config.product.build",
    "summary.hardware.vendor",
    "summary.hardware.model",
    "summary.hardware.numCpuCores",
    "summary.hardware.numCpuThreads",
    "summary.hardware.numCpuPkgs",
    "summary.hardware.cpuModel",
    "summary.hardware.cpuMhz",
    "summary.hardware.memorySize",
    "hardware.systemInfo.otherIdentifyingInfo",
    "config.network.vnic",
    "config.network.consoleVnic",
    "config.virtualNicManagerInfo.netConfig",
    "datastore",
    "config.storageDevice.scsiLun",
    "config.storageDevice.nvmeTopology",
    "runtime.inMaintenanceMode",
];
const CLUSTER: &[&str] = &[
    "name",
    "summary.numHosts",
    "summary.numEffectiveHosts",
    "summary.totalCpu",
    "summary.totalMemory",
];
const DATASTORE: &[&str] = &[
    "name",
    "summary.capacity",
    "summary.freeSpace",
    "summary.type",
    "summary.name",
    "summary.url",
    "summary.multipleHostAccess",
    "host",
    "vm",
];
const PORT_GROUP: &[&str] = &[
    "name",
    "parent",
    "config.distributedVirtualSwitch",
    "host",
    "vm",
];

/// Every property that any reader of inventories asks for.
pub(crate) const EVERYTHING: [(&str, &[&str]); 7] = [
    ("VirtualMachine", VM),
    ("HostSystem", HOST),
    ("ClusterComputeResource", CLUSTER),
    ("Datastore", DATASTORE),
    ("Network", &["name", "host", "vm"]),
    ("DistributedVirtualPortgroup", PORT_GROUP),
    ("DistributedVirtualSwitch", &["name", "uuid"]),
];

async fn everything(builder: SimulatorBuilder) -> Reply {
    let simulator = builder.start().await.expect("started");
    let mut client = Client::log_in(&simulator).await;
    let view = client.view("", &TYPES).await;
    client.retrieve(&view, &EVERYTHING, 0).await
}

/// The objects without the view's id, which belongs to the session.
fn objects(reply: &Reply) -> Vec<&str> {
    reply.all("objects")
}

#[tokio::test]
async fn the_same_seed_gives_the_same_inventory_and_another_does_not() {
    let first = everything(Simulator::builder().seed(7)).await;
    let again = everything(Simulator::builder().seed(7)).await;
    let other = everything(Simulator::builder().seed(8)).await;
    assert!(objects(&first) == objects(&again));
    assert!(objects(&first) != objects(&other));
}

#[tokio::test]
async fn every_reply_is_well_formed_and_types_its_values() {
    let reply = everything(Simulator::builder().vms(400).hosts(20)).await;
    let mut reader = quick_xml::NsReader::from_str(&reply.body);
    let mut values = 0;
    loop {
        match reader.read_event().expect("well-formed XML") {
            quick_xml::events::Event::Start(start) if start.local_name().as_ref() == "val" => {
                values += 1;
                assert!(
                    start.attributes_raw().contains("xsi:type=\""),
                    "{}",
                    start.attributes_raw()
                );
            }
            quick_xml::events::Event::Eof => break,
            _ => {}
        }
    }
    assert!(values > 400 * 15, "{values} values");
}

#[tokio::test]
async fn identifiers_and_addresses_are_unique() {
    let reply = everything(Simulator::builder().vms(2000)).await;
    for tag in ["macAddress>", "mac>"] {
        assert!(reply.body.contains(tag));
    }
    for path in ["config.uuid", "config.instanceUuid", "name"] {
        let header = format!("<name>{path}</name>");
        let values: Vec<&str> = reply
            .all("objects")
            .into_iter()
            .filter(|object| object.starts_with("<obj type=\"VirtualMachine\">"))
            .filter_map(|object| object.split(&header).nth(1)?.split("</propSet>").next())
            .collect();
        assert_eq!(values.len(), 2000, "{path}");
        assert_eq!(values.iter().collect::<HashSet<_>>().len(), 2000, "{path}");
    }
}

#[tokio::test]
async fn the_odd_ones_are_there() {
    let reply = everything(Simulator::builder().vms(3000).hosts(60).clusters(6)).await;
    for odd in [
        "%2f",
        "%5c",
        "%25",
        "(C++)",
        "🚀",
        "&amp;",
        ">vCLS-",
        ">tpl-",
        "suspended",
        "poweredOff",
        "standBy",
        "NFS41",
        "vsan",
        "thinProvisioned>true",
        "eagerlyScrub>true",
        "eagerlyScrub>false",
        "VirtualVmxnet3",
        "VirtualE1000\"",
        "VirtualE1000e",
        "2001:db8:",
        "guestToolsNotInstalled",
        "guestToolsExecutingScripts",
        "172.17.0.1",
        "To Be Filled By O.E.M.",
        "ServiceTag",
        "HostNvmeTopology",
        "localDisk>false",
        "<val xsi:type=\"xsd:boolean\">true</val>",
        "VmwareDistributedVirtualSwitch\">dvs-",
        "type=\"ComputeResource\"",
    ] {
        assert!(reply.body.contains(odd), "{odd}");
    }
    let on_and_silent = objects(&reply)
        .into_iter()
        .any(|vm| vm.contains(">poweredOff<") && vm.contains("guest.hostName"));
    assert!(!on_and_silent, "a machine that is off reports nothing");
}

#[tokio::test]
async fn relations_are_the_same_seen_from_both_ends() {
    let simulator = Simulator::builder()
        .vms(300)
        .start()
        .await
        .expect("started");
    let mut client = Client::log_in(&simulator).await;
    let view = client.view("", &TYPES).await;
    let sets: [(&str, &[&str]); 3] = [
        ("VirtualMachine", &["datastore", "network"]),
        ("Datastore", &["vm"]),
        ("Network", &["vm"]),
    ];
    let reply = client.retrieve(&view, &sets, 0).await;
    let mut from_vms = HashSet::new();
    let mut to_vms = HashSet::new();
    for object in reply.all("objects") {
        let id = object.split(['>', '<']).nth(2).expect("an id");
        for other in object.split("<ManagedObjectReference ").skip(1) {
            let other = other.split(['>', '<']).nth(1).expect("an id");
            if id.starts_with("vm-") {
                from_vms.insert((id, other));
            } else {
                to_vms.insert((other, id));
            }
        }
    }
    assert!(from_vms.len() > 500);
    assert_eq!(from_vms, to_vms);
}

#[tokio::test]
async fn strange_sizes_are_served_too() {
    for (vms, hosts, clusters) in [
        (0, 0, 0),
        (5, 0, 0),
        (0, 3, 0),
        (3, 1, 4),
        (10, 2, 1),
        (1, 100, 33),
    ] {
        let simulator = Simulator::builder()
            .vms(vms)
            .hosts(hosts)
            .clusters(clusters)
            .start()
            .await
            .expect("started");
        let mut client = Client::log_in(&simulator).await;
        let view = client.view("", &TYPES).await;
        let reply = client.retrieve(&view, &EVERYTHING, 0).await;
        let count = |prefix: &str| {
            reply
                .objects()
                .into_iter()
                .filter(|id| id.starts_with(prefix))
                .count()
        };
        let size = |number: u32| usize::try_from(number).expect("a size");
        assert_eq!(
            (count("vm-"), count("host-"), count("domain-c")),
            (size(vms), size(hosts), size(clusters))
        );
    }
}
