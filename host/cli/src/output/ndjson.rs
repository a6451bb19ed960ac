//! A JSON line per item, and a summary last.

use std::io::{self, Write};

use serde::Serialize;
use stocktake_contract::response::{Detection, Evidence};
use stocktake_contract::{Problem, ascii};
use stocktake_runtime::validation::{Asset, RawWarning, Relation};
use stocktake_runtime::{Extras, Outcome, Usage, Writer};

/// Writes JSON lines to `W`, each `{"asset":…}`, `{"relation":…}` or
/// `{"warning":…}`, and `{"summary":…}` last.
#[derive(Debug)]
pub(crate) struct Lines<W> {
    out: W,
    extras: Extras,
}

#[derive(Serialize)]
struct Summary<'s> {
    assets: u64,
    relations: u64,
    warnings: u64,
    inventory_complete: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<&'s Evidence>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<&'s Usage>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detect: Option<&'s Detection>,
    errors: &'s [Problem],
}

impl<W: Write> Lines<W> {
    /// The summary always has the evidence; the usage only if requested.
    pub(crate) fn new(out: W, extras: Extras) -> Self {
        Lines { out, extras }
    }

    fn line(&mut self, name: &str, json: &str) -> io::Result<()> {
        writeln!(self.out, r#"{{"{name}":{}}}"#, ascii::escape(json))
    }
}

impl<W: Write> Writer for Lines<W> {
    fn asset(&mut self, asset: &Asset<'_>) -> io::Result<()> {
        self.line("asset", asset.text)
    }

    fn relation(&mut self, relation: &Relation<'_>) -> io::Result<()> {
        self.line("relation", relation.text)
    }

    fn warning(&mut self, _: &RawWarning, text: &str) -> io::Result<()> {
        self.line("warning", text)
    }

    fn finish(&mut self, outcome: &Outcome) -> io::Result<()> {
        let summary = Summary {
            assets: outcome.counts.all_assets(),
            relations: outcome.counts.relations,
            warnings: outcome.counts.warnings,
            inventory_complete: outcome.proof().is_some(),
            evidence: outcome.evidence.as_ref(),
            usage: self.extras.usage.then_some(&outcome.usage),
            detect: outcome.detection.as_ref(),
            errors: &outcome.errors,
        };
        let json = serde_json::to_string(&summary)?;
        self.line("summary", &json)?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::{Asset, Extras, Lines, Outcome, Writer};

    #[test]
    fn every_line_is_json_and_the_last_is_the_summary() {
        let mut bytes = Vec::new();
        let extras = Extras {
            usage: true,
            ..Extras::default()
        };
        let mut lines = Lines::new(&mut bytes, extras);
        let asset = Asset {
            kind: "vm".into(),
            id: "vm-1".into(),
            text: r#"{"external_id":"vm-1"}"#,
        };
        lines.asset(&asset).expect("written");
        lines.finish(&Outcome::default()).expect("written");
        let text = String::from_utf8(bytes).expect("UTF-8");
        let values: Vec<serde_json::Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect();
        assert_eq!(values[0]["asset"]["external_id"], "vm-1");
        assert_eq!(values[1]["summary"]["inventory_complete"], false);
        assert_eq!(values[1]["summary"]["usage"]["requests"]["used"], 0);
    }
}
