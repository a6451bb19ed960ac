//! What an inventory holds besides what ledgers store.

use crate::client::{Client, Reply, TYPES, prop_set, retrieval};
use crate::inventory::EVERYTHING;
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::fmt::Write;
use stocktake_simulator::{Profile, Simulator, SimulatorBuilder};

/// Of the objects of [`EVERYTHING`] in an inventory of 400 VMs.
const DIGEST: &str = "451282b3881376627ef019b62c0df33586cc4dd4ae0ed00cdff1579af3331456";

/// Ledgers compare what they stored with what they read: another value is a change that never happened.
#[tokio::test]
async fn properties_that_ledgers_store_keep_their_values() {
    let builder = Simulator::builder().vms(400).hosts(20).clusters(5);
    let simulator = builder.start().await.expect("started");
    let mut client = Client::log_in(&simulator).await;
    let view = client.view("", &TYPES).await;
    let reply = client.retrieve(&view, &EVERYTHING, 0).await;
    let mut digest = Sha256::new();
    for object in reply.all("objects") {
        digest.update(object);
    }
    let mut found = String::new();
    for byte in digest.finalize() {
        write!(found, "{byte:02x}").expect("a string");
    }
    assert_eq!(found, DIGEST);
}

fn varied() -> SimulatorBuilder {
    Simulator::builder().vms(300).hosts(24).clusters(3).varied()
}

async fn read(builder: SimulatorBuilder, sets: &[(&str, &[&str])]) -> Reply {
    let simulator = builder.start().await.expect("started");
    let mut client = Client::log_in(&simulator).await;
    let types: Vec<&str> = sets.iter().map(|(name, _)| *name).collect();
    let view = client.view("", &types).await;
    let reply = client.retrieve(&view, sets, 0).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply
}

#[tokio::test]
async fn a_varied_inventory_has_rare_hardware_and_others_have_none() {
    let sets: [(&str, &[&str]); 1] = [("VirtualMachine", &["config.hardware.device"])];
    let rare = read(varied(), &sets).await;
    let plain = read(Simulator::builder().vms(300).hosts(24).clusters(3), &sets).await;
    for device in [
        "physicalMode",
        "virtualMode",
        "independent_persistent",
        "independent_nonpersistent",
        "sharingMultiWriter",
        "VirtualTPM",
        "VirtualUSB\"",
        "VirtualNVMEController",
        "VirtualCdromAtapiBackingInfo",
        "OpaqueNetworkBackingInfo",
        "<label>Hard disk 60<",
        "<label>Network adapter 10<",
        "<label>SCSI controller 3<",
        "-000032.vmdk",
    ] {
        assert!(rare.body.contains(device), "{device}");
        assert!(!plain.body.contains(device), "{device}");
    }
}

#[tokio::test]
async fn the_members_of_pools_and_vapps_are_the_same_seen_from_both_ends() {
    let sets: [(&str, &[&str]); 3] = [
        ("VirtualMachine", &["resourcePool"]),
        ("ResourcePool", &["vm"]),
        ("VirtualApp", &["vm"]),
    ];
    let reply = read(varied(), &sets).await;
    let mut from_vms = HashSet::new();
    let mut to_vms = HashSet::new();
    for object in reply.all("objects") {
        let id = object.split(['>', '<']).nth(2).expect("an id");
        let others = object.split("xsi:type=\"ManagedObjectReference\">").skip(1);
        for other in others.filter_map(|other| other.split('<').next()) {
            if id.starts_with("vm-") {
                from_vms.insert((id, other));
            } else {
                to_vms.insert((other, id));
            }
        }
    }
    assert!(
        from_vms
            .iter()
            .any(|(_, pool)| pool.starts_with("resgroup-v"))
    );
    assert!(from_vms.len() > 250);
    assert_eq!(from_vms, to_vms);
}

#[tokio::test]
async fn a_vm_of_a_vapp_has_no_folder_and_lies_in_one_all_the_same() {
    let simulator = varied().start().await.expect("started");
    let mut client = Client::log_in(&simulator).await;
    let view = client.view("group-v3", &["VirtualMachine"]).await;
    let sets: [(&str, &[&str]); 1] = [("VirtualMachine", &["parent", "parentVApp"])];
    let reply = client.retrieve(&view, &sets, 0).await;
    let has = |object: &&str, path: &str| object.contains(&format!("<name>{path}</name>"));
    let objects = reply.all("objects");
    let in_vapps = objects.iter().filter(|vm| has(vm, "parentVApp")).count();
    assert!(in_vapps > 0 && in_vapps < objects.len());
    for vm in objects {
        assert!(has(&vm, "parent") != has(&vm, "parentVApp"), "{vm}");
    }
}

#[tokio::test]
async fn kinds_that_extend_others_are_listed_with_them() {
    for (of, also) in [
        ("Folder", "StoragePod"),
        ("ResourcePool", "VirtualApp"),
        ("Network", "OpaqueNetwork"),
    ] {
        let reply = read(varied(), &[(of, &["name"])]).await;
        let is_there = |kind: &str| reply.body.contains(&format!("<obj type=\"{kind}\">"));
        assert!(is_there(of) && is_there(also), "{of}");
    }
}

#[tokio::test]
async fn custom_attributes_are_defined_by_a_manager_that_no_view_lists() {
    let simulator = varied().start().await.expect("started");
    let mut client = Client::log_in(&simulator).await;
    let filter = format!(
        "{}<objectSet><obj type=\"CustomFieldsManager\">CustomFieldsManager</obj></objectSet>",
        prop_set("CustomFieldsManager", &["field"])
    );
    let reply = client.call(&retrieval(&filter, 0)).await;
    assert!(reply.all("CustomFieldDef").len() > 300, "{}", reply.body);
    let view = client.view("", &[]).await;
    let reply = client
        .retrieve(&view, &[("ManagedEntity", &["name"])], 0)
        .await;
    assert!(!reply.body.contains("CustomFieldsManager"));
}

#[tokio::test]
async fn an_esxi_host_has_a_pool_and_neither_attributes_nor_vapps() {
    let builder = Simulator::builder().vms(20).profile(Profile::Esxi).varied();
    let simulator = builder.start().await.expect("started");
    let totals = simulator.totals();
    assert_eq!((totals.resource_pools, totals.vapps), (1, 0));
    let mut client = Client::log_in(&simulator).await;
    let content = client.simple("RetrieveServiceContent").await;
    assert!(!content.body.contains("customFieldsManager"));
    let reply = client
        .object("VirtualMachine", "1", &["resourcePool", "customValue"])
        .await;
    assert!(reply.body.contains(">ha-root-pool<"), "{}", reply.body);
    assert!(!reply.body.contains("customValue"), "{}", reply.body);
}
