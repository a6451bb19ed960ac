use std::sync::Mutex;

use async_trait::async_trait;
use stocktake_contract::{ErrorCode, Problem};

use super::{SET, compare};
use crate::count::{InventoryScope, Listing, Object, Order, Sighting, Source};
use crate::validation::Identities;

type Objects = Vec<(&'static str, String)>;

/// A source that has these objects now.
#[derive(Default)]
struct Inventory {
    objects: Objects,
    templates: Vec<String>,
    /// Objects that are there and not in the list any more.
    elsewhere: Objects,
    unclear: Vec<String>,
    sent: Vec<String>,
    /// What was asked, in order.
    asked: Mutex<Vec<usize>>,
}

fn objects(named: &[(&'static str, &str)]) -> Objects {
    named
        .iter()
        .map(|(kind, id)| (*kind, (*id).to_owned()))
        .collect()
}

fn listing(objects: &Objects) -> Listing {
    let mut listing = Listing::default();
    for (kind, id) in objects {
        listing.add(kind, 0, id).expect("room");
    }
    listing
}

#[async_trait]
impl Source for Inventory {
    async fn list(&self) -> Result<Listing, Problem> {
        self.asked.lock().expect("asked").push(0);
        Ok(listing(&self.objects))
    }

    async fn look_up(&self, objects: &[Object]) -> Result<Vec<Sighting>, Problem> {
        self.asked.lock().expect("asked").push(objects.len());
        let see = |object: &Object| {
            let mut known = self.objects.iter().chain(&self.elsewhere);
            match known.find(|(_, id)| *id == object.id) {
                _ if self.unclear.contains(&object.id) => Sighting::Unclear,
                Some((kind, id)) => Sighting::There {
                    kind: Some(*kind),
                    is_template: self.templates.contains(id),
                },
                None => Sighting::Gone,
            }
        };
        Ok(objects.iter().map(see).collect())
    }

    fn was_sent(&self, object: &Object) -> bool {
        self.sent.contains(&object.id)
    }
}

/// What comes of a run that began with `before`, received `received` and ends with `now`.
async fn count(
    before: &Objects,
    received: &Objects,
    now: &Inventory,
    order: &Order,
) -> Vec<Problem> {
    let mut seen = Identities::default();
    for (kind, id) in received {
        seen.emit(kind, id).expect("room");
    }
    let listing = listing(before);
    compare(&listing, &seen, order, now)
        .await
        .expect("a source that answers")
}

fn order() -> Order {
    Order {
        kinds: vec!["vm", "host", "cluster"],
        ..Order::default()
    }
}

fn part() -> Order {
    Order {
        scope: InventoryScope {
            clusters: vec!["c".to_owned()],
            ..InventoryScope::default()
        },
        ..order()
    }
}

fn summaries(problems: &[Problem]) -> Vec<(ErrorCode, String)> {
    problems
        .iter()
        .map(|problem| {
            let context = problem.redacted_context.as_ref().expect("a context");
            let id = context["external_id"].as_str().expect("an id").to_owned();
            (problem.code, id)
        })
        .collect()
}

const SITE: [(&str, &str); 3] = [("vm", "vm-1"), ("vm", "vm-2"), ("host", "host-1")];

/// BY-16
#[tokio::test]
async fn a_list_that_agrees_asks_for_nothing() {
    let site = objects(&SITE);
    let now = Inventory::default();
    assert_eq!(count(&site, &site, &now, &order()).await, []);
    assert!(now.asked.lock().expect("asked").is_empty());
}

/// BY-16
#[tokio::test]
async fn an_object_that_was_left_out_is_named() {
    let site = objects(&SITE);
    let now = Inventory {
        objects: site.clone(),
        ..Inventory::default()
    };
    let problems = count(&site, &objects(&SITE[1..]), &now, &order()).await;
    let withheld = (ErrorCode::InventoryIncomplete, "vm-1".to_owned());
    assert_eq!(summaries(&problems), [withheld]);
    assert!(
        problems[0]
            .message
            .contains("has vm vm-1, which the collector left out")
    );
}

/// BY-16
#[tokio::test]
async fn an_object_that_was_invented_is_named() {
    let site = objects(&SITE);
    let mut received = site.clone();
    received.push(("vm", "vm-99".to_owned()));
    let now = Inventory {
        objects: site.clone(),
        ..Inventory::default()
    };
    let problems = count(&site, &received, &now, &order()).await;
    let invented = (ErrorCode::PluginResponseInvalid, "vm-99".to_owned());
    assert_eq!(summaries(&problems), [invented]);
}

/// BY-16
#[tokio::test]
async fn ids_that_are_swapped_between_kinds_are_named() {
    let site = objects(&SITE);
    let now = Inventory {
        objects: site.clone(),
        ..Inventory::default()
    };
    let swapped = objects(&[("host", "vm-1"), ("vm", "vm-2"), ("vm", "host-1")]);
    let problems = count(&site, &swapped, &now, &order()).await;
    let invalid = ErrorCode::PluginResponseInvalid;
    let missing = (ErrorCode::InventoryIncomplete, "vm-1".to_owned());
    let found = summaries(&problems);
    assert!(found.contains(&missing), "{found:?}");
    assert!(found.contains(&(invalid, "host-1".to_owned())), "{found:?}");
    let message = &problems.last().expect("problems").message;
    assert!(message.contains("knows as"), "{message}");
}

/// BY-16: objects that come and go while they are read are no contradiction.
#[tokio::test]
async fn honest_races_are_distinguished_from_lies() {
    let order = order();
    let site = objects(&SITE);
    let mut more = site.clone();
    more.push(("vm", "vm-3".to_owned()));
    let is = |objects: &Objects| Inventory {
        objects: objects.clone(),
        ..Inventory::default()
    };
    // Created behind the list, and received or not.
    assert_eq!(count(&site, &more, &is(&more), &order).await, []);
    assert_eq!(count(&site, &site, &is(&more), &order).await, []);
    // Deleted behind the list, and received or not.
    assert_eq!(count(&more, &more, &is(&site), &order).await, []);
    assert_eq!(count(&more, &site, &is(&site), &order).await, []);
    // Created behind the list and deleted before it is asked for: the server did send it.
    let mut fleeting = is(&site);
    fleeting.sent.push("vm-3".to_owned());
    assert_eq!(count(&site, &more, &fleeting, &order).await, []);
    // Moved out of what the account sees.
    let moved = Inventory {
        elsewhere: objects(&[("vm", "vm-3")]),
        ..is(&site)
    };
    assert_eq!(count(&more, &site, &moved, &order).await, []);
}

#[tokio::test]
async fn templates_are_left_out_unless_they_are_asked_for() {
    let site = objects(&SITE);
    let now = Inventory {
        objects: site.clone(),
        templates: vec!["vm-1".to_owned()],
        ..Inventory::default()
    };
    let without = objects(&SITE[1..]);
    assert_eq!(count(&site, &without, &now, &order()).await, []);
    let with_templates = Order {
        include_templates: true,
        ..order()
    };
    assert_eq!(count(&site, &without, &now, &with_templates).await.len(), 1);
}

/// BY-16
#[tokio::test]
async fn what_lies_outside_of_the_scope_is_no_part_of_it() {
    let site = objects(&SITE);
    let mut received = site.clone();
    received.push(("vm", "vm-7".to_owned()));
    let now = Inventory {
        objects: site.clone(),
        elsewhere: objects(&[("vm", "vm-7")]),
        ..Inventory::default()
    };
    let problems = count(&site, &received, &now, &part()).await;
    let outside = (ErrorCode::PluginResponseInvalid, "vm-7".to_owned());
    assert_eq!(summaries(&problems), [outside]);
    // Without a scope nothing lies outside.
    assert_eq!(count(&site, &received, &now, &order()).await, []);
}

#[tokio::test]
async fn what_the_server_neither_shows_nor_calls_gone_is_not_proved() {
    let site = objects(&SITE);
    let now = Inventory {
        objects: site.clone(),
        unclear: vec!["vm-1".to_owned()],
        ..Inventory::default()
    };
    let problems = count(&site, &objects(&SITE[1..]), &now, &order()).await;
    assert!(problems[0].message.contains("neither showed it nor said"));
}

/// BY-16: a list that is nearly empty is refused without a query for every object.
#[tokio::test]
async fn a_list_of_next_to_nothing_costs_few_questions() {
    let mut site = objects(&SITE);
    site.extend((10..10_000).map(|number| ("vm", format!("vm-{number}"))));
    let now = Inventory {
        objects: site.clone(),
        ..Inventory::default()
    };
    let problems = count(&site, &objects(&SITE[..1]), &now, &order()).await;
    assert_eq!(problems.len(), 1);
    let context = problems[0].redacted_context.as_ref().expect("a context");
    assert_eq!(context["objects"].as_array().map(Vec::len), Some(20));
    let asked: usize = now.asked.lock().expect("asked").iter().sum();
    assert!(asked <= 2 * SET, "{asked}");

    let mut invented = site.clone();
    invented.extend((0..10_000).map(|number| ("vm", format!("no-{number}"))));
    let problems = count(&site, &invented, &now, &order()).await;
    assert_eq!(problems.len(), 1);
    let asked: usize = now.asked.lock().expect("asked").iter().sum();
    assert!(asked <= 3 * SET, "{asked}");
}
