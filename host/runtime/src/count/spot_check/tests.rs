use std::sync::Mutex;

use async_trait::async_trait;
use serde_json::{Value, json};
use stocktake_contract::{ErrorCode, Problem};

use super::SpotCheck;
use crate::count::{Facts, Field, Listing, Object, Reader};
use crate::validation::{Asset, Identities, Relation};

type Names = Vec<(&'static str, &'static str)>;

/// A source whose VMs have these names, host `host-1` and are on.
struct Inventory(Mutex<Result<Names, Problem>>);

impl Inventory {
    fn of(names: &[(&'static str, &'static str)]) -> Self {
        Inventory(Mutex::new(Ok(names.to_vec())))
    }

    fn becomes(&self, names: &[(&'static str, &'static str)]) {
        *self.0.lock().expect("names") = Ok(names.to_vec());
    }
}

#[async_trait]
impl Reader for Inventory {
    async fn read(&self, objects: &[Object]) -> Result<Vec<Option<Facts>>, Problem> {
        let names = self.0.lock().expect("names").clone()?;
        let read = |object: &Object| {
            let (_, name) = names.iter().find(|(id, _)| *id == object.id)?;
            let mut facts = Facts::default();
            facts.add(Field::Name, name);
            facts.add(Field::PowerState, "poweredOn");
            facts.add(Field::Host, "host-1");
            Some(facts)
        };
        Ok(objects.iter().map(read).collect())
    }
}

const NAMES: [(&str, &str); 3] = [("vm-1", "a"), ("vm-2", "b"), ("vm-3", "c")];

fn listing() -> Listing {
    let mut listing = Listing::default();
    for (id, _) in NAMES {
        listing.add("vm", 0, id).expect("room");
    }
    listing.add("cluster", 0, "domain-c1").expect("room");
    listing
}

/// A run of a collector that says something of the VMs.
struct Said {
    check: SpotCheck,
    identities: Identities,
}

impl Said {
    async fn by(names: &[(&str, &str)], source: &Inventory) -> Self {
        let mut said = Said {
            check: SpotCheck::new(50),
            identities: Identities::default(),
        };
        said.check.draw(&listing(), source).await;
        for (id, name) in names {
            said.vm(id, &json!({"caption": name}), "poweredOn");
        }
        said
    }

    fn vm(&mut self, id: &str, identity: &Value, power_state: &str) {
        let normalized = json!({"identity": identity, "runtime": {"power_state": power_state}});
        let text = json!({
            "external_kind": "vm",
            "external_id": id,
            "normalized": normalized,
            "raw_payload": {},
        });
        self.identities.emit("vm", id).expect("room");
        self.check.take_asset(&Asset {
            kind: "vm".into(),
            id: id.into(),
            text: &text.to_string(),
        });
    }

    fn relate(&self, kind: &str, from: (&str, &str), to: (&str, &str)) {
        let end = |(kind, id): (&str, &str)| (kind.to_owned().into(), id.to_owned().into());
        self.check.take_relation(&Relation {
            kind: kind.into(),
            from: end(from),
            to: end(to),
            text: "{}",
        });
    }

    /// Id and field of what is wrong.
    async fn wrong(&self, source: &Inventory) -> Vec<(String, String)> {
        let problems = self.check.compare(&self.identities, source).await;
        let context = |problem: Problem| {
            assert_eq!(problem.code, ErrorCode::PluginResponseInvalid);
            let context = problem.redacted_context.expect("a context");
            let text = |name: &str| context[name].as_str().expect("text").to_owned();
            (text("external_id"), text("field"))
        };
        problems.expect("read").into_iter().map(context).collect()
    }
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = expected.iter();
    owned
        .map(|(id, field)| ((*id).to_owned(), (*field).to_owned()))
        .collect()
}

#[tokio::test]
async fn what_the_collector_says_as_the_host_reads_it_is_right() {
    let source = Inventory::of(&NAMES);
    let said = Said::by(&NAMES, &source).await;
    said.relate("runs_on", ("vm", "vm-1"), ("host", "host-1"));
    said.relate("hosts_vm", ("host", "host-1"), ("vm", "vm-1"));
    said.relate("stored_on", ("vm", "vm-1"), ("datastore", "datastore-1"));
    assert_eq!(said.wrong(&source).await, []);
    assert_eq!(said.check.checked(), 3);
}

#[tokio::test]
async fn swapped_ids_and_wrong_values_are_named_by_object_and_field() {
    let source = Inventory::of(&NAMES);
    let swapped = Said::by(&[("vm-2", "a"), ("vm-1", "b"), ("vm-3", "c")], &source).await;
    let mut wrong = swapped.wrong(&source).await;
    wrong.sort();
    assert_eq!(wrong, pairs(&[("vm-1", "name"), ("vm-2", "name")]));

    let mut said = Said::by(&[], &source).await;
    said.vm("vm-1", &json!({"caption": "a"}), "poweredOff");
    assert_eq!(said.wrong(&source).await, pairs(&[("vm-1", "power state")]));

    let said = Said::by(&NAMES, &source).await;
    said.relate("hosts_vm", ("host", "host-2"), ("vm", "vm-3"));
    assert_eq!(said.wrong(&source).await, pairs(&[("vm-3", "host")]));
}

#[tokio::test]
async fn what_changed_or_went_meanwhile_may_have_been_anything() {
    let source = Inventory::of(&NAMES);
    let said = Said::by(&[("vm-1", "x"), ("vm-2", "y"), ("vm-3", "c")], &source).await;
    source.becomes(&[("vm-1", "z"), ("vm-3", "c")]);
    assert_eq!(said.wrong(&source).await, []);
    // What is gone was not compared.
    assert_eq!(said.check.checked(), 2);
}

#[tokio::test]
async fn no_more_is_drawn_than_asked_for_and_nothing_but_vms_and_hosts() {
    let source = Inventory::of(&NAMES);
    for (size, expected) in [(2, 2), (usize::MAX, 3)] {
        let mut said = Said::by(&[], &source).await;
        said.check = SpotCheck::new(size);
        said.check.draw(&listing(), &source).await;
        for (id, name) in NAMES {
            said.vm(id, &json!({"caption": name}), "poweredOn");
        }
        assert_eq!(said.wrong(&source).await, []);
        assert_eq!(said.check.checked(), expected, "{size}");
    }
}

#[tokio::test]
async fn what_is_emitted_before_anything_is_listed_is_refused() {
    let source = Inventory::of(&NAMES);
    let mut said = Said::by(&[], &source).await;
    said.check = SpotCheck::new(50);
    said.vm("vm-1", &json!({"caption": "x"}), "poweredOn");
    let unlisted = said.check.compare(&said.identities, &source).await;
    assert!(unlisted.expect_err("no list").message.contains("no list"));
    said.check.draw(&listing(), &source).await;
    let problems = said.check.compare(&said.identities, &source).await;
    let message = &problems.expect("read")[0].message;
    assert!(message.contains("vm vm-1 before it listed"), "{message}");
}

#[tokio::test]
async fn objects_that_cannot_be_read_fail_the_check() {
    let denied = Problem::new(ErrorCode::VcenterNetworkError, "no answer");
    let source = Inventory(Mutex::new(Err(denied)));
    let said = Said::by(&NAMES, &source).await;
    source.becomes(&NAMES);
    let failed = said.check.compare(&said.identities, &source).await;
    assert_eq!(failed.expect_err("unread").message, "no answer");
}
