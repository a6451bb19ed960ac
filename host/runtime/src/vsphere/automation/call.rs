//! The calls that may leave.

use std::borrow::Cow;

use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, Method};
use serde::Deserialize;
use stocktake_contract::normalized::Kind;
use stocktake_contract::vsphere;

use super::Family;
use crate::gateway;
use crate::quote::printable;

/// Objects of one call; the API takes no more.
const OBJECTS: usize = 2000;
/// Characters of an id.
const LONGEST: usize = 256;
/// Characters that a message quotes.
const QUOTED: usize = 200;

/// A call that reads tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::vsphere) struct Call {
    pub(in crate::vsphere) family: Family,
    /// What it reads, for messages.
    name: &'static str,
}

/// The body of a call for the tags of objects.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Attached<'b> {
    #[serde(borrow)]
    object_ids: Vec<Object<'b>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Object<'b> {
    #[serde(borrow)]
    id: Cow<'b, str>,
    #[serde(borrow, rename = "type")]
    type_name: Cow<'b, str>,
}

/// The request goes to the Automation API of the server whose paths begin with `base`.
pub(in crate::vsphere) fn is_of_automation(base: &str, head: &Parts) -> bool {
    let path = head.uri.path().strip_prefix(base);
    path.is_some_and(|path| Family::ALL.iter().any(|of| path.starts_with(of.root())))
}

impl Call {
    /// The call that a request makes.
    ///
    /// # Errors
    ///
    /// What it does instead, as in "asked for …".
    pub(in crate::vsphere) fn from_request(
        base: &str,
        head: &Parts,
        body: &[u8],
    ) -> Result<Self, String> {
        let asked = head.uri.path_and_query().map_or("/", |path| path.as_str());
        let found = asked.strip_prefix(base).and_then(|path| {
            let mut families = Family::ALL.into_iter();
            families.find_map(|family| Some((family, path.strip_prefix(family.tagging())?)))
        });
        let call = found.and_then(|(family, rest)| {
            let name = match head.method {
                Method::GET => reading(family, rest),
                Method::POST if rest == family.attached() => Some("list-attached-tags-on-objects"),
                _ => None,
            }?;
            Some(Call { family, name })
        });
        let Some(call) = call else {
            let asked = printable(&format!("{} {asked}", head.method), QUOTED);
            return Err(format!(
                "asked for {asked}; of the Automation API this run allows categories, tags and list-attached-tags-on-objects"
            ));
        };
        if head.method == Method::POST {
            check_head(&head.headers)?;
            check_objects(body)?;
        } else if !body.is_empty() {
            return Err(format!("sent a body with GET of a {}", call.name));
        }
        Ok(call)
    }

    /// The call as the gateway knows it. All of them only read.
    pub(in crate::vsphere) fn call(self) -> gateway::Call {
        gateway::Call {
            name: self.name.to_owned(),
            is_repeatable: true,
        }
    }
}

/// What is read by GET of this path behind that of tagging.
fn reading(family: Family, rest: &str) -> Option<&'static str> {
    ["category", "tag"].into_iter().find(|name| {
        rest.strip_prefix(name).is_some_and(|rest| {
            let id = rest.strip_prefix('/');
            rest.is_empty()
                || id
                    .and_then(|id| id.strip_prefix(family.id()))
                    .is_some_and(is_id)
        })
    })
}

/// As in `urn:vmomi:InventoryServiceTag:5736bf56-49f5-4667-b38c-b97e09dc9578:GLOBAL`: without what
/// leads to another path.
fn is_id(id: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b":_-".contains(&byte);
    (1..=LONGEST).contains(&id.len()) && id.bytes().all(is_plain)
}

fn check_head(headers: &HeaderMap) -> Result<(), String> {
    if headers.contains_key(CONTENT_ENCODING) {
        return Err("sent a body in another coding than plain UTF-8".to_owned());
    }
    let mut kinds = headers.get_all(CONTENT_TYPE).iter();
    match (kinds.next(), kinds.next()) {
        (Some(kind), None) if kind == "application/json" => Ok(()),
        _ => Err("sent a body as something else than one of application/json".to_owned()),
    }
}

fn check_objects(body: &[u8]) -> Result<(), String> {
    let refused = |what: &str| {
        format!(
            "called list-attached-tags-on-objects {what}; it takes object_ids, 1 to {OBJECTS} objects by id and type"
        )
    };
    let attached: Attached<'_> =
        serde_json::from_slice(body).map_err(|_| refused("with another body than its own"))?;
    let objects = attached.object_ids;
    if !(1..=OBJECTS).contains(&objects.len()) {
        return Err(refused(&format!("for {} objects", objects.len())));
    }
    let is_known = |object: &Object<'_>| {
        let types = Kind::ALL.into_iter().map(vsphere::type_name);
        !object.id.is_empty()
            && object.id.chars().count() <= LONGEST
            && types.into_iter().any(|known| known == object.type_name)
    };
    match objects.iter().find(|object| !is_known(object)) {
        None => Ok(()),
        Some(object) => {
            let type_name = printable(&object.type_name, QUOTED);
            Err(refused(&format!(
                "for an object of type {type_name:?} that no inventory holds"
            )))
        }
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::{Call, Family, is_of_automation};

    const ID: &str = "urn:vmomi:InventoryServiceTag:5736bf56-49f5-4667-b38c-b97e09dc9578:GLOBAL";
    const BODY: &str = r#"{"object_ids":[{"id":"vm-1","type":"VirtualMachine"}]}"#;

    fn admit(base: &str, method: &str, path: &str, body: &str) -> Result<Call, String> {
        let request = Request::builder()
            .method(method)
            .uri(format!("https://vc.lan{path}"))
            .header("content-type", "application/json")
            .body(())
            .expect("a request");
        let (head, ()) = request.into_parts();
        Call::from_request(base, &head, body.as_bytes())
    }

    #[test]
    fn exactly_the_calls_that_read_tags_are_admitted_in_both_families() {
        for (tagging, query, prefix, family) in [
            ("/api/cis/tagging", "?action=", "", Family::Api),
            (
                "/rest/com/vmware/cis/tagging",
                "?~action=",
                "id:",
                Family::Rest,
            ),
        ] {
            for base in ["", "/proxy"] {
                for (method, rest, body) in [
                    ("GET", "/category".to_owned(), ""),
                    ("GET", "/tag".to_owned(), ""),
                    ("GET", format!("/category/{prefix}{ID}"), ""),
                    ("GET", format!("/tag/{prefix}{ID}"), ""),
                    (
                        "POST",
                        format!("/tag-association{query}list-attached-tags-on-objects"),
                        BODY,
                    ),
                ] {
                    let path = format!("{base}{tagging}{rest}");
                    let call = admit(base, method, &path, body).expect(&path);
                    assert_eq!(call.family, family, "{path}");
                    assert!(call.call().is_repeatable);
                    for other in ["DELETE", "PUT", "PATCH", "HEAD"] {
                        assert!(admit(base, other, &path, body).is_err(), "{other} {path}");
                    }
                    let other = if method == "GET" { "POST" } else { "GET" };
                    assert!(admit(base, other, &path, body).is_err(), "{other} {path}");
                }
            }
        }
    }

    #[test]
    fn other_paths_are_denied_by_name() {
        let long = format!("/api/cis/tagging/tag/{}", "a".repeat(257));
        for path in [
            "/api/session",
            "/api/vcenter/vm",
            "/api/cis/tagging/tag/",
            "/api/cis/tagging/tag/..",
            "/api/cis/tagging/tag/a%2f..",
            "/api/cis/tagging/tag/a/b",
            "/api/cis/tagging/tag/a?b",
            "/api/cis/tagging/tag?a",
            "/api/cis/tagging/tags",
            "/api/cis/tagging/category/../../session",
            "/rest/com/vmware/cis/tagging/tag/a",
            "/rest/com/vmware/cis/session",
            "/rest/com/vmware/cis/tagging/tag-association",
            &long,
        ] {
            let denied = admit("", "GET", path, "").expect_err(path);
            let named: String = path.chars().take(150).collect();
            assert!(denied.contains(&named), "{denied}");
        }
        for action in [
            "action=attach",
            "action=list-attached-tags-on-objects&action=attach",
            "~action=list-attached-tags-on-objects",
        ] {
            let path = format!("/api/cis/tagging/tag-association?{action}");
            assert!(admit("", "POST", &path, BODY).is_err(), "{path}");
        }
    }

    #[test]
    fn a_body_holds_objects_and_nothing_else() {
        let path = "/api/cis/tagging/tag-association?action=list-attached-tags-on-objects";
        let many = |count: usize| {
            let object = r#"{"id":"vm-1","type":"VirtualMachine"}"#;
            format!(r#"{{"object_ids":[{}]}}"#, vec![object; count].join(","))
        };
        assert!(admit("", "POST", path, &many(2000)).is_ok());
        for (body, named) in [
            (many(2001), "2001 objects"),
            (many(0), "0 objects"),
            (String::new(), "another body"),
            (BODY.replace("object_ids", "tag_ids"), "another body"),
            (BODY.replace("}]}", "}],\"a\":1}"), "another body"),
            (
                BODY.replace("\"vm-1\"", "\"vm-1\",\"id\":\"vm-2\""),
                "another body",
            ),
            (
                BODY.replace("VirtualMachine", "SessionManager"),
                "SessionManager",
            ),
        ] {
            let denied = admit("", "POST", path, &body).expect_err(&body);
            assert!(denied.contains(named), "{named}: {denied}");
        }
        assert!(admit("", "GET", "/api/cis/tagging/tag", "{}").is_err());
    }

    #[test]
    fn paths_of_other_apis_are_none_of_this_one() {
        let is_of = |base: &str, path: &str| {
            let request = Request::get(format!("https://vc.lan{path}")).body(());
            is_of_automation(base, &request.expect("a request").into_parts().0)
        };
        assert!(is_of("", "/api/session") && is_of("/proxy", "/proxy/rest/vcenter/vm"));
        assert!(!is_of("", "/sdk") && !is_of("/proxy", "/api/session") && !is_of("", "/apis"));
    }
}
