//! The calls that read tags.

use serde::Serialize;
use stocktake_contract::normalized::Kind;
use stocktake_contract::vsphere;

use crate::transport::Method;

/// Objects of one call; the API takes no more.
pub(super) const OBJECTS: usize = 2000;
/// Characters of an id.
const LONGEST: usize = 256;

/// The paths of tags on a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaggingPaths {
    /// Below `/api/`.
    Api,
    /// Below `/rest/`.
    Rest,
}

/// A call of the Automation API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TagCall {
    /// The tags of VMs with these ids.
    Attached(Vec<String>),
    /// A tag by its id.
    Tag(String),
    /// The ids of all categories.
    Categories,
    /// A category by its id.
    Category(String),
}

#[derive(Serialize)]
struct Objects<'c> {
    object_ids: Vec<Object<'c>>,
}

#[derive(Serialize)]
struct Object<'c> {
    id: &'c str,
    #[serde(rename = "type")]
    type_name: &'static str,
}

impl TagCall {
    /// The call, for messages.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            TagCall::Attached(_) => "list-attached-tags-on-objects",
            TagCall::Tag(_) => "tag",
            TagCall::Categories | TagCall::Category(_) => "category",
        }
    }

    /// Its method.
    #[must_use]
    pub fn method(&self) -> Method {
        match self {
            TagCall::Attached(_) => Method::Post,
            _ => Method::Get,
        }
    }

    /// Its path and query.
    #[must_use]
    pub fn path(&self, paths: TaggingPaths) -> String {
        let (tagging, action, prefix) = match paths {
            TaggingPaths::Api => ("/api/cis/tagging", "action", ""),
            TaggingPaths::Rest => ("/rest/com/vmware/cis/tagging", "~action", "id:"),
        };
        match self {
            TagCall::Attached(_) => {
                format!("{tagging}/tag-association?{action}=list-attached-tags-on-objects")
            }
            TagCall::Tag(id) => format!("{tagging}/tag/{prefix}{id}"),
            TagCall::Categories => format!("{tagging}/category"),
            TagCall::Category(id) => format!("{tagging}/category/{prefix}{id}"),
        }
    }

    /// Its body.
    #[must_use]
    pub fn body(&self) -> String {
        let TagCall::Attached(ids) = self else {
            return String::new();
        };
        let object = |id| Object {
            id,
            type_name: vsphere::type_name(Kind::Vm),
        };
        let objects = Objects {
            object_ids: ids.iter().map(|id| object(id.as_str())).collect(),
        };
        serde_json::to_string(&objects).expect("texts are JSON")
    }
}

/// The tags of an object with this id can be asked for, as the host's policy demands.
#[must_use]
pub fn is_askable(id: &str) -> bool {
    !id.is_empty() && id.chars().count() <= LONGEST
}

/// An id can be part of a path as it is, as the host's policy demands. Those of a vCenter can.
pub(super) fn is_sendable(id: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b":_-".contains(&byte);
    (1..=LONGEST).contains(&id.len()) && id.bytes().all(is_plain)
}
