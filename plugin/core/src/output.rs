//! What is handed over: pages of JSON lines.

use serde::{Serialize, Serializer};
use stocktake_contract::normalized::{Kind, Normalized};
use stocktake_contract::response::{Detection, Evidence};
use stocktake_contract::{Problem, Warning};

use crate::inventory::Relation;
use crate::moref::MoRef;
use crate::tape::Tape;

/// A batch that has grown to this many bytes is handed over, wherever the
/// server's page ends: servers exist that send everything in one.
const FULL: usize = 256 * 1024;

/// One page of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Counts pages from 0.
    pub sequence: u32,
    /// Assets in `batch`, per kind.
    pub assets: Vec<(&'static str, u64)>,
    /// Relations in `batch`.
    pub relations: u32,
    /// Warnings in `batch`.
    pub warnings: u32,
    /// Objects read so far.
    pub done: u64,
    /// Objects there are, once announced.
    pub total: Option<u64>,
    /// JSON lines.
    pub batch: String,
}

/// A run's last answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// Assets, relations and warnings over all pages.
    pub totals: Totals,
    /// The list is proved whole.
    pub inventory_complete: bool,
    /// Why.
    pub evidence: Evidence,
    /// What the target turned out to be.
    pub detection: Option<Detection>,
    /// Empty exactly when the run did what its mode asks for.
    pub errors: Vec<Problem>,
}

/// Counts over all pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Assets.
    pub assets: u64,
    /// Relations.
    pub relations: u64,
    /// Warnings.
    pub warnings: u64,
}

/// Gathers lines into pages.
#[derive(Debug, Default)]
pub struct Output {
    batch: Vec<u8>,
    page: Page,
    totals: Totals,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Line<'l> {
    Asset {
        external_kind: &'static str,
        external_id: &'l str,
        normalized: &'l Normalized<'l>,
        raw_payload: &'l Tape,
    },
    Relation {
        r#type: &'static str,
        from: End<'l>,
        to: End<'l>,
        raw_payload: Placed<'l>,
    },
    Warning(&'l Warning),
}

#[derive(Clone, Copy, Serialize)]
struct End<'l> {
    external_kind: &'static str,
    external_id: &'l str,
}

impl<'l> End<'l> {
    fn of(kind: Kind, object: MoRef<'l>) -> Self {
        End {
            external_kind: kind.as_str(),
            external_id: object.value,
        }
    }
}

/// The property that a relation was read from, and the reference it holds.
#[derive(Clone, Copy)]
struct Placed<'l>(&'static str, MoRef<'l>);

#[derive(Serialize)]
struct Reference<'l> {
    r#type: &'l str,
    value: &'l str,
}

impl Serialize for Placed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Placed(path, object) = self;
        let reference = Reference {
            r#type: object.type_name,
            value: object.value,
        };
        serializer.collect_map([(path, reference)])
    }
}

impl Output {
    /// Adds an asset.
    pub fn asset(&mut self, id: &str, normalized: &Normalized<'_>, properties: &Tape) {
        let kind = normalized.kind.as_str();
        self.line(&Line::Asset {
            external_kind: kind,
            external_id: id,
            normalized,
            raw_payload: properties,
        });
        self.totals.assets += 1;
        match self
            .page
            .assets
            .iter_mut()
            .find(|(known, _)| *known == kind)
        {
            Some((_, count)) => *count += 1,
            None => self.page.assets.push((kind, 1)),
        }
    }

    /// Adds the relations of a placement.
    pub fn relation(&mut self, relation: Relation<'_>) {
        let Relation { source, from, to } = relation;
        let (from_kind, to_kind) = source.ends();
        let placed = Placed(source.path(), relation.referred());
        let (there, back) = source.relations();
        let from = End::of(from_kind, from);
        let to = End::of(to_kind, to);
        self.edge(there, from, to, placed);
        if let Some(back) = back {
            self.edge(back, to, from, placed);
        }
    }

    fn edge<'l>(
        &mut self,
        r#type: &'static str,
        from: End<'l>,
        to: End<'l>,
        raw_payload: Placed<'l>,
    ) {
        self.line(&Line::Relation {
            r#type,
            from,
            to,
            raw_payload,
        });
        self.totals.relations += 1;
        self.page.relations += 1;
    }

    /// Adds a warning.
    pub fn warning(&mut self, warning: &Warning) {
        self.line(&Line::Warning(warning));
        self.totals.warnings += 1;
        self.page.warnings += 1;
    }

    fn line(&mut self, line: &Line<'_>) {
        serde_json::to_writer(&mut self.batch, line).expect("writing to memory cannot fail");
        self.batch.push(b'\n');
    }

    /// The batch is worth handing over although more could be added.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.batch.len() >= FULL
    }

    /// Hands over what was gathered; none when there is nothing.
    pub fn take(&mut self, (done, total): (u64, Option<u64>)) -> Option<Page> {
        if self.batch.is_empty() {
            return None;
        }
        let next = Page {
            sequence: self.page.sequence + 1,
            ..Page::default()
        };
        let mut page = std::mem::replace(&mut self.page, next);
        page.batch = String::from_utf8(std::mem::take(&mut self.batch)).expect("JSON is UTF-8");
        page.done = done;
        page.total = total;
        Some(page)
    }

    /// Counts over all pages.
    #[must_use]
    pub fn totals(&self) -> Totals {
        self.totals
    }
}
