//! Tags, over the Automation API.

use crate::client::Client;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::collections::HashSet;
use stocktake_simulator::{Fault, Profile, Simulator, SimulatorBuilder};

/// How a family of paths spells things.
struct Family {
    session: &'static str,
    tagging: &'static str,
    action: &'static str,
    id: &'static str,
    /// Status of a session that was opened, and of one that was closed.
    statuses: (u16, u16),
    is_wrapped: bool,
}

const API: Family = Family {
    session: "/api/session",
    tagging: "/api/cis/tagging",
    action: "action",
    id: "",
    statuses: (201, 204),
    is_wrapped: false,
};
const REST: Family = Family {
    session: "/rest/com/vmware/cis/session",
    tagging: "/rest/com/vmware/cis/tagging",
    action: "~action",
    id: "id:",
    statuses: (200, 200),
    is_wrapped: true,
};

impl Family {
    fn value(&self, reply: Value) -> Value {
        if self.is_wrapped {
            reply["value"].clone()
        } else {
            reply
        }
    }
}

struct Caller {
    client: Client,
    family: &'static Family,
}

impl Caller {
    async fn connect(simulator: &Simulator, family: &'static Family) -> Self {
        let client = Client::connect(simulator).await;
        Self { client, family }
    }

    async fn log_in(simulator: &Simulator, family: &'static Family) -> Self {
        let mut caller = Self::connect(simulator, family).await;
        let (status, key) = caller
            .open(simulator.username(), simulator.password())
            .await;
        assert_eq!(status, family.statuses.0, "{key}");
        let key = key.as_str().expect("a key").to_owned();
        caller.client.headers = vec![("vmware-api-session-id", key)];
        caller
    }

    async fn open(&mut self, username: &str, password: &str) -> (u16, Value) {
        let basic = STANDARD.encode(format!("{username}:{password}"));
        self.client.headers = vec![("authorization", format!("Basic {basic}"))];
        self.call("POST", self.family.session, Value::Null).await
    }

    async fn call(&mut self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let reply = self.client.request(method, path, body).await;
        let reply = reply.expect("a reply");
        if reply.body.is_empty() {
            return (reply.status.as_u16(), Value::Null);
        }
        assert_eq!(reply.headers["content-type"], "application/json");
        let value: Value = serde_json::from_str(&reply.body).expect("JSON");
        if reply.status.is_success() {
            (reply.status.as_u16(), self.family.value(value))
        } else {
            (reply.status.as_u16(), value)
        }
    }

    async fn get(&mut self, path: &str) -> Value {
        let path = format!("{}/{path}", self.family.tagging);
        let (status, value) = self.call("GET", &path, Value::Null).await;
        assert_eq!(status, 200, "{path}: {value}");
        value
    }

    /// Each object of a list by its id.
    async fn all(&mut self, of: &str) -> Vec<Value> {
        let ids = self.get(of).await;
        let mut all = Vec::new();
        for id in ids.as_array().expect("ids") {
            let id = id.as_str().expect("an id");
            let one = self.get(&format!("{of}/{}{id}", self.family.id)).await;
            assert_eq!(one["id"], id);
            all.push(one);
        }
        all
    }

    async fn attached(&mut self, objects: &[(String, &str)]) -> (u16, Value) {
        let objects: Vec<Value> = objects
            .iter()
            .map(|(id, kind)| json!({"id": id, "type": kind}))
            .collect();
        let path = format!(
            "{}/tag-association?{}=list-attached-tags-on-objects",
            self.family.tagging, self.family.action
        );
        let body = json!({"object_ids": objects});
        self.call("POST", &path, body).await
    }
}

async fn start(builder: SimulatorBuilder) -> Simulator {
    builder.start().await.expect("started")
}

#[tokio::test]
async fn both_families_of_paths_have_the_same_categories_tags_and_attachments() {
    let simulator = start(Simulator::builder().vms(200)).await;
    let objects: Vec<_> = simulator
        .vms()
        .into_iter()
        .map(|vm| (vm, "VirtualMachine"))
        .collect();
    let mut found = Vec::new();
    for family in [&API, &REST] {
        let mut caller = Caller::log_in(&simulator, family).await;
        let categories = caller.all("category").await;
        let tags = caller.all("tag").await;
        let (status, attached) = caller.attached(&objects).await;
        assert_eq!(status, 200);
        found.push((categories, tags, attached));
        let (status, session) = caller.call("GET", family.session, Value::Null).await;
        assert_eq!(
            (status, &session["user"]),
            (200, &json!(simulator.username()))
        );
        let (status, _) = caller.call("DELETE", family.session, Value::Null).await;
        assert_eq!(status, family.statuses.1);
        let (status, _) = caller.attached(&objects).await;
        assert_eq!(status, 401);
    }
    assert_eq!(found[0], found[1]);
    let counters = simulator.counters();
    assert_eq!(
        (
            counters.automation_logins,
            counters.automation_logouts,
            counters.automation_sessions_open
        ),
        (2, 2, 0)
    );

    let (categories, tags, attached) = &found[0];
    let names: Vec<&Value> = categories
        .iter()
        .map(|category| &category["name"])
        .collect();
    assert_eq!(
        names,
        ["Environment", "Büro / Etage 100%", "Environment", "unused"]
    );
    assert!(tags.iter().any(|tag| tag["name"] == "Environment"));
    for tag in tags {
        assert!(
            categories
                .iter()
                .any(|category| category["id"] == tag["category_id"])
        );
    }
    let attached = attached.as_array().expect("a list");
    assert_eq!(attached.len(), 200);
    let ids = |object: &Value| object["tag_ids"].as_array().expect("ids").clone();
    let used: HashSet<String> = attached
        .iter()
        .flat_map(ids)
        .map(|id| id.to_string())
        .collect();
    assert_eq!(used.len(), tags.len() - 1, "one is attached to nothing");
    assert!(attached.iter().any(|object| ids(object).is_empty()));
    assert!(attached.iter().any(|object| ids(object).len() > 1));
}

#[tokio::test]
async fn a_session_is_in_a_header_or_in_a_cookie() {
    let simulator = start(Simulator::builder()).await;
    for family in [&API, &REST] {
        for header_only in ["false", "true"] {
            let mut caller = Caller::connect(&simulator, family).await;
            let basic =
                STANDARD.encode(format!("{}:{}", simulator.username(), simulator.password()));
            caller.client.headers = vec![
                ("authorization", format!("Basic {basic}")),
                ("vmware-use-header-authn", header_only.to_owned()),
            ];
            let reply = caller
                .client
                .request("POST", family.session, String::new())
                .await;
            let cookie = reply.expect("a reply").headers.get("set-cookie").cloned();
            assert_eq!(cookie.is_some(), header_only == "false");
            if let Some(cookie) = cookie {
                let cookie = cookie.to_str().expect("a cookie").split(';').next();
                caller.client.headers.clear();
                caller.client.cookie = cookie.map(str::to_owned);
                caller.get("tag").await;
            }
        }
    }
}

#[tokio::test]
async fn requests_that_are_wrong_are_refused() {
    let simulator = start(Simulator::builder()).await;
    for family in [&API, &REST] {
        let mut caller = Caller::connect(&simulator, family).await;
        let (status, refused) = caller.open(simulator.username(), "wrong").await;
        assert_eq!(status, 401, "{refused}");
        assert!(!refused.to_string().contains("wrong"));
        let path = format!("{}/tag", family.tagging);
        assert_eq!(caller.call("GET", &path, Value::Null).await.0, 401);

        let mut caller = Caller::log_in(&simulator, family).await;
        let many: Vec<_> = (0..2001)
            .map(|vm| (format!("vm-{vm}"), "VirtualMachine"))
            .collect();
        assert_eq!(caller.attached(&many[..2000]).await.0, 200);
        let (status, refused) = caller.attached(&many).await;
        assert_eq!(status, 400);
        assert!(
            refused
                .to_string()
                .to_lowercase()
                .contains("invalid_argument"),
            "{refused}"
        );
        for path in ["tag/none", "category/id:none", "nothing", ""] {
            let path = format!("{}/{path}", family.tagging);
            assert_eq!(
                caller.call("GET", &path, Value::Null).await.0,
                404,
                "{path}"
            );
        }
        let path = format!(
            "{}/tag-association?{}=list-attached-tags-on-objects",
            family.tagging, family.action
        );
        for body in [json!([]), json!({"object_ids": [{"id": 7}]})] {
            assert_eq!(caller.call("POST", &path, body).await.0, 400);
        }
    }
    assert_eq!(simulator.counters().refused_automation_logins, 2);
}

#[tokio::test]
async fn objects_that_are_not_there_or_out_of_sight_are_left_out() {
    let builder = Simulator::builder().vms(100).fault(Fault::LimitedRole);
    let simulator = start(builder).await;
    let mut caller = Caller::log_in(&simulator, &API).await;
    let mut objects: Vec<_> = simulator
        .vms()
        .into_iter()
        .map(|vm| (vm, "VirtualMachine"))
        .collect();
    objects.push(("vm-9".to_owned(), "VirtualMachine"));
    objects.push((simulator.vms()[0].clone(), "HostSystem"));
    let (_, attached) = caller.attached(&objects).await;
    let count = attached.as_array().expect("a list").len();
    assert!(count > 20 && count < 80, "{count}");
}

#[tokio::test]
async fn old_servers_have_one_family_and_a_host_has_none() {
    for (profile, has_api, has_rest) in [
        (Profile::V6_5, false, true),
        (Profile::V6_7, false, true),
        (Profile::V7_0, true, true),
        (Profile::V9_0, true, true),
        (Profile::Esxi, false, false),
    ] {
        let simulator = start(Simulator::builder().vms(5).profile(profile)).await;
        for (family, is_there) in [(&API, has_api), (&REST, has_rest)] {
            let mut caller = Caller::connect(&simulator, family).await;
            let (status, _) = caller
                .open(simulator.username(), simulator.password())
                .await;
            let expected = if is_there { family.statuses.0 } else { 404 };
            assert_eq!(status, expected, "{profile}");
        }
    }
}

#[tokio::test]
async fn the_automation_api_can_be_down_while_the_inventory_is_read() {
    let simulator = start(Simulator::builder().without_automation()).await;
    for family in [&API, &REST] {
        let mut caller = Caller::connect(&simulator, family).await;
        let (status, _) = caller
            .open(simulator.username(), simulator.password())
            .await;
        assert_eq!(status, 503);
    }
    let mut client = Client::log_in(&simulator).await;
    assert_eq!(client.simple("CurrentTime").await.status, 200);
}

#[tokio::test]
async fn tags_can_be_refused_to_an_account_that_may_log_in() {
    let simulator = start(Simulator::builder().refusing_tags()).await;
    for family in [&API, &REST] {
        let mut caller = Caller::log_in(&simulator, family).await;
        let path = format!("{}/tag", family.tagging);
        let (status, refused) = caller.call("GET", &path, Value::Null).await;
        assert_eq!(status, 403, "{refused}");
    }
}

#[tokio::test]
async fn the_first_session_can_end_by_itself() {
    let simulator = start(Simulator::builder().ending_automation_session_after(2)).await;
    let path = format!("{}/tag", API.tagging);
    let mut caller = Caller::log_in(&simulator, &API).await;
    for expected in [200, 200, 401, 401] {
        assert_eq!(caller.call("GET", &path, Value::Null).await.0, expected);
    }
    let mut caller = Caller::log_in(&simulator, &API).await;
    for _ in 0..4 {
        assert_eq!(caller.call("GET", &path, Value::Null).await.0, 200);
    }
    assert_eq!(simulator.counters().automation_sessions_open, 1);
}
