//! Faults of property values, seen from outside.

use crate::client::{Client, Reply};
use crate::faults::with;
use std::collections::{HashMap, HashSet};
use stocktake_simulator::{Fault, Simulator};

pub(crate) const MACHINES: &str = "VirtualMachine";

/// The properties of all VMs, each VM's markup under its MoRef.
pub(crate) async fn machines(simulator: &Simulator, paths: &[&str]) -> HashMap<String, Reply> {
    let mut client = Client::log_in(simulator).await;
    let view = client.view("", &[MACHINES]).await;
    let reply = client.retrieve(&view, &[(MACHINES, paths)], 0).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let pieces = reply.body.split("<objects>").skip(1);
    pieces
        .map(|piece| {
            let one = Reply {
                status: reply.status,
                headers: reply.headers.clone(),
                body: piece.to_owned(),
                wire_bytes: piece.len(),
            };
            (one.all("obj")[0].to_owned(), one)
        })
        .collect()
}

fn missing(machine: &Reply) -> Vec<(&str, &str)> {
    let fault = machine
        .body
        .matches("<fault xsi:type=\"NoPermission\">")
        .count();
    let paths = machine.all("path");
    assert_eq!(fault, paths.len());
    paths.into_iter().zip(machine.all("privilegeId")).collect()
}

#[tokio::test]
async fn name_unreadable_hides_the_name_of_one_machine_only() {
    let simulator = with(Fault::NameUnreadable).await;
    let victim = simulator.victim(Fault::NameUnreadable).expect("a victim");
    for (id, machine) in machines(&simulator, &["name", "config.uuid"]).await {
        let expected: &[(&str, &str)] = if id == victim {
            &[("name", "System.View")]
        } else {
            &[]
        };
        assert_eq!(missing(&machine), expected, "{id}");
        assert!(machine.body.contains("<name>config.uuid</name>"));
    }
}

#[tokio::test]
async fn host_unreadable_hides_where_every_machine_runs() {
    let simulator = with(Fault::HostUnreadable).await;
    let paths = &["name", "runtime.host", "summary.runtime.host"];
    let machines = machines(&simulator, paths).await;
    assert_eq!(machines.len(), 60);
    for machine in machines.values() {
        let refused = |path| (path, "System.Read");
        assert_eq!(
            missing(machine),
            [refused("runtime.host"), refused("summary.runtime.host")]
        );
        assert_eq!(machine.all("name"), ["name"]);
    }
}

#[tokio::test]
async fn undecodable_vm_configures_text_and_summarises_numbers() {
    let simulator = with(Fault::UndecodableVm).await;
    let victim = simulator.victim(Fault::UndecodableVm).expect("a victim");
    let paths = &[
        "config.hardware.numCPU",
        "config.hardware.memoryMB",
        "summary.config.numCpu",
        "summary.config.memorySizeMB",
    ];
    for (id, machine) in machines(&simulator, paths).await {
        let numbers: Vec<bool> = machine
            .all("val")
            .iter()
            .map(|text| text.parse::<u32>().is_ok())
            .collect();
        let sound = id != victim;
        assert_eq!(numbers, [sound, sound, true, true], "{id}");
        assert_eq!(machine.body.matches("xsi:type=\"xsd:int\"").count(), 4);
    }
}

async fn identifiers(simulator: &Simulator) -> HashMap<String, (String, String)> {
    let machines = machines(simulator, &["config.uuid", "config.instanceUuid"]).await;
    let pair = |machine: &Reply| {
        let values = machine.all("val");
        (values[0].to_owned(), values[1].to_owned())
    };
    machines
        .iter()
        .map(|(id, machine)| (id.clone(), pair(machine)))
        .collect()
}

#[tokio::test]
async fn duplicate_uuid_gives_two_pairs_of_machines_one_identifier_each() {
    let simulator = with(Fault::DuplicateUuid).await;
    let victims = simulator.victims(Fault::DuplicateUuid);
    let ids = identifiers(&simulator).await;
    let victim = |nth: usize| &ids[&victims[nth]];
    assert_eq!(victim(0).0, victim(1).0);
    assert_eq!(victim(2).1, victim(3).1);
    let bios: HashSet<_> = ids.values().map(|(bios, _)| bios).collect();
    let instance: HashSet<_> = ids.values().map(|(_, instance)| instance).collect();
    assert_eq!((bios.len(), instance.len()), (59, 59));
}

#[tokio::test]
async fn reused_moref_changes_every_instance_uuid_and_nothing_else() {
    let plain = Simulator::builder().vms(60).start().await.expect("started");
    let rebuilt = with(Fault::ReusedMoref).await;
    let (before, after) = (identifiers(&plain).await, identifiers(&rebuilt).await);
    assert_eq!(before.len(), after.len());
    for (id, (bios, instance)) in &before {
        assert_eq!(&after[id].0, bios);
        assert_ne!(&after[id].1, instance);
        assert_eq!(after[id].1.len(), 36);
    }
}

#[tokio::test]
async fn guest_silent_leaves_no_guest_data() {
    let simulator = with(Fault::GuestSilent).await;
    let paths = &[
        "guest.hostName",
        "guest.net",
        "guest.ipAddress",
        "guest.toolsRunningStatus",
    ];
    for machine in machines(&simulator, paths).await.values() {
        assert_eq!(machine.all("name"), ["guest.toolsRunningStatus"]);
        assert_eq!(machine.all("val"), ["guestToolsNotRunning"]);
    }
}
