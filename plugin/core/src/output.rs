//! The output: pages of JSON lines.

use stocktake_contract::normalized::{Kind, Normalized};
use stocktake_contract::response::{Detection, Evidence};
use stocktake_contract::{Problem, Warning};

use crate::inventory::Relation;
use crate::json::Writer;
use crate::moref::MoRef;
use crate::tape::Tape;

/// A batch of this many bytes is returned before the server's page ends:
/// some servers send everything in one page.
const FULL: usize = 64 * 1024;

/// The object that fills a batch is seldom larger than this.
const OVERRUN: usize = 16 * 1024;

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
    /// Objects in all, once announced.
    pub total: Option<u64>,
    /// JSON lines.
    pub batch: String,
}

/// The summary of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// Assets, relations and warnings over all pages.
    pub totals: Totals,
    /// Whether the inventory is proved complete.
    pub inventory_complete: bool,
    /// The evidence.
    pub evidence: Evidence,
    /// What the target is.
    pub detection: Option<Detection>,
    /// Empty exactly when the run succeeded.
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

/// An end of a relation.
type End<'l> = (Kind, MoRef<'l>);

impl Output {
    /// Adds an asset. `details` are JSON; there are none when it is empty.
    pub fn asset(
        &mut self,
        id: &str,
        normalized: &Normalized<'_>,
        details: &[u8],
        properties: &Tape,
    ) {
        let kind = normalized.kind.as_str();
        let mut line = self.line();
        line.literal(r#"{"asset":{"external_kind":""#);
        line.literal(kind);
        line.literal(r#"","external_id":"#);
        line.string(id);
        line.literal(r#","normalized":"#);
        line.serialize(normalized);
        if !details.is_empty() {
            line.literal(r#","details":"#);
            line.bytes().extend_from_slice(details);
        }
        line.literal(r#","raw_payload":"#);
        properties.write(line.bytes());
        line.literal("}}\n");
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
    pub fn relation(&mut self, relation: &Relation) {
        let (from_kind, to_kind) = relation.source.ends();
        let (there, back) = relation.source.relations();
        let placed = (relation.source.path(), relation.referred());
        let from = (from_kind, relation.from.as_ref());
        let to = (to_kind, relation.to.as_ref());
        self.edge(there, from, to, placed);
        if let Some(back) = back {
            self.edge(back, to, from, placed);
        }
    }

    /// `path` is the property that the relation was read from, `referred` its value.
    fn edge(
        &mut self,
        r#type: &'static str,
        from: End<'_>,
        to: End<'_>,
        (path, referred): (&'static str, MoRef<'_>),
    ) {
        let mut line = self.line();
        line.literal(r#"{"relation":{"type":""#);
        line.literal(r#type);
        line.literal(r#"","from":"#);
        write_end(from, &mut line);
        line.literal(r#","to":"#);
        write_end(to, &mut line);
        line.literal(r#","raw_payload":{""#);
        line.literal(path);
        line.literal(r#"":"#);
        line.reference(referred);
        line.literal("}}}\n");
        self.totals.relations += 1;
        self.page.relations += 1;
    }

    /// Adds a warning.
    pub fn warning(&mut self, warning: &Warning) {
        let mut line = self.line();
        line.literal(r#"{"warning":"#);
        line.serialize(warning);
        line.literal("}\n");
        self.totals.warnings += 1;
        self.page.warnings += 1;
    }

    fn line(&mut self) -> Writer<'_> {
        if self.batch.is_empty() {
            self.batch.reserve(FULL + OVERRUN);
        }
        Writer::new(&mut self.batch)
    }

    /// Whether the batch is large enough to be returned.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.batch.len() >= FULL
    }

    /// Returns the gathered lines; `None` when there are none.
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

fn write_end((kind, object): End<'_>, line: &mut Writer<'_>) {
    line.literal(r#"{"external_kind":""#);
    line.literal(kind.as_str());
    line.literal(r#"","external_id":"#);
    line.string(object.value);
    line.literal("}");
}
