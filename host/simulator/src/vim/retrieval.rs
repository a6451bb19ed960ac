//! What a property retrieval covers, and a walk over it that can stop after any object and go on in a later call.

use super::selection::{Selection, Wanted};
use super::view::{View, Walk};
use crate::faults::Faults;
use crate::inventory::{Kind, Object, Site};
use crate::soap::fault::SoapFault;
use crate::soap::request::Element;

/// A parsed `specSet`.
#[derive(Debug)]
pub(crate) struct Retrieval {
    selections: Vec<Selection>,
    /// Where objects come from, each with the place of its selection.
    sources: Vec<(usize, Source)>,
    /// The number of VMs when it began: later ones are not part of the result.
    vms: u32,
}

#[derive(Debug)]
enum Source {
    Object(Object),
    View {
        id: String,
        view: View,
        itself: bool,
        members: bool,
    },
}

/// How far a retrieval has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cursor {
    source: usize,
    view_done: bool,
    walk: Walk,
}

/// An object of the result.
#[derive(Debug)]
pub(crate) enum Item<'a> {
    Object(Object, &'a [Wanted]),
    /// A container view, its announced list wanted.
    View {
        id: &'a str,
        view: &'a View,
    },
}

impl Retrieval {
    /// Reads the `specSet` elements of a call. `view` finds a view of the session by its id.
    pub(crate) fn parse(
        call: &Element,
        site: &Site,
        faults: &Faults,
        known: impl Fn(&str) -> bool,
        view: impl Fn(&str) -> Option<View>,
    ) -> Result<Self, SoapFault> {
        let mut retrieval = Self {
            selections: Vec::new(),
            sources: Vec::new(),
            vms: if site.grows_results {
                u32::MAX
            } else {
                site.count(Kind::Vm)
            },
        };
        for filter in call.children("specSet") {
            let place = retrieval.selections.len();
            retrieval.selections.push(Selection::parse(filter, &known)?);
            let tolerant = filter.flag("reportMissingObjectsInResults");
            for spec in filter.children("objectSet") {
                match source(spec, site, faults, &view) {
                    Ok(Some(source)) => retrieval.sources.push((place, source)),
                    Ok(None) => {}
                    // The API omits missing objects on request.
                    Err(SoapFault::NotFound { .. }) if tolerant => {}
                    Err(fault) => return Err(fault),
                }
            }
        }
        Ok(retrieval)
    }

    /// The next object that a selection applies to.
    pub(crate) fn next(
        &self,
        site: &Site,
        faults: &Faults,
        cursor: &mut Cursor,
    ) -> Option<Item<'_>> {
        loop {
            let (place, source) = self.sources.get(cursor.source)?;
            let selection = &self.selections[*place];
            match source {
                Source::Object(object) => {
                    cursor.next_source();
                    if let Some(wanted) = selection.of(object.kind) {
                        return Some(Item::Object(*object, wanted));
                    }
                }
                Source::View {
                    id,
                    view,
                    itself,
                    members,
                } => {
                    if !cursor.view_done {
                        cursor.view_done = true;
                        if *itself && selection.view {
                            return Some(Item::View { id, view });
                        }
                    }
                    let wants = |kind: Kind| *members && selection.of(kind).is_some();
                    match view.next(site, &mut cursor.walk, wants) {
                        Some(object) if faults.is_unlisted(object) => {}
                        Some(object) if !self.covers(object) => {}
                        Some(object) => {
                            let wanted = selection.of(object.kind).unwrap_or_default();
                            return Some(Item::Object(object, wanted));
                        }
                        None => cursor.next_source(),
                    }
                }
            }
        }
    }

    /// Whether the object is part of the result: not a VM created since the retrieval began, unless those are.
    pub(crate) fn covers(&self, object: Object) -> bool {
        object.kind != Kind::Vm || object.index < self.vms
    }

    /// Where the walk stands after `objects` more; none when it ends before or there.
    pub(crate) fn skip(
        &self,
        site: &Site,
        faults: &Faults,
        from: Cursor,
        objects: u32,
    ) -> Option<Cursor> {
        let mut cursor = from;
        for _ in 0..objects {
            self.next(site, faults, &mut cursor)?;
        }
        self.next(site, faults, &mut cursor.clone())
            .is_some()
            .then_some(cursor)
    }
}

impl Cursor {
    fn next_source(&mut self) {
        *self = Self {
            source: self.source + 1,
            ..Self::default()
        };
    }
}

fn source(
    spec: &Element,
    site: &Site,
    faults: &Faults,
    find_view: impl Fn(&str) -> Option<View>,
) -> Result<Option<Source>, SoapFault> {
    let id = spec.text_of("obj").unwrap_or_default();
    let kind = spec
        .child("obj")
        .and_then(|obj| obj.attribute("type"))
        .unwrap_or_default();
    let not_found = || SoapFault::NotFound {
        kind: kind.to_owned(),
        id: id.to_owned(),
    };
    if kind == "ContainerView" {
        let view = find_view(id).ok_or_else(not_found)?;
        return Ok(Some(Source::View {
            id: id.to_owned(),
            view,
            itself: !spec.flag("skip"),
            members: traverses_view(spec)?,
        }));
    }
    let object = site
        .object(id)
        .filter(|&object| !faults.is_gone(object))
        .ok_or_else(not_found)?;
    let left_out = spec.flag("skip") || faults.is_withheld(object);
    Ok((!left_out).then_some(Source::Object(object)))
}

fn traverses_view(spec: &Element) -> Result<bool, SoapFault> {
    for step in spec
        .children("selectSet")
        .filter(|step| step.text_of("type") == Some("ContainerView"))
    {
        match step.text_of("path") {
            Some("view") if step.flag("skip") => {}
            Some("view") => return Ok(true),
            path => {
                return Err(SoapFault::InvalidProperty {
                    name: path.unwrap_or_default().to_owned(),
                });
            }
        }
    }
    Ok(false)
}
