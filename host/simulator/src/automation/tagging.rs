//! Categories, tags and what they are attached to.

use super::{Failure, Reply, Request};
use crate::inventory::{CATEGORIES, Object, Site, TAGS, tags_of, write_category_id, write_tag_id};
use crate::soap::xml::Xml;
use crate::vim::service::Service;
use serde_json::{Value, json};

/// The most objects of a call.
const MAX_OBJECTS: usize = 2000;

fn text(write: impl FnOnce(&mut Xml)) -> String {
    let mut xml = Xml::new();
    write(&mut xml);
    xml.into_string()
}

fn category_id(site: &Site, category: usize) -> String {
    text(|xml| write_category_id(site, category, xml))
}

fn tag_id(site: &Site, tag: usize) -> String {
    text(|xml| write_tag_id(site, tag, xml))
}

pub(super) fn answer(service: &Service, request: &Request<'_>) -> Result<Reply, Failure> {
    let site = &service.site;
    let path = request.path.trim_end_matches('/');
    let path = path.strip_prefix(request.family.tagging());
    let value = match (request.method.as_str(), path, request.action()) {
        ("GET", Some("category"), None) => (0..CATEGORIES.len())
            .map(|category| category_id(site, category))
            .collect(),
        ("GET", Some("tag"), None) => (0..TAGS.len()).map(|tag| tag_id(site, tag)).collect(),
        ("POST", Some("tag-association"), Some("list-attached-tags-on-objects")) => {
            attached(service, &request.json()?)?
        }
        ("GET", Some(path), None) => {
            let (of, id) = path.split_once('/').ok_or(Failure::NotFound)?;
            let id = request.family.id(id).ok_or(Failure::NotFound)?;
            match of {
                "category" => category(site, &id)?,
                "tag" => tag(site, &id)?,
                _ => return Err(Failure::NotFound),
            }
        }
        _ => return Err(Failure::NotFound),
    };
    Ok(Reply::value(request.family, value))
}

fn category(site: &Site, id: &str) -> Result<Value, Failure> {
    let all = CATEGORIES.iter().enumerate();
    let mut found = all.filter(|(nth, _)| category_id(site, *nth) == id);
    let (_, category) = found.next().ok_or(Failure::NotFound)?;
    Ok(json!({
        "id": id,
        "name": category.name,
        "description": category.description,
        "cardinality": category.cardinality,
        "associable_types": category.types,
        "used_by": [],
    }))
}

fn tag(site: &Site, id: &str) -> Result<Value, Failure> {
    let all = TAGS.iter().enumerate();
    let mut found = all.filter(|(nth, _)| tag_id(site, *nth) == id);
    let (_, tag) = found.next().ok_or(Failure::NotFound)?;
    Ok(json!({
        "id": id,
        "category_id": category_id(site, tag.category),
        "name": tag.name,
        "description": "",
        "used_by": [],
    }))
}

/// The tags of each object that there is, in the order of the request.
fn attached(service: &Service, body: &Value) -> Result<Value, Failure> {
    let asked = body["object_ids"]
        .as_array()
        .ok_or(Failure::InvalidArgument)?;
    if asked.len() > MAX_OBJECTS {
        return Err(Failure::InvalidArgument);
    }
    let mut answers = Vec::new();
    for reference in asked {
        let (Some(id), Some(kind)) = (reference["id"].as_str(), reference["type"].as_str()) else {
            return Err(Failure::InvalidArgument);
        };
        let object = service
            .visible(id)
            .filter(|object| is_of_type(*object, kind));
        if let Some(object) = object {
            let tags: Vec<String> = tags_of(&service.site, object)
                .map(|tag| tag_id(&service.site, tag))
                .collect();
            answers.push(json!({"object_id": {"id": id, "type": kind}, "tag_ids": tags}));
        }
    }
    Ok(Value::from(answers))
}

/// A switch may be asked for by its base type.
fn is_of_type(object: Object, name: &str) -> bool {
    object.kind.lineage().contains(&name)
}
