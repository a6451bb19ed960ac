//! Views, retrievals and their pages.

use crate::client::{Client, TYPES, prop_set, retrieval, view_filter};
use stocktake_simulator::Simulator;

#[tokio::test]
async fn pages_together_are_the_announced_list_in_its_order() {
    let simulator = Simulator::builder()
        .vms(250)
        .start()
        .await
        .expect("started");
    let mut client = Client::log_in(&simulator).await;
    let view = client.view("", &TYPES).await;
    let sets: Vec<(&str, &[&str])> = TYPES
        .iter()
        .map(|kind| (*kind, &["name"][..]))
        .chain([("ContainerView", &["view"][..])])
        .collect();
    let mut reply = client.retrieve(&view, &sets, 100).await;
    let announced: Vec<String> = reply
        .all("ManagedObjectReference")
        .into_iter()
        .map(str::to_owned)
        .collect();
    let token = reply.body.find("<token>").expect("a token");
    assert!(
        token < reply.body.find("<objects>").expect("objects"),
        "the token stands before the objects"
    );
    let mut returned: Vec<String> = Vec::new();
    let mut pages = 1;
    loop {
        returned.extend(reply.objects().into_iter().map(str::to_owned));
        let Some(token) = reply.token().map(str::to_owned) else {
            break;
        };
        assert_eq!(reply.all("objects").len(), 100);
        assert_eq!(simulator.counters().tokens_open, 1);
        reply = client.resume(&token).await;
        pages += 1;
    }
    let totals = simulator.totals();
    let total = totals.vms
        + totals.hosts
        + totals.clusters
        + totals.datastores
        + totals.networks
        + totals.port_groups
        + totals.switches;
    assert_eq!(announced.len(), usize::try_from(total).expect("a size"));
    assert_eq!(returned, announced);
    // The view itself is an object of the first page.
    assert_eq!(pages, (announced.len() + 1).div_ceil(100));
    assert_eq!(simulator.counters().tokens_open, 0);
}

#[tokio::test]
async fn a_page_that_holds_exactly_the_rest_has_no_token() {
    let simulator = Simulator::builder().vms(40).start().await.expect("started");
    let mut client = Client::log_in(&simulator).await;
    let view = client.view("", &["VirtualMachine"]).await;
    let sets: [(&str, &[&str]); 1] = [("VirtualMachine", &["name"])];
    let whole = client.retrieve(&view, &sets, 40).await;
    assert_eq!((whole.objects().len(), whole.token()), (40, None));
    let unlimited = client.retrieve(&view, &sets, 0).await;
    assert_eq!((unlimited.objects().len(), unlimited.token()), (40, None));
    let short = client.retrieve(&view, &sets, 39).await;
    let token = short.token().expect("a token").to_owned();
    assert_eq!(client.resume(&token).await.objects().len(), 1);
    assert_eq!(
        client.resume(&token).await.fault(),
        Some("InvalidArgument"),
        "a token is good for one continuation"
    );
}

#[tokio::test]
async fn cancelling_closes_the_token() {
    let simulator = Simulator::builder().vms(40).start().await.expect("started");
    let mut client = Client::log_in(&simulator).await;
    let view = client.view("", &["VirtualMachine"]).await;
    let reply = client
        .retrieve(&view, &[("VirtualMachine", &["name"])], 10)
        .await;
    let token = reply.token().expect("a token").to_owned();
    assert_eq!(simulator.counters().tokens_open, 1);
    assert_eq!(client.cancel(&token).await.status, 200);
    let counters = simulator.counters();
    assert_eq!((counters.tokens_open, counters.cancel_calls), (0, 1));
}

#[tokio::test]
async fn the_most_specific_selection_applies_to_a_subtype() {
    let simulator = Simulator::builder().start().await.expect("started");
    let mut client = Client::log_in(&simulator).await;
    let view = client.view("", &["Network"]).await;
    let base: [(&str, &[&str]); 1] = [("Network", &["name"])];
    let reply = client.retrieve(&view, &base, 0).await;
    let totals = simulator.totals();
    let expected = usize::try_from(totals.networks + totals.port_groups).expect("a size");
    assert_eq!(reply.objects().len(), expected, "port groups are networks");
    let both: [(&str, &[&str]); 2] = [
        ("DistributedVirtualPortgroup", &["key"]),
        ("Network", &["name"]),
    ];
    let reply = client.retrieve(&view, &both, 0).await;
    let count = |text: &str| u32::try_from(reply.body.matches(text).count()).expect("a count");
    assert_eq!(count("<name>key</name>"), totals.port_groups);
    assert_eq!(count("<name>name</name>"), totals.networks);
}

#[tokio::test]
async fn a_scoped_view_holds_its_container_only() {
    let simulator = Simulator::builder()
        .vms(200)
        .hosts(20)
        .clusters(2)
        .start()
        .await
        .expect("started");
    let mut client = Client::log_in(&simulator).await;
    let whole = client
        .view("", &["Datacenter", "ClusterComputeResource"])
        .await;
    let reply = client
        .retrieve(&whole, &[("ManagedEntity", &["name"])], 0)
        .await;
    let containers: Vec<String> = reply.objects().into_iter().map(str::to_owned).collect();
    let mut seen = Vec::new();
    for datacenter in containers.iter().filter(|id| id.starts_with("datacenter-")) {
        let view = client.view(datacenter, &["VirtualMachine"]).await;
        let vms = client
            .retrieve(&view, &[("VirtualMachine", &["name"])], 0)
            .await;
        seen.extend(vms.objects().into_iter().map(str::to_owned));
    }
    assert_eq!(seen.len(), 200);
    let cluster = containers
        .iter()
        .find(|id| id.starts_with("domain-c"))
        .expect("a cluster");
    let view = client.view(cluster, &["HostSystem"]).await;
    let hosts = client
        .retrieve(&view, &[("HostSystem", &["parent"])], 0)
        .await;
    assert_eq!(hosts.objects().len(), 9);
    assert_eq!(hosts.body.matches(&format!(">{cluster}</val>")).count(), 9);
}

#[tokio::test]
async fn objects_are_read_one_by_one_and_missing_ones_are_named() {
    let simulator = Simulator::builder().start().await.expect("started");
    let mut client = Client::log_in(&simulator).await;
    let filter = format!(
        "{}<objectSet><obj type=\"VirtualMachine\">vm-1003</obj></objectSet><objectSet><obj type=\"VirtualMachine\">vm-1002</obj></objectSet><objectSet><obj type=\"HostSystem\">host-99999</obj></objectSet>",
        prop_set("VirtualMachine", &["name", "config.uuid"])
    );
    let reply = client.call(&retrieval(&filter, 0)).await;
    assert_eq!(
        (reply.status.as_u16(), reply.fault()),
        (500, Some("ManagedObjectNotFound"))
    );
    assert!(reply.body.contains(">host-99999</obj>"));
    let tolerant =
        format!("{filter}<reportMissingObjectsInResults>true</reportMissingObjectsInResults>");
    assert_eq!(
        client.call(&retrieval(&tolerant, 0)).await.objects(),
        ["vm-1003", "vm-1002"]
    );
}

#[tokio::test]
async fn an_unknown_property_is_named() {
    let simulator = Simulator::builder()
        .version("6.7.0")
        .start()
        .await
        .expect("started");
    let mut client = Client::log_in(&simulator).await;
    let view = client.view("", &TYPES).await;
    for (kind, path) in [
        ("VirtualMachine", "config.colour"),
        ("Network", "config.distributedVirtualSwitch"),
        ("ManagedEntity", "shape"),
        ("HostSystem", "config.storageDevice.nvmeTopology"),
    ] {
        let reply = client.retrieve(&view, &[(kind, &["name", path])], 0).await;
        assert_eq!(
            (reply.status.as_u16(), reply.fault()),
            (500, Some("InvalidProperty"))
        );
        assert!(
            reply.body.contains(&format!("<name>{path}</name>")),
            "{}",
            reply.body
        );
    }
}

#[tokio::test]
async fn the_old_call_answers_everything_as_a_plain_list() {
    let simulator = Simulator::builder().start().await.expect("started");
    let mut client = Client::log_in(&simulator).await;
    let view = client.view("", &["VirtualMachine"]).await;
    let filter = view_filter(&view, &[("VirtualMachine", &["name"])]);
    let reply = client
        .call(&format!("<RetrieveProperties xmlns=\"urn:vim25\"><_this type=\"PropertyCollector\">propertyCollector</_this><specSet>{filter}</specSet></RetrieveProperties>"))
        .await;
    assert_eq!(reply.all("returnval").len(), 100);
    assert!(!reply.body.contains("<objects>"));
}
