//! Tags and their categories. Two categories have one name, and a tag has that of a category.

use super::draw::{Draw, Topic};
use super::names::write_uuid;
use super::object::{Kind, Object};
use super::site::Site;
use crate::soap::xml::Xml;

#[derive(Debug)]
pub(crate) struct Category {
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    pub(crate) cardinality: &'static str,
    /// The types whose objects can have its tags; none stands for all.
    pub(crate) types: &'static [&'static str],
}

#[derive(Debug)]
pub(crate) struct Tag {
    /// The place of its category.
    pub(crate) category: usize,
    pub(crate) name: &'static str,
}

pub(crate) const CATEGORIES: [Category; 4] = [
    Category {
        name: "Environment",
        description: "where it runs",
        cardinality: "SINGLE",
        types: &["VirtualMachine"],
    },
    Category {
        name: "Büro / Etage 100%",
        description: "",
        cardinality: "MULTIPLE",
        types: &[],
    },
    // A copy that a second site brought.
    Category {
        name: "Environment",
        description: "",
        cardinality: "MULTIPLE",
        types: &["VirtualMachine", "HostSystem"],
    },
    Category {
        name: "unused",
        description: "",
        cardinality: "MULTIPLE",
        types: &["Datastore"],
    },
];

const fn tag(category: usize, name: &'static str) -> Tag {
    Tag { category, name }
}

pub(crate) const TAGS: [Tag; 8] = [
    tag(0, "production"),
    tag(0, "test"),
    tag(1, "3 / Süd"),
    tag(1, "=SUM(A1)"),
    tag(1, "Environment"),
    tag(2, "production"),
    tag(2, "staging"),
    tag(3, "never attached"),
];

/// Attached to nothing.
const UNUSED: usize = 7;

fn write_id(site: &Site, kind: &str, place: usize, xml: &mut Xml) {
    let place = u32::try_from(place).unwrap_or(u32::MAX);
    let mut draw = Draw::new(site.seed, Topic::Tags, place);
    // A category and a tag at one place have ids of their own.
    if kind == "Tag" {
        draw.next();
        draw.next();
    }
    xml.raw("urn:vmomi:InventoryService").raw(kind).raw(":");
    write_uuid(draw.next(), draw.next(), xml);
    xml.raw(":GLOBAL");
}

pub(crate) fn write_category_id(site: &Site, category: usize, xml: &mut Xml) {
    write_id(site, "Category", category, xml);
}

pub(crate) fn write_tag_id(site: &Site, tag: usize, xml: &mut Xml) {
    write_id(site, "Tag", tag, xml);
}

/// The tags of an object, by their places: most VMs and hosts have some, a few of the others.
pub(crate) fn tags_of(site: &Site, object: Object) -> impl Iterator<Item = usize> {
    let seed = site.seed ^ ((1 + object.kind.position() as u64) << 32);
    let mut draw = Draw::new(seed, Topic::Tags, object.index);
    let is_tagged = match object.kind {
        Kind::Vm => draw.percent(70),
        Kind::Host => draw.percent(50),
        Kind::CustomFields => false,
        _ => draw.percent(10),
    };
    let chance = [30, 30, 20, 10, 10, 15, 15, 0].map(|chance| draw.percent(chance));
    let kind = object.kind.type_name();
    (0..TAGS.len()).filter(move |&nth| {
        let types = CATEGORIES[TAGS[nth].category].types;
        // Of a category whose tags exclude each other an object has one.
        let is_second = nth == 1 && chance[0];
        let fits = types.is_empty() || types.contains(&kind);
        is_tagged && chance[nth] && fits && !is_second && nth != UNUSED
    })
}
