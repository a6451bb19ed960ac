//! The output of a run, read as a ledger reads it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use stocktake_vcenter::output::{Page, Summary, Totals};

/// An asset by kind and id.
pub type Asset = (String, String);

/// The complete output.
#[derive(Debug, Default)]
pub struct Ledger {
    /// All lines, one after the other.
    pub lines: String,
    /// Assets.
    pub assets: BTreeSet<Asset>,
    /// Objects that a warning reports as not decoded.
    pub quarantined: BTreeSet<Asset>,
    relations: BTreeSet<(String, Asset, Asset)>,
    totals: Totals,
    pages: u32,
}

impl Ledger {
    /// Takes a page.
    ///
    /// # Panics
    /// When it contradicts itself or those before.
    pub fn take(&mut self, page: &Page) {
        assert_eq!(page.sequence, self.pages, "pages are numbered from 0");
        self.pages += 1;
        let before = self.totals;
        let mut assets: BTreeMap<String, u64> = BTreeMap::new();
        for line in page.batch.lines() {
            let line: Value = serde_json::from_str(line).expect("a line is JSON");
            let fields = line.as_object().expect("a line is an object");
            let (what, content) = fields.iter().next().expect("a line says what it is");
            match what.as_str() {
                "asset" => {
                    let asset = asset(content);
                    *assets.entry(asset.0.clone()).or_default() += 1;
                    assert_eq!(content["normalized"]["kind"], asset.0.as_str());
                    assert!(self.assets.insert(asset.clone()), "{asset:?} twice");
                    self.totals.assets += 1;
                }
                "relation" => self.relate(content),
                "warning" => self.warn(content),
                _ => panic!("a line of an unknown kind: {what}"),
            }
        }
        let counted: BTreeMap<String, u64> = page
            .assets
            .iter()
            .map(|(kind, count)| ((*kind).to_owned(), *count))
            .collect();
        assert_eq!(counted, assets, "assets of a page");
        let relations = self.totals.relations - before.relations;
        assert_eq!(u64::from(page.relations), relations, "relations of a page");
        let warnings = self.totals.warnings - before.warnings;
        assert_eq!(u64::from(page.warnings), warnings, "warnings of a page");
        self.lines += &page.batch;
    }

    fn relate(&mut self, content: &Value) {
        let name = content["type"].as_str().expect("a type").to_owned();
        let relation = (name, asset(&content["from"]), asset(&content["to"]));
        assert!(
            self.relations.insert(relation.clone()),
            "{relation:?} twice"
        );
        self.totals.relations += 1;
    }

    fn warn(&mut self, content: &Value) {
        if content["code"] == "VCENTER_OBJECT_QUARANTINED" {
            self.quarantined.insert(asset(&content["redacted_context"]));
        }
        self.totals.warnings += 1;
    }

    /// Closes the books.
    ///
    /// # Panics
    /// When the summary contradicts the pages. `hosts_elsewhere` says that
    /// hosts were not asked for.
    pub fn close(&self, summary: &Summary, hosts_elsewhere: bool) {
        assert_eq!(summary.totals, self.totals, "the totals");
        for (name, from, to) in &self.relations {
            for end in [from, to] {
                assert!(
                    self.assets.contains(end) || (hosts_elsewhere && end.0 == "host"),
                    "{name} of {end:?}, which is not there"
                );
            }
        }
    }
}

fn asset(content: &Value) -> Asset {
    let text = |key: &str| content[key].as_str().expect("text").to_owned();
    (text("external_kind"), text("external_id"))
}
