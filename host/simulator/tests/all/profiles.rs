//! Products of every age, and an ESXi host of its own.

use crate::client::{Client, TYPES};
use stocktake_simulator::{Profile, Simulator};

async fn start(profile: Profile) -> Simulator {
    let builder = Simulator::builder().vms(6).hosts(4).clusters(1);
    builder.profile(profile).start().await.expect("started")
}

#[tokio::test]
async fn each_profile_answers_its_version_and_refuses_the_api_of_a_newer_one() {
    for (profile, version, api) in [
        (Profile::V6_5, "6.5.0", "6.5"),
        (Profile::V6_7, "6.7.0", "6.7.3"),
        (Profile::V7_0, "7.0.3", "7.0.3.0"),
        (Profile::V8_0, "8.0.3", "8.0.3.0"),
        (Profile::V9_0, "9.0.0", "9.0.0.0"),
        (Profile::V9_1, "9.1.0", "9.1.0.0"),
        (Profile::Esxi, "8.0.3", "8.0.3.0"),
    ] {
        let simulator = start(profile).await;
        let mut client = Client::connect(&simulator).await;
        let content = client.simple("RetrieveServiceContent").await;
        assert_eq!(content.all("version"), [version], "{profile}");
        assert_eq!(content.all("apiVersion"), [api], "{profile}");
        for (action, status) in [
            (format!("\"urn:vim25/{api}\""), 200),
            ("\"urn:vim25/6.0\"".to_owned(), 200),
            ("\"urn:vim25\"".to_owned(), 200),
            ("\"urn:vim25/10.0.0.0\"".to_owned(), 500),
        ] {
            client.action = Some(action.clone());
            let reply = client.simple("RetrieveServiceContent").await;
            assert_eq!(reply.status, status, "{profile}: {action}");
        }
    }
}

#[tokio::test]
async fn a_property_newer_than_the_profile_is_unknown() {
    for (kind, path, older, newer) in [
        (
            "HostSystem",
            "config.storageDevice.nvmeTopology",
            Profile::V6_7,
            Profile::V7_0,
        ),
        (
            "VirtualMachine",
            "config.createDate",
            Profile::V6_5,
            Profile::V6_7,
        ),
        (
            "DistributedVirtualPortgroup",
            "config.backingType",
            Profile::V6_7,
            Profile::V7_0,
        ),
    ] {
        for (profile, is_known) in [(older, false), (newer, true)] {
            let simulator = start(profile).await;
            assert_eq!(
                simulator.properties().contains(&(kind, path)),
                is_known,
                "{path}"
            );
            let mut client = Client::log_in(&simulator).await;
            let view = client.view("", &[kind]).await;
            let reply = client.retrieve(&view, &[(kind, &[path])], 0).await;
            let fault = (!is_known).then_some("InvalidProperty");
            assert_eq!(reply.fault(), fault, "{profile} {path}");
        }
    }
}

#[tokio::test]
async fn an_element_newer_than_the_profile_is_absent() {
    for (profile, is_there) in [(Profile::V6_7, false), (Profile::V7_0, true)] {
        let simulator = start(profile).await;
        let mut client = Client::log_in(&simulator).await;
        let view = client.view("", &["VirtualMachine"]).await;
        let sets: [(&str, &[&str]); 1] = [("VirtualMachine", &["guest.disk"])];
        let reply = client.retrieve(&view, &sets, 0).await;
        assert!(reply.body.contains("<diskPath>"), "{profile}");
        assert_eq!(
            reply.body.contains("<filesystemType>"),
            is_there,
            "{profile}"
        );
    }
}

#[tokio::test]
async fn an_esxi_host_has_fixed_names_numbered_vms_and_nothing_distributed() {
    let simulator = start(Profile::Esxi).await;
    let mut client = Client::log_in(&simulator).await;
    let view = client.view("ha-folder-root", &TYPES).await;
    let sets: Vec<(&str, &[&str])> = TYPES.map(|kind| (kind, &["name"][..])).into();
    let reply = client.retrieve(&view, &sets, 0).await;
    let objects = reply.objects();
    assert_eq!(objects[..6], ["1", "2", "3", "4", "5", "6"]);
    assert!(objects.contains(&"ha-host"), "{objects:?}");
    for id in objects {
        assert!(!id.starts_with("dv") && !id.starts_with("domain"), "{id}");
    }
    let reply = client
        .object("HostSystem", "ha-host", &["parent", "datastore"])
        .await;
    assert!(reply.body.contains(">ha-compute-res<"), "{}", reply.body);
    let reply = client.object("VirtualMachine", "7", &["name"]).await;
    assert_eq!(reply.fault(), Some("ManagedObjectNotFound"));
}
