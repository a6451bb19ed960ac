//! Logging in and out, and what ends with a session.

use crate::client::Client;
use stocktake_simulator::Simulator;

#[tokio::test]
async fn a_wrong_password_and_a_second_login_are_refused() {
    let simulator = Simulator::builder()
        .credentials("a&b", " pass ")
        .start()
        .await
        .expect("started");
    let mut client = Client::connect(&simulator).await;
    let reply = client.login("a&amp;b", "pass").await;
    assert_eq!(
        (reply.status.as_u16(), reply.fault()),
        (500, Some("InvalidLogin"))
    );
    let reply = client.login("a&amp;b", " pass ").await;
    let cookie = reply.headers["set-cookie"].to_str().expect("ASCII");
    assert!(cookie.starts_with("vmware_soap_session=\"52"), "{cookie}");
    assert!(cookie.ends_with("\"; Path=/; HttpOnly; Secure"), "{cookie}");
    assert_eq!(
        client.login("a&amp;b", " pass ").await.fault(),
        Some("InvalidLogin")
    );
    let counters = simulator.counters();
    assert_eq!((counters.logins, counters.refused_logins), (1, 2));
}

#[tokio::test]
async fn nothing_but_the_service_content_is_answered_without_a_session() {
    let simulator = Simulator::builder().start().await.expect("started");
    let mut client = Client::connect(&simulator).await;
    let content = client.simple("RetrieveServiceContent").await;
    assert_eq!(content.all("version"), ["8.0.3"]);
    assert_eq!(content.all("apiType"), ["VirtualCenter"]);
    for method in [
        "CurrentTime",
        "CreateContainerView",
        "DestroyView",
        "RetrieveProperties",
        "RetrievePropertiesEx",
        "ContinueRetrievePropertiesEx",
        "CancelRetrievePropertiesEx",
        "Logout",
    ] {
        let reply = client.simple(method).await;
        assert_eq!(
            (reply.status.as_u16(), reply.fault()),
            (500, Some("NotAuthenticated")),
            "{method}"
        );
    }
    assert_eq!(
        client.simple("PowerOffVM_Task").await.fault(),
        Some("MethodNotFound")
    );
    assert_eq!(simulator.counters().requests, 10);
}

#[tokio::test]
async fn views_and_tokens_end_with_their_session() {
    let simulator = Simulator::builder().start().await.expect("started");
    let mut client = Client::log_in(&simulator).await;
    let view = client.view("", &["VirtualMachine"]).await;
    client.view("", &["HostSystem"]).await;
    client
        .retrieve(&view, &[("VirtualMachine", &["name"])], 10)
        .await;
    let counters = simulator.counters();
    assert_eq!(
        (
            counters.sessions_open,
            counters.views_open,
            counters.tokens_open
        ),
        (1, 2, 1)
    );
    client.simple("Logout").await;
    let counters = simulator.counters();
    assert_eq!(
        (
            counters.sessions_open,
            counters.views_open,
            counters.tokens_open
        ),
        (0, 0, 0)
    );
    assert_eq!(
        (
            counters.logouts,
            counters.views_created,
            counters.views_destroyed
        ),
        (1, 2, 0)
    );
    assert_eq!(
        client.simple("CurrentTime").await.fault(),
        Some("NotAuthenticated")
    );
}

#[tokio::test]
async fn a_view_is_destroyed_once_and_belongs_to_its_session() {
    let simulator = Simulator::builder().start().await.expect("started");
    let mut client = Client::log_in(&simulator).await;
    let mut other = Client::log_in(&simulator).await;
    let view = client.view("", &["VirtualMachine"]).await;
    let reply = other
        .retrieve(&view, &[("VirtualMachine", &["name"])], 0)
        .await;
    assert_eq!(reply.fault(), Some("ManagedObjectNotFound"));
    let destroy = format!(
        "<DestroyView xmlns=\"urn:vim25\"><_this type=\"ContainerView\">{view}</_this></DestroyView>"
    );
    assert_eq!(client.call(&destroy).await.status, 200);
    assert_eq!(
        client.call(&destroy).await.fault(),
        Some("ManagedObjectNotFound")
    );
    let counters = simulator.counters();
    assert_eq!(
        (
            counters.views_destroyed,
            counters.views_open,
            counters.sessions_open
        ),
        (1, 0, 2)
    );
}

#[tokio::test]
async fn an_unquoted_cookie_is_as_good_as_a_quoted_one() {
    let simulator = Simulator::builder().start().await.expect("started");
    let mut client = Client::log_in(&simulator).await;
    client.cookie = client
        .cookie
        .map(|cookie| format!("other=1; {}", cookie.replace('"', "")));
    let time = client.simple("CurrentTime").await;
    assert!(time.all("returnval")[0].ends_with('Z'), "{}", time.body);
}
