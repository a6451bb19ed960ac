//! Rules of single items and of the set of them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use stocktake_contract::ErrorCode::{
    self, InternalError, PluginOutputInvalidJson, PluginResponseInvalid, SchemaValidationFailed,
};
use stocktake_contract::WarningCode;
use stocktake_contract::response::{LEDGER_KINDS, TREE_KINDS};
use stocktake_ids::Full;

use super::details;
use super::identities::Identities;
use super::issue::{Issue, Issues};
use super::item::{Asset, RawWarning, Relation};
use super::limits::ItemLimits;
use super::normalized::{Normalized, NormalizedExtendedV1, NormalizedV1};
use super::reader::{Mismatch, read};
use super::scope::Scope;
use super::shape::{RawAsset, RawRelation, sound_asset, sound_relation};
use super::value::Object;

/// Relation types of the contract: from which kinds to which.
const RELATIONS: [(&str, &[&str], &[&str]); 8] = [
    ("runs_on", &["vm"], &["host"]),
    ("hosts_vm", &["host"], &["vm"]),
    ("member_of", &["host"], &["cluster"]),
    ("mounts", &["host"], &["datastore"]),
    ("stored_on", &["vm"], &["datastore"]),
    ("attached_to", &["vm"], &["network", "dvportgroup"]),
    ("part_of", &["dvportgroup"], &["dvswitch"]),
    (
        "contained_in",
        &[
            "vm",
            "host",
            "cluster",
            "datastore",
            "network",
            "dvportgroup",
            "dvswitch",
            "datacenter",
            "folder",
            "resourcepool",
            "vapp",
            "datastorepod",
        ],
        &TREE_KINDS,
    ),
];

/// What was received, and what is wrong with it.
#[derive(Debug)]
pub(crate) struct ItemValidator {
    pub(crate) scope: Scope,
    limits: ItemLimits,
    seen: Identities,
    pub(crate) assets: BTreeMap<String, u64>,
    pub(crate) relations: u64,
    pub(crate) warnings: u64,
    /// A warning reports a session that is left on the server.
    pub(crate) reported_session_left: bool,
    pub(crate) issues: Issues,
}

impl ItemValidator {
    pub(crate) fn new(scope: Scope, limits: ItemLimits, issues: Issues) -> Self {
        ItemValidator {
            scope,
            limits,
            seen: Identities::default(),
            assets: BTreeMap::new(),
            relations: 0,
            warnings: 0,
            reported_session_left: false,
            issues,
        }
    }

    /// Bytes that are held to know what was received.
    pub(crate) fn bytes(&self) -> usize {
        self.seen.bytes()
    }

    /// Which assets were received.
    pub(crate) fn identities(&self) -> &Identities {
        &self.seen
    }

    /// Assets received, over all kinds.
    pub(crate) fn asset_count(&self) -> u64 {
        self.assets.values().sum()
    }

    /// Assets received of one kind.
    pub(crate) fn assets_of(&self, kind: &str) -> u64 {
        self.assets.get(kind).copied().unwrap_or(0)
    }

    /// Takes an asset, the text of one JSON value.
    pub(crate) fn asset<'a>(&mut self, text: &'a str) -> Option<Asset<'a>> {
        let part = Part::new("assets", self.asset_count());
        let may_have_details = self.scope.has_details;
        let (Asset { kind, id, .. }, unchecked) =
            match sound_asset(text, &self.limits, may_have_details) {
                Some(asset) => (asset, None),
                None => {
                    let (asset, unchecked) = self.raw_asset(&part, text)?;
                    (asset, Some(unchecked))
                }
            };
        self.count_asset(&kind);
        let names = [(&*kind, "external_kind"), (&*id, "external_id")];
        if !self.short_enough(&part, &names) {
            return None;
        }
        let subject = || format_subject(&kind, &id);
        let before = self.issues.total();
        if let Some(refusal) = self.scope.refusal(&kind) {
            let issue = Issue::new(PluginResponseInvalid, part.name(), "external_kind", refusal);
            self.issues.push(issue.of(subject()));
        }
        match self.seen.emit(&kind, &id) {
            Ok(true) => {}
            Ok(false) => {
                let subject = subject();
                let message = format!("{subject} was emitted before; ids are unique per kind");
                let issue = Issue::new(PluginResponseInvalid, part.name(), "external_id", message);
                self.issues.push(issue.of(subject));
            }
            Err(Full) => self.full(&part),
        }
        if let Some(Unchecked {
            normalized,
            details,
        }) = unchecked
        {
            self.normalized(&part, &subject(), &kind, normalized);
            if let Some(details) = details {
                self.details(&part, &subject(), &kind, details);
            }
        }
        (self.issues.total() == before).then_some(Asset { kind, id, text })
    }

    /// The asset and what is left to be checked of it.
    fn raw_asset<'a>(&mut self, part: &Part, text: &'a str) -> Option<(Asset<'a>, Unchecked<'a>)> {
        if !self.within_limits(part, text) {
            self.count_asset("");
            return None;
        }
        match read::<RawAsset<'a>>(text) {
            Ok(Object(shape)) => {
                let (kind, id) = (shape.external_kind.0, shape.external_id.0);
                let unchecked = Unchecked {
                    normalized: shape.normalized.0.get(),
                    details: shape.details.0.map(|details| details.0.get()),
                };
                Some((Asset { kind, id, text }, unchecked))
            }
            Err(mismatch) => {
                let value = self.misshapen(part, text, mismatch);
                // Its relations are not to blame for it.
                let name = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or("");
                let (kind, id) = (name("external_kind"), name("external_id"));
                let known = self.scope.refusal(kind).is_none();
                if known && self.seen.emit(kind, id).is_err() {
                    self.full(part);
                }
                self.count_asset(if known { kind } else { "" });
                None
            }
        }
    }

    fn normalized(&mut self, part: &Part, subject: &str, kind: &str, text: &str) {
        let mismatch = if LEDGER_KINDS.contains(&kind) {
            normalized_mismatch::<NormalizedV1>(text, kind)
        } else {
            normalized_mismatch::<NormalizedExtendedV1>(text, kind)
        };
        if let Some(mismatch) = mismatch {
            let Mismatch { path, message } = mismatch.within("normalized");
            let issue = Issue::new(SchemaValidationFailed, part.name(), path, message);
            self.issues.push(issue.of(subject));
        }
    }

    fn details(&mut self, part: &Part, subject: &str, kind: &str, text: &str) {
        let issue = if self.scope.has_details {
            details::mismatch(kind, text).map(|mismatch| {
                let Mismatch { path, message } = mismatch.within("details");
                Issue::new(SchemaValidationFailed, part.name(), path, message)
            })
        } else {
            let message = "were not asked for; profile full asks for them".to_owned();
            Some(Issue::new(
                PluginResponseInvalid,
                part.name(),
                "details",
                message,
            ))
        };
        if let Some(issue) = issue {
            self.issues.push(issue.of(subject));
        }
    }

    /// Takes a relation, the text of one JSON value.
    pub(crate) fn relation<'a>(&mut self, text: &'a str) -> Option<Relation<'a>> {
        let part = Part::new("relations", self.relations);
        self.relations += 1;
        let relation = match sound_relation(text, &self.limits) {
            Some(relation) => relation,
            None => self.raw_relation(&part, text)?,
        };
        let Relation { kind, from, to, .. } = relation;
        let names = [
            (&*kind, "type"),
            (&*from.0, "from.external_kind"),
            (&*from.1, "from.external_id"),
            (&*to.0, "to.external_kind"),
            (&*to.1, "to.external_id"),
        ];
        if !self.short_enough(&part, &names) {
            return None;
        }
        let mut wrong: Vec<(&str, String)> = Vec::new();
        let known = RELATIONS.iter().find(|(known, ..)| *known == kind);
        for (end, path, kinds) in [
            (
                &from,
                "from.external_kind",
                known.map(|(_, kinds, _)| kinds),
            ),
            (&to, "to.external_kind", known.map(|(.., kinds)| kinds)),
        ] {
            match kinds {
                Some(kinds) if !kinds.contains(&&*end.0) => {
                    let kinds = kinds.join(" or ");
                    wrong.push((path, format!("{:?} is not {kinds}, as {kind} asks", end.0)));
                }
                Some(_) => {}
                // The scope says of relation ends what it says of assets,
                // except that `collect_vms` leaves its hosts to the ledger.
                None if end.0 == "host" => {}
                None => wrong.extend(self.scope.refusal(&end.0).map(|refusal| (path, refusal))),
            }
        }
        if wrong.is_empty() {
            let number = part.number;
            match self
                .seen
                .relate(number, &kind, (&from.0, &from.1), (&to.0, &to.1))
            {
                Ok(true) => {}
                Ok(false) => {
                    wrong.push(("", "was emitted before; a relation is emitted once".into()))
                }
                Err(Full) => self.full(&part),
            }
        }
        let sound = wrong.is_empty();
        for (path, message) in wrong {
            let issue = Issue::new(PluginResponseInvalid, part.name(), path, message);
            self.issues.push(issue.of(format!(
                "{kind} {} → {}",
                format_subject(&from.0, &from.1),
                format_subject(&to.0, &to.1)
            )));
        }
        sound.then_some(Relation {
            kind,
            from,
            to,
            text,
        })
    }

    fn raw_relation<'a>(&mut self, part: &Part, text: &'a str) -> Option<Relation<'a>> {
        if !self.within_limits(part, text) {
            return None;
        }
        match read::<RawRelation<'a>>(text) {
            Ok(Object(shape)) => Some(shape.of(text)),
            Err(mismatch) => {
                self.misshapen(part, text, mismatch);
                None
            }
        }
    }

    /// Takes a warning, the text of one JSON value.
    pub(crate) fn warning(&mut self, text: &str) -> Option<RawWarning> {
        let part = Part::new("stats.warnings", self.warnings);
        self.warnings += 1;
        if let Err(excess) = self.limits.of_warnings().check(text) {
            self.push(PluginResponseInvalid, &part, "", excess.to_string());
            return None;
        }
        let warning = match read::<Object<RawWarning>>(text) {
            Ok(Object(warning)) => warning,
            Err(mismatch) => {
                self.misshapen(&part, text, mismatch);
                return None;
            }
        };
        self.reported_session_left |= warning.code == WarningCode::SessionLeft.as_str();
        let roots = self.scope.roots.take();
        self.scope.roots = roots.map(|roots| roots.after_warning(&warning.code));
        Some(warning)
    }

    /// Relation ends for which no asset came.
    pub(crate) fn dangling(&mut self) {
        let hosts_are_elsewhere = match self.scope.mode {
            Some(mode) => mode.collects_vms() && !mode.collects_hosts(),
            None => self.assets_of("host") == 0,
        };
        for (kind, id, wanted) in self.seen.missing() {
            if hosts_are_elsewhere && kind == "host" {
                continue;
            }
            let more = match wanted.times {
                1 => String::new(),
                times => format!(" ({} more relation ends name it)", times - 1),
            };
            let subject = format_subject(kind, &id.to_string());
            self.issues.push(Issue::new(
                PluginResponseInvalid,
                format!("relations[{}]", wanted.relation),
                if wanted.from { "from" } else { "to" },
                format!("{subject} is not among the assets{more}"),
            ));
        }
    }

    fn count_asset(&mut self, kind: &str) {
        match self.assets.get_mut(kind) {
            Some(count) => *count += 1,
            None => {
                self.assets.insert(kind.to_owned(), 1);
            }
        }
    }

    /// Reports what is wrong with the shape of an item, and answers what could be read of it.
    fn misshapen(&mut self, part: &Part, text: &str, mismatch: Mismatch) -> Value {
        match serde_json::from_str(text) {
            Ok(value) => {
                self.push(
                    PluginResponseInvalid,
                    part,
                    &mismatch.path,
                    mismatch.message,
                );
                value
            }
            Err(error) => {
                let message = format!("is not JSON: {error}");
                self.push(PluginOutputInvalidJson, part, "", message);
                Value::Null
            }
        }
    }

    fn within_limits(&mut self, part: &Part, text: &str) -> bool {
        let excess = self.limits.check(text).err();
        if let Some(excess) = &excess {
            self.push(PluginResponseInvalid, part, "", excess.to_string());
        }
        excess.is_none()
    }

    fn short_enough(&mut self, part: &Part, names: &[(&str, &str)]) -> bool {
        let most = self.limits.id_bytes;
        let long = names.iter().find(|(text, _)| text.len() > most);
        if let Some((text, path)) = long {
            let message = format!("is {} bytes long, {most} are allowed", text.len());
            self.push(PluginResponseInvalid, part, path, message);
        }
        long.is_none()
    }

    fn full(&mut self, part: &Part) {
        let message = "there are more ids, kinds or relation types than this host can distinguish";
        self.push(InternalError, part, "", message.to_owned());
    }

    fn push(&mut self, code: ErrorCode, part: &Part, path: &str, message: String) {
        self.issues
            .push(Issue::new(code, part.name(), path, message));
    }
}

/// The texts of an asset that are left to be checked.
struct Unchecked<'a> {
    normalized: &'a str,
    details: Option<&'a str>,
}

/// What is wrong with the `normalized` of an asset of `kind`.
fn normalized_mismatch<'a, N>(text: &'a str, kind: &str) -> Option<Mismatch>
where
    N: Normalized + Deserialize<'a>,
{
    match read::<Object<N>>(text) {
        Err(mismatch) => Some(mismatch),
        Ok(Object(normalized)) => {
            let found = normalized.kind().as_str();
            (found != kind).then(|| Mismatch {
                path: "kind".to_owned(),
                message: format!("{found:?} contradicts external_kind {kind:?}"),
            })
        }
    }
}

/// An item by its position; named only when there is something to say of it.
struct Part {
    list: &'static str,
    number: u64,
}

impl Part {
    fn new(list: &'static str, number: u64) -> Self {
        Part { list, number }
    }

    fn name(&self) -> String {
        format!("{}[{}]", self.list, self.number)
    }
}

fn format_subject(kind: &str, id: &str) -> String {
    format!("{kind} {id}")
}
