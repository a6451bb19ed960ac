//! The response document of a run, written as the run proceeds.
//!
//! Assets go out as they come. Relations stand behind them in the document, so
//! they wait in a spool that moves to disk beyond 256 KiB; memory does not grow
//! with the inventory.

use std::io::{self, Write};

use stocktake_contract::document::{Document, Ending};
use stocktake_contract::{Problem, ascii};

pub use stocktake_contract::document::Extras;

use crate::failure;
use crate::outcome::{Conclusion, Outcome};
use crate::spool::{Block, Spool};
use crate::validation::{Asset, RawWarning, Relation};
use crate::writer::Writer;

/// Bytes of relations or warnings that are kept in memory.
const SPOOL: usize = 256 << 10;

/// Writes the document to `W`, with a newline at its end.
#[derive(Debug)]
pub struct Response<W: Write> {
    document: Document<W>,
    extras: Extras,
    ended: bool,
    relations: Spool,
    warnings: Spool,
}

impl<W: Write> Response<W> {
    /// Begins a document.
    pub fn new(out: W, extras: Extras) -> Self {
        Response {
            document: Document::new(out),
            extras,
            ended: false,
            relations: Spool::new(SPOOL),
            warnings: Spool::new(SPOOL),
        }
    }

    /// Writes the relations as far as they can be read, and answers why there are no more.
    fn copy_relations(&mut self) -> io::Result<Option<io::Error>> {
        let mut blocks = match self.relations.read_blocks() {
            Ok(blocks) => blocks,
            Err(error) => return Ok(Some(error)),
        };
        loop {
            match blocks.next_block(b',') {
                Ok(Some(Block { lines, joined })) => {
                    self.document
                        .relations(lines, |out| out.write_all(joined))?;
                }
                Ok(None) => return Ok(None),
                Err(error) => return Ok(Some(error)),
            }
        }
    }

    /// What the document was written to.
    pub fn into_inner(self) -> W {
        self.document.into_inner()
    }

    /// A document without assets, for a run that failed before it began.
    ///
    /// # Errors
    ///
    /// When `out` cannot be written.
    pub fn failure(out: W, problem: Problem) -> io::Result<()> {
        Response::new(out, Extras::default()).finish(&Outcome::failed(problem))
    }
}

impl<W: Write> Writer for Response<W> {
    fn asset(&mut self, asset: &Asset<'_>) -> io::Result<()> {
        self.document.asset(asset.text)
    }

    fn relation(&mut self, relation: &Relation<'_>) -> io::Result<()> {
        self.relations.add(&[&ascii::escape(relation.text)])
    }

    fn warning(&mut self, _: &RawWarning, text: &str) -> io::Result<()> {
        self.warnings.add(&[text])
    }

    /// Ends the document. Nothing can follow it, so a second call changes nothing.
    ///
    /// What waited and cannot be read again is left out of a document that is whole all the same,
    /// is not complete, and says so.
    fn finish(&mut self, outcome: &Outcome) -> io::Result<()> {
        if std::mem::replace(&mut self.ended, true) {
            return Ok(());
        }
        let mut lost = self.copy_relations()?;
        // Before the verdict is written: it stands in front of the warnings.
        let warnings = self.warnings.read();
        let mut warnings = warnings.map_err(|error| lost = Some(error)).ok();
        let mut errors = outcome.errors.clone();
        errors.extend(lost.as_ref().map(failure::unwritten));
        let usage = match self.extras.usage {
            true => Some(serde_json::to_string(&outcome.usage)?),
            false => None,
        };
        let is_proved = match &outcome.conclusion {
            Conclusion::Complete(_) => true,
            Conclusion::Partial | Conclusion::Failed | Conclusion::Answered => false,
        };
        let ending = Ending {
            complete: is_proved && lost.is_none(),
            detection: outcome.detection.as_ref(),
            evidence: outcome.evidence.as_ref().filter(|_| self.extras.evidence),
            usage: usage.as_deref(),
            errors: &errors,
        };
        self.document.end(
            |out| {
                let mut separator: &[u8] = b"";
                while let Some(lines) = &mut warnings
                    && let Some(warning) = lines.next_line()?
                {
                    out.write_all(separator)?;
                    separator = b",";
                    out.write_all(ascii::escape(warning).as_bytes())?;
                }
                Ok(())
            },
            &ending,
        )?;
        lost.map_or(Ok(()), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::{Asset, Conclusion, Extras, Outcome, Relation, Response, Writer};
    use crate::testing::empty_inventory;
    use crate::validation::RawWarning;
    use stocktake_contract::response::CountedBy;
    use stocktake_contract::{ErrorCode, Problem};

    #[test]
    fn relations_may_come_before_assets_and_stand_behind_them() {
        let mut bytes = Vec::new();
        let mut response = Response::new(&mut bytes, Extras::default());
        let end = ("vm".into(), "vm-1".into());
        let relation = Relation {
            kind: "runs_on".into(),
            from: end.clone(),
            to: end,
            text: r#"{"type":"runs_on"}"#,
        };
        // A relation may come before an asset; the document has it behind.
        response.relation(&relation).expect("written");
        for text in [r#"{"external_id":"vm-1"}"#, r#"{"external_id":"Zürich"}"#] {
            let asset = Asset {
                kind: "vm".into(),
                id: "vm-1".into(),
                text,
            };
            response.asset(&asset).expect("written");
        }
        let warning: RawWarning =
            serde_json::from_str(r#"{"code":"X","category":"parse","message":"é"}"#)
                .expect("a warning");
        response
            .warning(&warning, r#"{"code":"X","category":"parse","message":"é"}"#)
            .expect("written");
        let outcome = Outcome {
            conclusion: Conclusion::Complete(empty_inventory(CountedBy::Host)),
            ..Outcome::default()
        };
        response.finish(&outcome).expect("written");
        let text = String::from_utf8(bytes).expect("UTF-8");
        assert_eq!(
            text,
            concat!(
                r#"{"schema_version":"collector-response-v1","assets":[{"external_id":"vm-1"},{"external_id":"Z\u00fcrich"}],"#,
                r#""relations":[{"type":"runs_on"}],"stats":{"assets":2,"relations":1,"inventory_complete":true,"#,
                r#""warnings":[{"code":"X","category":"parse","message":"\u00e9"}]},"errors":[]}"#,
                "\n"
            )
        );
    }

    #[test]
    fn a_failure_is_a_whole_document_too() {
        let mut bytes = Vec::new();
        let problem = Problem::new(ErrorCode::VcenterConfigInvalid, "no");
        Response::failure(&mut bytes, problem).expect("written");
        let value: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
        assert_eq!(value["errors"][0]["code"], "VCENTER_CONFIG_INVALID");
        assert_eq!(value["stats"]["inventory_complete"], false);
        assert_eq!(value["assets"], serde_json::json!([]));
    }
}
