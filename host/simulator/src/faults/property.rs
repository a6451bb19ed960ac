//! Faults of single properties: a value in place of the plain one.

use super::Faults;
use super::ghosts::{is_of_guest, silent};
use crate::Fault;
use crate::inventory::{Kind, Object, Property, Site};
use crate::soap::xml::Xml;
use std::borrow::Cow;

/// Why a property is reported missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The account lacks this privilege.
    NoPermission(&'static str),
    /// The session is over.
    NotAuthenticated,
}

/// The value of a property.
#[derive(Clone, Debug)]
pub(super) enum Reading {
    Plain,
    Unset,
    /// This `val` element.
    Val(Cow<'static, str>),
    /// The value of this VM under this seed.
    Of {
        index: u32,
        seed: u64,
    },
}

impl Reading {
    /// A `val` of a type, its text being markup.
    pub(super) fn value(xsi_type: &str, markup: &str) -> Self {
        Self::Val(format!("<val xsi:type=\"{xsi_type}\">{markup}</val>").into())
    }
}

impl Faults {
    /// Why a property cannot be read.
    pub(crate) fn refusal(&self, site: &Site, object: Object, path: &str) -> Option<Refusal> {
        if self.active.is_empty() {
            return None;
        }
        let reads = || {
            self.is_out_of_sight(site, object)
                || (path.starts_with("config.") && self.strikes(Fault::ConfigUnreadable, object))
                || (self.has(Fault::HostUnreadable)
                    && object.kind == Kind::Vm
                    && matches!(path, "runtime.host" | "summary.runtime.host"))
        };
        if path == "name" && self.strikes(Fault::NameUnreadable, object) {
            return Some(Refusal::NoPermission("System.View"));
        }
        reads().then_some(Refusal::NoPermission("System.Read"))
    }

    /// Writes the `val` element of a property; nothing when it is unset.
    pub(crate) fn write_value(
        &self,
        site: &Site,
        object: Object,
        (path, property): (&str, Property),
        xml: &mut Xml,
    ) {
        let start = xml.len();
        match self.reading(object, path) {
            Reading::Plain => property(site, object.index, xml),
            Reading::Unset => {}
            Reading::Val(markup) => {
                xml.raw(&markup);
            }
            Reading::Of { index, seed } => {
                let mut site = site.clone();
                site.seed = seed;
                property(&site, index, xml);
            }
        }
        if xml.len() > start {
            self.write_more_devices(site, object, path, xml);
        }
    }

    fn reading(&self, object: Object, path: &str) -> Reading {
        if self.active.is_empty() || object.kind != Kind::Vm {
            return Reading::Plain;
        }
        if matches!(path, "name" | "config.name" | "summary.config.name")
            && let Some(name) = self.name(object)
        {
            return Reading::value("xsd:string", name);
        }
        if self.has(Fault::GuestSilent) && is_of_guest(path) {
            return silent(path);
        }
        self.ghost(object, path)
            .or_else(|| self.undecodable(object, path))
            .or_else(|| self.identifier(object, path))
            .unwrap_or(Reading::Plain)
    }

    fn undecodable(&self, object: Object, path: &str) -> Option<Reading> {
        let number = matches!(path, "config.hardware.numCPU" | "config.hardware.memoryMB");
        (number && self.strikes(Fault::UndecodableVm, object))
            .then(|| Reading::value("xsd:int", "many"))
    }

    fn identifier(&self, object: Object, path: &str) -> Option<Reading> {
        let of_instance = match path {
            "config.uuid" | "summary.config.uuid" => false,
            "config.instanceUuid" | "summary.config.instanceUuid" => true,
            _ => return None,
        };
        let twin = match (self.role(Fault::DuplicateUuid, object), of_instance) {
            (Some(1), false) => self.victims(Fault::DuplicateUuid).first(),
            (Some(3), true) => self.victims(Fault::DuplicateUuid).get(2),
            _ => None,
        };
        // Shared values stay shared after a rebuild.
        let rebuilt = of_instance && self.has(Fault::ReusedMoref);
        (twin.is_some() || rebuilt).then(|| Reading::Of {
            index: twin.map_or(object.index, |twin| twin.index),
            seed: if rebuilt { !self.seed } else { self.seed },
        })
    }
}
