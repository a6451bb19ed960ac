//! Faults of whole objects: their existence and their contents.

use crate::client::{Client, TYPES};
use crate::faults::with;
use crate::faults_values::machines;
use stocktake_simulator::Fault;

#[tokio::test]
async fn limited_role_sees_one_datacenter_and_not_the_root() {
    let simulator = with(Fault::LimitedRole).await;
    let seen = simulator.victim(Fault::LimitedRole).expect("a datacenter");
    assert!(seen.starts_with("datacenter-"));
    let mut client = Client::log_in(&simulator).await;
    let below = client.view(&seen, &TYPES).await;
    let all = client.view("", &TYPES).await;
    let sets: &[(&str, &[&str])] = &[("ManagedEntity", &["name"]), ("ContainerView", &["view"])];
    let narrow = client.retrieve(&below, sets, 0).await;
    let wide = client.retrieve(&all, sets, 0).await;
    assert_eq!(narrow.objects(), wide.objects());
    assert!(wide.all("missingSet").is_empty());
    let machines = wide
        .objects()
        .into_iter()
        .filter(|id| id.starts_with("vm-"));
    assert!((1..60).contains(&machines.count()));
    let root = client
        .object("Folder", "group-d1", &["name", "childEntity"])
        .await;
    assert_eq!(root.all("path"), ["name", "childEntity"]);
    assert_eq!(root.all("privilegeId"), ["System.Read", "System.Read"]);
    assert!(root.all("propSet").is_empty());
}

#[tokio::test]
async fn host_out_of_sight_is_listed_nowhere_and_named_by_its_vms() {
    let simulator = with(Fault::HostOutOfSight).await;
    let unseen = simulator.victim(Fault::HostOutOfSight).expect("a host");
    let mut client = Client::log_in(&simulator).await;
    let all = client.view("", &TYPES).await;
    let sets: &[(&str, &[&str])] = &[
        ("HostSystem", &["name"]),
        ("VirtualMachine", &["runtime.host"]),
        ("ContainerView", &["view"]),
    ];
    let reply = client.retrieve(&all, sets, 0).await;
    assert!(reply.objects().iter().any(|id| id.starts_with("host-")));
    assert!(!reply.objects().contains(&unseen.as_str()));
    let named = format!("type=\"HostSystem\" xsi:type=\"ManagedObjectReference\">{unseen}</val>");
    assert!(reply.body.contains(&named), "no VM names {unseen}");
    assert!(
        !reply
            .body
            .contains(&format!(">{unseen}</ManagedObjectReference>"))
    );
    let asked = client.object("HostSystem", &unseen, &["name"]).await;
    assert_eq!(asked.all("privilegeId"), ["System.Read"]);
}

#[tokio::test]
async fn ghosts_are_five_machines_that_each_lack_something() {
    let simulator = with(Fault::Ghosts).await;
    let ghosts = simulator.victims(Fault::Ghosts);
    assert_eq!(ghosts.len(), 5);
    let paths = &[
        "name",
        "config.uuid",
        "config.template",
        "config.hardware.device",
        "runtime.connectionState",
        "runtime.powerState",
        "summary.config.numCpu",
        "summary.config.memorySizeMB",
        "summary.config.uuid",
        "guest.net",
    ];
    let machines = machines(&simulator, paths).await;
    let ghost = |nth: usize| &machines[&ghosts[nth]];
    let has = |nth: usize, text: &str| ghost(nth).body.contains(text);
    assert!(ghost(0).all("val")[0].starts_with("vCLS-") && !has(0, "<name>guest.net"));
    assert_eq!(ghost(0).all("val")[0].len(), "vCLS-".len() + 36);
    assert_eq!(ghost(1).all("val")[2], "true");
    assert!(has(2, ">orphaned<") && has(2, "<name>config.uuid<"));
    assert!(has(3, ">inaccessible<") && !has(3, "<name>config."));
    assert!(has(4, ">connected<") && !has(4, "<name>config."));
    let left: Vec<_> = ghost(4).all("name");
    assert_eq!(
        left,
        [
            "name",
            "runtime.connectionState",
            "runtime.powerState",
            "summary.config.numCpu",
            "summary.config.memorySizeMB",
        ]
    );
    let unset = machines
        .values()
        .filter(|machine| !machine.body.contains("<name>config.uuid<"));
    assert_eq!(unset.count(), 2);
}

#[tokio::test]
async fn many_disks_are_four_thousand_in_one_machine() {
    let simulator = with(Fault::ManyDisks).await;
    let victim = simulator.victim(Fault::ManyDisks).expect("a victim");
    let machines = machines(&simulator, &["config.hardware.device"]).await;
    for (id, machine) in &machines {
        let disks = machine.body.matches("xsi:type=\"VirtualDisk\"").count();
        let expected = if *id == victim { 4000..4001 } else { 1..4 };
        assert!(expected.contains(&disks), "{id}: {disks}");
    }
    assert!(
        machines[&victim]
            .body
            .contains("<label>Hard disk 4000</label>")
    );
}

#[tokio::test]
async fn future_type_adds_to_devices_objects_and_replies() {
    let simulator = with(Fault::FutureType).await;
    let mut client = Client::log_in(&simulator).await;
    let content = client.simple("RetrieveServiceContent").await;
    assert!(content.body.contains("</statistics></returnval>"));
    let view = client.view("", &["VirtualMachine"]).await;
    assert!(view.starts_with("session[") && !view.contains('<'));
    let sets: &[(&str, &[&str])] = &[("VirtualMachine", &["config.hardware.device"])];
    let reply = client.retrieve(&view, sets, 0).await;
    assert!(reply.body.contains("</statistics></returnval>"));
    assert_eq!(reply.body.matches("</provenance></objects>").count(), 60);
    let strange = reply
        .body
        .matches("xsi:type=\"VirtualQuantumBridge\"")
        .count();
    assert_eq!(strange, 60);
    assert_eq!(reply.body.matches("</VirtualDevice></val>").count(), 60);
}
