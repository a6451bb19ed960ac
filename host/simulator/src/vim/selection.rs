//! `propSet`: which properties are wanted of which types.

use crate::inventory::{Kind, Property, find, top_level};
use crate::soap::fault::SoapFault;
use crate::soap::request::Element;

/// A property with its requested path.
pub(crate) type Wanted = (&'static str, Property);

/// The properties of each kind, the most specific `propSet` applied.
#[derive(Debug)]
pub(crate) struct Selection {
    by_kind: [Option<Vec<Wanted>>; Kind::COUNT],
    /// Whether the `view` property of a container view is wanted.
    pub(crate) view: bool,
}

impl Selection {
    /// Reads the `propSet` elements of a filter. `known` says which paths this server's version has.
    pub(crate) fn parse(filter: &Element, known: impl Fn(&str) -> bool) -> Result<Self, SoapFault> {
        let sets: Vec<PropSet<'_>> = filter.children("propSet").map(PropSet::read).collect();
        for set in &sets {
            set.check(&known)?;
        }
        let by_kind = Kind::ALL.map(|kind| {
            kind.lineage()
                .iter()
                .find_map(|name| sets.iter().rev().find(|set| set.name == *name))
                .map(|set| set.resolve(kind))
        });
        Ok(Self {
            by_kind,
            view: sets
                .iter()
                .any(|set| set.name == "ContainerView" && set.selects_view()),
        })
    }

    pub(crate) fn of(&self, kind: Kind) -> Option<&[Wanted]> {
        self.by_kind[kind.position()].as_deref()
    }
}

struct PropSet<'a> {
    name: &'a str,
    all: bool,
    paths: Vec<&'a str>,
}

impl<'a> PropSet<'a> {
    fn read(element: &'a Element) -> Self {
        Self {
            name: element.text_of("type").unwrap_or_default(),
            all: element.flag("all"),
            paths: element
                .children("pathSet")
                .map(|path| path.text.trim())
                .collect(),
        }
    }

    fn selects_view(&self) -> bool {
        self.all || self.paths.contains(&"view")
    }

    /// Refuses paths that the type does not have; types that are not simulated are not checked.
    fn check(&self, known: impl Fn(&str) -> bool) -> Result<(), SoapFault> {
        let exact: Vec<Kind> = self.kinds(|lineage| self.is_declared_by(lineage));
        let kinds = if exact.is_empty() {
            self.kinds(|lineage| lineage.contains(&self.name))
        } else {
            exact
        };
        let exists = |path: &str| match self.name {
            "ContainerView" => path == "view",
            _ => kinds.is_empty() || kinds.iter().any(|&kind| find(kind, path).is_some()),
        };
        match self.paths.iter().find(|path| !known(path) || !exists(path)) {
            Some(path) => Err(SoapFault::InvalidProperty {
                name: (*path).to_owned(),
            }),
            None => Ok(()),
        }
    }

    /// The abstract switch type has no kind of its own: its one subtype stands for it.
    fn is_declared_by(&self, lineage: &[&str]) -> bool {
        lineage[0] == self.name
            || (self.name == "DistributedVirtualSwitch" && lineage.contains(&self.name))
    }

    fn kinds(&self, matches: impl Fn(&[&str]) -> bool) -> Vec<Kind> {
        Kind::ALL
            .into_iter()
            .filter(|kind| matches(kind.lineage()))
            .collect()
    }

    fn resolve(&self, kind: Kind) -> Vec<Wanted> {
        if self.all {
            return top_level(kind).collect();
        }
        self.paths
            .iter()
            .filter_map(|path| find(kind, path))
            .collect()
    }
}
