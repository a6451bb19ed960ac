//! Faults of calls and of paging, seen from outside.

use crate::client::{Client, prop_set, resumption, retrieval, view_filter};
use crate::faults::{drain, first_page, with};
use stocktake_simulator::{Fault, Simulator};

#[tokio::test]
async fn continue_refused_names_the_root_folder_and_can_be_cancelled() {
    let simulator = with(Fault::ContinueRefused).await;
    let mut client = Client::log_in(&simulator).await;
    let reply = first_page(&mut client).await;
    let token = reply.token().expect("a token");
    for _ in 0..2 {
        let refused = client.resume(token).await;
        assert_eq!(
            (refused.status.as_u16(), refused.fault()),
            (500, Some("NoPermission"))
        );
        assert_eq!(refused.all("object"), ["group-d1"]);
        assert_eq!(refused.all("privilegeId"), ["System.Read"]);
    }
    assert_eq!(client.cancel(token).await.status, 200);
    assert_eq!(simulator.counters().tokens_open, 0);
}

#[tokio::test]
async fn gone_on_continue_takes_a_machine_of_the_last_page_for_good() {
    let simulator = with(Fault::GoneOnContinue).await;
    let victim = simulator.victim(Fault::GoneOnContinue).expect("a victim");
    let mut client = Client::log_in(&simulator).await;
    let before = client.object("VirtualMachine", &victim, &["name"]).await;
    assert_eq!(before.objects(), [victim.as_str()]);
    let reply = first_page(&mut client).await;
    assert!(reply.all("ManagedObjectReference").contains(&&*victim));
    let token = reply.token().expect("a token").to_owned();
    let refused = client.resume(&token).await;
    assert_eq!(
        (refused.status.as_u16(), refused.fault()),
        (500, Some("ManagedObjectNotFound"))
    );
    assert_eq!(refused.all("obj"), [victim.as_str()]);
    assert_eq!(client.resume(&token).await.objects().len(), 20);
    let (announced, returned) = drain(&mut client).await;
    assert!(announced.contains(&victim) && !returned.contains(&victim));
    assert_eq!(returned.len(), 59);
    let after = client.object("VirtualMachine", &victim, &["name"]).await;
    assert_eq!(after.fault(), Some("ManagedObjectNotFound"));
    let tolerant = format!(
        "{}<objectSet><obj type=\"VirtualMachine\">{victim}</obj></objectSet><reportMissingObjectsInResults>true</reportMissingObjectsInResults>",
        prop_set("VirtualMachine", &["name"])
    );
    let reply = client.call(&retrieval(&tolerant, 0)).await;
    assert_eq!((reply.status.as_u16(), reply.objects().len()), (200, 0));
}

#[tokio::test]
async fn reset_on_continue_spends_the_token_and_answers_nothing_once() {
    let simulator = with(Fault::ResetOnContinue).await;
    let mut client = Client::log_in(&simulator).await;
    let reply = first_page(&mut client).await;
    let token = reply.token().expect("a token").to_owned();
    assert!(client.attempt(&resumption(&token)).await.is_err());
    let mut again = Client::connect(&simulator).await;
    again.cookie = client.cookie.take();
    let refused = again.resume(&token).await;
    assert_eq!(refused.fault(), Some("InvalidArgument"));
    assert_eq!(drain(&mut again).await.1.len(), 60);
}

#[tokio::test]
async fn cut_on_continue_breaks_every_page_but_the_first() {
    let simulator = with(Fault::CutOnContinue).await;
    let mut client = Client::log_in(&simulator).await;
    let reply = first_page(&mut client).await;
    let token = reply.token().expect("a token");
    assert!(client.attempt(&resumption(token)).await.is_err());
    assert_eq!(simulator.counters().tokens_open, 1, "the next page's");
}

#[tokio::test]
async fn session_lost_quietly_gives_a_page_with_nothing_to_read() {
    let simulator = with(Fault::SessionLostQuietly).await;
    let mut client = Client::log_in(&simulator).await;
    let reply = first_page(&mut client).await;
    let page = client.resume(reply.token().expect("a token")).await;
    assert_eq!((page.status.as_u16(), page.objects().len()), (200, 20));
    assert_eq!((page.all("propSet").len(), page.all("path").len()), (0, 20));
    assert_eq!(
        page.body.matches("xsi:type=\"NotAuthenticated\"").count(),
        20
    );
    let counters = simulator.counters();
    assert_eq!((counters.sessions_open, counters.tokens_open), (0, 0));
    let next = client.resume(page.token().expect("a token")).await;
    assert_eq!(next.fault(), Some("NotAuthenticated"));
    client
        .login(simulator.username(), simulator.password())
        .await;
    assert_eq!(drain(&mut client).await.1.len(), 60);
}

#[tokio::test]
async fn unknown_option_refuses_requests_that_report_missing_objects() {
    let simulator = with(Fault::UnknownOption).await;
    let mut client = Client::log_in(&simulator).await;
    let view = client.view("", &["VirtualMachine"]).await;
    let plain = view_filter(&view, &[("VirtualMachine", &["name"])]);
    for value in ["true", "false"] {
        let tag = "reportMissingObjectsInResults";
        let filter = format!("{plain}<{tag}>{value}</{tag}>");
        let refused = client.call(&retrieval(&filter, 20)).await;
        assert_eq!(
            (refused.status.as_u16(), refused.fault()),
            (500, Some("InvalidRequest"))
        );
        let reason = refused.all("faultstring")[0];
        assert!(reason.starts_with("Unexpected element tag &quot;reportMissing"));
    }
    assert_eq!(client.call(&retrieval(&plain, 0)).await.objects().len(), 60);
}

#[tokio::test]
async fn soap_fault_and_json_fault_refuse_retrievals_only() {
    for (fault, kind, text) in [
        (Fault::SoapFault, "text/xml; charset=utf-8", "<RuntimeFault"),
        (
            Fault::JsonFault,
            "application/json",
            "\"_typeName\":\"RuntimeFault\"",
        ),
    ] {
        let simulator = with(fault).await;
        let mut client = Client::log_in(&simulator).await;
        let reply = first_page(&mut client).await;
        assert_eq!(
            (reply.status.as_u16(), &reply.headers["content-type"]),
            (500, &kind.parse().expect("a value"))
        );
        assert!(reply.body.contains(text), "{}", reply.body);
        assert_eq!(client.simple("CurrentTime").await.status, 200);
        assert_eq!(client.simple("Logout").await.status, 200);
    }
}

#[tokio::test]
async fn single_page_answers_everything_at_once() {
    let simulator = with(Fault::SinglePage).await;
    let mut client = Client::log_in(&simulator).await;
    let reply = first_page(&mut client).await;
    assert_eq!((reply.objects().len(), reply.token()), (60, None));
}

#[tokio::test]
async fn duplicate_objects_repeats_the_last_object_of_each_page() {
    let simulator = with(Fault::DuplicateObjects).await;
    let mut client = Client::log_in(&simulator).await;
    let view = client.view("", &["VirtualMachine"]).await;
    let sets: &[(&str, &[&str])] = &[("VirtualMachine", &["name"])];
    let mut reply = client.retrieve(&view, sets, 20).await;
    let mut seen = 0;
    while let Some(token) = reply.token().map(str::to_owned) {
        let last = reply.objects().last().map(|&id| id.to_owned());
        seen += reply.objects().len();
        reply = client.resume(&token).await;
        assert_eq!(reply.objects().first().map(|&id| id.to_owned()), last);
    }
    assert_eq!(seen + reply.objects().len(), 60 + 3);
    let mut reply = client.retrieve(&view, sets, 1).await;
    for _ in 1..60 {
        let token = reply.token().expect("a token").to_owned();
        reply = client.resume(&token).await;
    }
    assert_eq!(reply.token(), None, "pages of one object come to an end");
}

#[tokio::test]
async fn overloaded_is_html_that_names_no_time_to_wait() {
    let simulator = with(Fault::Overloaded).await;
    let mut client = Client::connect(&simulator).await;
    let reply = client.simple("RetrieveServiceContent").await;
    assert_eq!(
        (reply.status.as_u16(), &reply.headers["content-type"]),
        (503, &"text/html; charset=utf-8".parse().expect("a value"))
    );
    assert!(!reply.headers.contains_key("retry-after"));
}

#[tokio::test]
async fn faults_combine_and_each_keeps_to_itself() {
    let simulator = Simulator::builder()
        .vms(60)
        .fault(Fault::WithholdVm)
        .fault(Fault::SinglePage)
        .fault(Fault::GzipUnasked)
        .fault(Fault::ClockSkew)
        .start()
        .await
        .expect("started");
    let victim = simulator.victim(Fault::WithholdVm).expect("a victim");
    assert_eq!(simulator.victim(Fault::NameUnreadable), None);
    let mut client = Client::log_in(&simulator).await;
    let reply = first_page(&mut client).await;
    assert_eq!((reply.objects().len(), reply.token()), (59, None));
    assert!(!reply.objects().contains(&&*victim));
    assert_eq!(reply.headers["content-encoding"], "gzip");
}
