use stocktake_contract::normalized::Kind;

use super::{Failure, TagCall, TaggingPaths, Tags};
use crate::endpoint::Endpoint;
use crate::inventory::Inventory;
use crate::transport::Method;

/// Tags and categories of a server, and calls for them.
struct Server {
    tags: Tags,
    inventory: Inventory,
    is_wrapped: bool,
    /// Tag ids by VM.
    attached: Vec<(&'static str, &'static [&'static str])>,
    /// A category with this id is gone.
    gone: &'static str,
    calls: Vec<TagCall>,
}

const CATEGORIES: [(&str, &str); 4] = [
    ("urn:vmomi:C:1:GLOBAL", "Environment"),
    ("urn:vmomi:C:2:GLOBAL", "Environment"),
    ("urn:vmomi:C:3:GLOBAL", "environment"),
    ("urn:vmomi:C:4:GLOBAL", "Owner / 100%"),
];
const TAGS: [(&str, &str, &str); 5] = [
    ("t-1", "production", "urn:vmomi:C:1:GLOBAL"),
    ("t-2", "production", "urn:vmomi:C:2:GLOBAL"),
    ("t-3", "production", "urn:vmomi:C:3:GLOBAL"),
    ("t-4", "ops", "urn:vmomi:C:4:GLOBAL"),
    ("t-5", "unused", "urn:vmomi:C:4:GLOBAL"),
];

impl Server {
    fn new(attached: &[(&'static str, &'static [&'static str])]) -> Self {
        Server {
            tags: Tags::default(),
            inventory: Inventory::default(),
            is_wrapped: false,
            attached: attached.to_vec(),
            gone: "",
            calls: Vec::new(),
        }
    }

    fn list<'v>(&mut self, vms: impl IntoIterator<Item = &'v str>) {
        for vm in vms {
            let vm = self.inventory.number(Kind::Vm, vm);
            self.tags.list(vm);
        }
    }

    fn reply(&self, call: &TagCall) -> (u16, String) {
        let one = |found: Option<String>| found.map_or((404, "{}".to_owned()), |one| (200, one));
        let (status, value) = match call {
            TagCall::Attached(ids) => {
                let tags_of = |id: &str| {
                    let mut attached = self.attached.iter();
                    attached.find(|(vm, _)| *vm == id).map(|(_, tags)| *tags)
                };
                let objects = ids.iter().filter_map(|id| Some((id, tags_of(id)?)));
                let objects = objects.map(|(id, tags)| {
                    let tags = match tags {
                        [] => "null".to_owned(),
                        tags => format!("{tags:?}"),
                    };
                    format!(r#"{{"object_id":{{"id":"{id}","type":"VirtualMachine"}},"tag_ids":{tags}}}"#)
                });
                (200, format!("[{}]", objects.collect::<Vec<_>>().join(",")))
            }
            TagCall::Tag(id) => {
                one(TAGS
                    .iter()
                    .find(|tag| tag.0 == id)
                    .map(|(_, name, category)| {
                        format!(r#"{{"name":"{name}","category_id":"{category}","used_by":[]}}"#)
                    }))
            }
            TagCall::Categories => (200, format!("{:?}", CATEGORIES.map(|(id, _)| id))),
            TagCall::Category(id) => {
                let found = CATEGORIES.iter().find(|of| of.0 == id && self.gone != id);
                one(found.map(|(_, name)| format!(r#"{{"name":"{name}"}}"#)))
            }
        };
        if self.is_wrapped {
            (status, format!(r#"{{"value":{value}}}"#))
        } else {
            (status, value)
        }
    }

    fn read(&mut self) {
        while let Some(call) = self.tags.next_call(&self.inventory) {
            let (status, body) = self.reply(&call);
            let reply = (status, body.as_bytes());
            let answered = self.tags.answered(&call, reply, &mut self.inventory);
            assert_eq!(answered, Ok(()), "{call:?}");
            self.calls.push(call);
        }
    }

    /// The tags of a VM, and whether one of them has no name.
    fn of(&mut self, vm: &str) -> Option<(Vec<(String, String)>, bool)> {
        let vm = self.inventory.number(Kind::Vm, vm);
        let attached = self.tags.of(vm).filter(|attached| attached.are_known())?;
        let (names, is_nameless) = attached.names();
        let own = |(category, name): (&str, &str)| (category.to_owned(), name.to_owned());
        Some((names.into_iter().map(own).collect(), is_nameless))
    }
}

fn pair(category: &str, name: &str) -> (String, String) {
    (category.to_owned(), name.to_owned())
}

#[test]
fn tags_are_read_by_one_call_for_2000_vms_and_one_for_each_tag_in_use_and_category() {
    for is_wrapped in [false, true] {
        let mut server = Server::new(&[
            ("vm-7", &["t-4", "t-1"]),
            ("vm-4500", &["t-1", "t-4", "t-4"]),
            ("vm-8", &[]),
        ]);
        server.is_wrapped = is_wrapped;
        let vms: Vec<String> = (1..=4500).map(|vm| format!("vm-{vm}")).collect();
        server.list(vms.iter().map(String::as_str));
        server.read();
        let sizes = server.calls.iter().filter_map(|call| match call {
            TagCall::Attached(ids) => Some(ids.len()),
            _ => None,
        });
        assert_eq!(sizes.collect::<Vec<_>>(), [2000, 2000, 500]);
        assert_eq!(server.calls.len(), 3 + 2 + 1 + 4);
        let both = vec![
            pair("Environment [1]", "production"),
            pair("Owner / 100%", "ops"),
        ];
        assert_eq!(server.of("vm-7"), Some((both.clone(), false)));
        assert_eq!(server.of("vm-4500"), Some((both, false)));
        for untagged in ["vm-8", "vm-9"] {
            assert_eq!(server.of(untagged), Some((Vec::new(), false)));
        }
        // One for those without tags.
        assert_eq!(server.tags.sets.len(), 2);
        assert_eq!(server.of("vm-4501"), None);
    }
}

#[test]
fn categories_with_one_name_are_told_apart_and_those_of_another_case_are_as_they_are() {
    let mut server = Server::new(&[("vm-1", &["t-1", "t-2", "t-3"])]);
    server.list(["vm-1"]);
    server.read();
    let expected = vec![
        pair("Environment [1]", "production"),
        pair("Environment [2]", "production"),
        pair("environment", "production"),
    ];
    assert_eq!(server.of("vm-1"), Some((expected, false)));
}

#[test]
fn a_tag_that_is_gone_or_whose_category_is_gone_is_left_out() {
    let mut server = Server::new(&[
        ("vm-1", &["t-4", "t-9"]),
        ("vm-2", &["t-1", "t-4"]),
        ("vm-3", &["t-4"]),
        ("vm-4", &["../../session", "t-4"]),
    ]);
    server.gone = CATEGORIES[0].0;
    server.list(["vm-1", "vm-2", "vm-3", "vm-4"]);
    server.read();
    let ops = vec![pair("Owner / 100%", "ops")];
    for (vm, is_nameless) in [
        ("vm-1", true),
        ("vm-2", true),
        ("vm-3", false),
        ("vm-4", true),
    ] {
        assert_eq!(server.of(vm), Some((ops.clone(), is_nameless)), "{vm}");
    }
}

#[test]
fn vms_of_a_second_view_are_asked_about_alone() {
    let mut server = Server::new(&[("vm-1", &["t-1"]), ("vm-2", &["t-1"])]);
    server.list(["vm-2"]);
    server.read();
    let calls = server.calls.len();
    server.list(["vm-1", "vm-2"]);
    server.read();
    assert_eq!(
        server.calls[calls..],
        [TagCall::Attached(vec!["vm-1".to_owned()])]
    );
    assert_eq!(server.of("vm-1"), server.of("vm-2"));
}

#[test]
fn without_tags_no_category_is_read() {
    let mut server = Server::new(&[]);
    server.list(["vm-1"]);
    server.read();
    assert_eq!(server.calls.len(), 1);
    let mut nothing = Server::new(&[]);
    nothing.read();
    assert!(nothing.calls.is_empty());
}

#[test]
fn a_call_that_is_not_answered_ends_the_reading_and_leaves_no_part() {
    let endpoint: Endpoint = "https://vc.lan".parse().expect("an endpoint");
    for (reply, named) in [
        ((503, ""), "is down (status 503)"),
        ((401, ""), "vCenter Single Sign-On"),
        ((403, ""), "System.Read"),
        ((404, ""), "no Automation API"),
        ((429, ""), "answered 429"),
        ((200, "<html>"), "something else than its JSON"),
        ((200, r#"{"value":7}"#), "something else than its JSON"),
    ] {
        let mut server = Server::new(&[("vm-1", &["t-1"])]);
        server.list(["vm-1"]);
        server.read();
        server.list(["vm-2"]);
        let call = server.tags.next_call(&server.inventory).expect("a call");
        let reply = (reply.0, reply.1.as_bytes());
        let answered = server.tags.answered(&call, reply, &mut server.inventory);
        let failure: Failure = answered.expect_err(named);
        let message = failure.message(&endpoint);
        assert!(message.contains(named), "{message}");
        assert!(server.tags.give_up() && !server.tags.give_up());
        assert_eq!(server.of("vm-1"), None);
        assert_eq!(server.tags.next_call(&server.inventory), None);
    }
}

#[test]
fn both_families_of_paths_are_spelled_as_the_server_expects() {
    let attached = TagCall::Attached(vec!["vm-\"1".to_owned()]);
    let (api, rest) = (TaggingPaths::Api, TaggingPaths::Rest);
    assert_eq!(
        attached.path(api),
        "/api/cis/tagging/tag-association?action=list-attached-tags-on-objects"
    );
    assert_eq!(
        attached.path(rest),
        "/rest/com/vmware/cis/tagging/tag-association?~action=list-attached-tags-on-objects"
    );
    assert_eq!(attached.method(), Method::Post);
    assert_eq!(
        attached.body(),
        r#"{"object_ids":[{"id":"vm-\"1","type":"VirtualMachine"}]}"#
    );
    let tag = TagCall::Tag("urn:a".to_owned());
    assert_eq!(tag.path(api), "/api/cis/tagging/tag/urn:a");
    assert_eq!(tag.path(rest), "/rest/com/vmware/cis/tagging/tag/id:urn:a");
    assert_eq!((tag.method(), tag.body()), (Method::Get, String::new()));
}
