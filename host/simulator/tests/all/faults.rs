//! Every fault, seen from outside.

use crate::client::{Client, Reply};
use http_body_util::BodyExt;
use std::time::Duration;
use stocktake_simulator::{Fault, Simulator};

pub(crate) async fn with(fault: Fault) -> Simulator {
    Simulator::builder()
        .vms(60)
        .fault(fault)
        .start()
        .await
        .expect("started")
}

pub(crate) async fn first_page(client: &mut Client) -> Reply {
    let view = client.view("", &["VirtualMachine"]).await;
    client
        .retrieve(
            &view,
            &[("VirtualMachine", &["name"]), ("ContainerView", &["view"])],
            20,
        )
        .await
}

pub(crate) async fn drain(client: &mut Client) -> (Vec<String>, Vec<String>) {
    let mut reply = first_page(client).await;
    let announced = reply
        .all("ManagedObjectReference")
        .into_iter()
        .map(str::to_owned)
        .collect();
    let mut returned: Vec<String> = Vec::new();
    loop {
        returned.extend(reply.objects().into_iter().map(str::to_owned));
        let Some(token) = reply.token().map(str::to_owned) else {
            break;
        };
        reply = client.resume(&token).await;
    }
    (announced, returned)
}

#[tokio::test]
async fn withhold_vm_keeps_one_announced_machine_back_for_good() {
    let simulator = with(Fault::WithholdVm).await;
    let victim = simulator.victim(Fault::WithholdVm).expect("a victim");
    let mut client = Client::log_in(&simulator).await;
    let (announced, returned) = drain(&mut client).await;
    assert_eq!((announced.len(), returned.len()), (60, 59));
    assert!(announced.contains(&victim) && !returned.contains(&victim));
    let alone = client.object("VirtualMachine", &victim, &["name"]).await;
    assert_eq!((alone.status.as_u16(), alone.objects().len()), (200, 0));
}

#[tokio::test]
async fn vanished_vm_is_announced_and_then_proved_gone() {
    let simulator = with(Fault::VanishedVm).await;
    let victim = simulator.victim(Fault::VanishedVm).expect("a victim");
    let mut client = Client::log_in(&simulator).await;
    let (announced, returned) = drain(&mut client).await;
    assert!(announced.contains(&victim) && !returned.contains(&victim));
    let alone = client.object("VirtualMachine", &victim, &["name"]).await;
    assert_eq!(alone.fault(), Some("ManagedObjectNotFound"));
}

#[tokio::test]
async fn short_list_ends_after_the_second_page() {
    let simulator = with(Fault::ShortList).await;
    let mut client = Client::log_in(&simulator).await;
    let (announced, returned) = drain(&mut client).await;
    assert_eq!((announced.len(), returned.len()), (60, 39));
}

#[tokio::test]
async fn dying_token_refuses_every_continuation_and_can_be_cancelled() {
    let simulator = with(Fault::DyingToken).await;
    let mut client = Client::log_in(&simulator).await;
    let reply = first_page(&mut client).await;
    let token = reply.token().expect("a token");
    for _ in 0..2 {
        let refused = client.resume(token).await;
        assert_eq!(
            (refused.status.as_u16(), refused.fault()),
            (500, Some("RuntimeFault"))
        );
    }
    assert_eq!(client.cancel(token).await.status, 200);
    assert_eq!(simulator.counters().tokens_open, 0);
}

#[tokio::test]
async fn session_lost_is_cured_by_one_login() {
    let simulator = with(Fault::SessionLost).await;
    let mut client = Client::log_in(&simulator).await;
    let reply = first_page(&mut client).await;
    let refused = client.resume(reply.token().expect("a token")).await;
    assert_eq!(refused.fault(), Some("NotAuthenticated"));
    assert_eq!(simulator.counters().sessions_open, 0);
    client
        .login(simulator.username(), simulator.password())
        .await;
    assert_eq!(drain(&mut client).await.1.len(), 60);
}

#[tokio::test]
async fn session_lost_forever_is_not() {
    let simulator = with(Fault::SessionLostForever).await;
    for _ in 0..3 {
        let mut client = Client::log_in(&simulator).await;
        let reply = first_page(&mut client).await;
        let refused = client.resume(reply.token().expect("a token")).await;
        assert_eq!(refused.fault(), Some("NotAuthenticated"));
    }
}

#[tokio::test]
async fn config_unreadable_reports_the_privilege_for_one_machine() {
    let simulator = with(Fault::ConfigUnreadable).await;
    let victim = simulator.victim(Fault::ConfigUnreadable).expect("a victim");
    let mut client = Client::log_in(&simulator).await;
    let view = client.view("", &["VirtualMachine"]).await;
    let paths: &[&str] = &[
        "name",
        "config.uuid",
        "summary.config.numCpu",
        "config.guestId",
    ];
    let reply = client
        .retrieve(&view, &[("VirtualMachine", paths)], 0)
        .await;
    assert_eq!(reply.all("path"), ["config.uuid", "config.guestId"]);
    assert_eq!(reply.all("privilegeId"), ["System.Read"; 2]);
    let object = reply
        .all("objects")
        .into_iter()
        .find(|object| object.contains("missingSet"))
        .expect("one");
    assert!(
        object.contains(&format!(">{victim}</obj>")) && object.contains("summary.config.numCpu")
    );
}

#[tokio::test]
async fn invalid_property_names_the_property() {
    let simulator = with(Fault::InvalidProperty).await;
    let mut client = Client::log_in(&simulator).await;
    let view = client.view("", &["HostSystem"]).await;
    let path = "config.storageDevice.nvmeTopology";
    let reply = client
        .retrieve(&view, &[("HostSystem", &["name", path])], 0)
        .await;
    assert_eq!(
        (reply.fault(), reply.all("name")),
        (Some("InvalidProperty"), vec![path])
    );
}

#[tokio::test]
async fn empty_inventory_has_no_machines_hosts_or_clusters() {
    let simulator = with(Fault::EmptyInventory).await;
    let mut client = Client::log_in(&simulator).await;
    let (announced, returned) = drain(&mut client).await;
    assert!(announced.is_empty() && returned.is_empty());
    let totals = simulator.totals();
    assert_eq!((totals.vms, totals.hosts, totals.clusters), (0, 0, 0));
}

#[tokio::test]
async fn replies_in_front_of_the_server_are_not_soap() {
    for (fault, status, header, value) in [
        (
            Fault::ProxyHtml,
            200,
            "content-type",
            "text/html; charset=utf-8",
        ),
        (
            Fault::BadGateway,
            502,
            "content-type",
            "text/html; charset=utf-8",
        ),
        (
            Fault::Redirect,
            302,
            "location",
            "https://elsewhere.example.com/sdk",
        ),
    ] {
        let simulator = with(fault).await;
        let mut client = Client::connect(&simulator).await;
        let reply = client.simple("RetrieveServiceContent").await;
        assert_eq!(reply.status, status, "{fault}");
        assert_eq!(reply.headers[header], value, "{fault}");
    }
}

#[tokio::test]
async fn rate_limited_refuses_retrievals_only() {
    let simulator = with(Fault::RateLimited).await;
    let mut client = Client::log_in(&simulator).await;
    let reply = first_page(&mut client).await;
    assert_eq!(
        (reply.status.as_u16(), &reply.headers["retry-after"]),
        (429, &"1".parse().expect("a value"))
    );
    assert_eq!(client.simple("Logout").await.status, 200);
}

#[tokio::test]
async fn overloaded_briefly_answers_what_is_asked_again() {
    let simulator = with(Fault::OverloadedBriefly).await;
    let mut client = Client::log_in(&simulator).await;
    for _ in 0..2 {
        let reply = first_page(&mut client).await;
        assert_eq!(
            (reply.status.as_u16(), &reply.headers["retry-after"]),
            (503, &"0".parse().expect("a value"))
        );
        assert_eq!(first_page(&mut client).await.status, 200);
    }
}

#[tokio::test]
async fn truncated_xml_ends_in_an_element_with_its_framing_intact() {
    let simulator = with(Fault::TruncatedXml).await;
    let mut client = Client::log_in(&simulator).await;
    for gzip in [false, true] {
        client.gzip = gzip;
        let reply = first_page(&mut client).await;
        assert_eq!(reply.status, 200);
        assert!(reply.body.contains("<objects>") && !reply.body.contains("</soapenv:Envelope>"));
    }
}

#[tokio::test]
async fn cut_connection_breaks_before_the_announced_length() {
    let simulator = with(Fault::CutConnection).await;
    let mut client = Client::log_in(&simulator).await;
    let view = client.view("", &["VirtualMachine"]).await;
    let filter = crate::client::view_filter(&view, &[("VirtualMachine", &["name"])]);
    let call = crate::client::retrieval(&filter, 20);
    let envelope = format!(
        "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><e:Body>{call}</e:Body></e:Envelope>"
    );
    let mut response = client.send("POST", "/sdk", envelope).await.expect("a head");
    let mut received = 0;
    let broken = loop {
        match response.frame().await {
            Some(Ok(frame)) => received += frame.data_ref().map_or(0, bytes::Bytes::len),
            Some(Err(_)) => break true,
            None => break false,
        }
    };
    assert!(broken && received > 100, "{received} bytes");
}

#[tokio::test]
async fn slow_drip_is_still_dripping_after_a_while() {
    let simulator = with(Fault::SlowDrip).await;
    let mut client = Client::log_in(&simulator).await;
    let page = tokio::time::timeout(Duration::from_millis(300), first_page(&mut client)).await;
    assert!(page.is_err(), "a page of kilobytes takes longer than that");
    assert!(simulator.counters().bytes_sent > 0);
}
