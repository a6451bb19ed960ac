//! `collector-response-v1` as one line of ASCII, written as a run proceeds.
//!
//! Assets go out as they come. Relations stand behind them in the document, so
//! they wait in a spool that moves to disk beyond 256 KiB; memory does not grow
//! with the inventory. `detect` follows the relations, for it is known last.

use std::io::{self, BufWriter, Read as _, Seek as _, SeekFrom, Write};

use serde::Serialize;
use serde_json::Value;
use stocktake_contract::response::SCHEMA_VERSION;
use stocktake_contract::{Problem, ascii};
use tempfile::SpooledTempFile;

use crate::outcome::Outcome;
use crate::run::Writer;
use crate::validation::{Asset, Note, Relation};

/// Bytes of relations or warnings that are kept in memory.
const SPOOL: usize = 256 << 10;
/// Bytes that go to or come from a spool at once.
const BLOCK: usize = 64 * 1024;

/// The parts of `stats` that the contract has only for those who ask.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extras {
    /// `stats.evidence`: the counts behind the verdict.
    pub evidence: bool,
    /// `stats.usage`: what the run used of what it was allowed.
    pub usage: bool,
}

impl Extras {
    /// What a request asks for by `source.config.evidence` and `source.config.usage`.
    #[must_use]
    pub fn of_request(request: &str) -> Self {
        let request: Value = serde_json::from_str(request).unwrap_or_default();
        let config = &request["source"]["config"];
        Extras {
            evidence: config["evidence"] == true,
            usage: config["usage"] == true,
        }
    }
}

/// Writes the document to `W`, with a newline at its end.
#[derive(Debug)]
pub struct Response<W: Write> {
    out: W,
    extras: Extras,
    ended: bool,
    assets: u64,
    relations: Spool,
    warnings: Spool,
}

#[derive(Debug)]
struct Spool {
    file: BufWriter<SpooledTempFile>,
    items: u64,
}

impl<W: Write> Response<W> {
    /// Begins a document.
    pub fn new(out: W, extras: Extras) -> Self {
        Response {
            out,
            extras,
            ended: false,
            assets: 0,
            relations: Spool::new(),
            warnings: Spool::new(),
        }
    }

    /// A document without assets, for a run that failed before it began.
    ///
    /// # Errors
    ///
    /// When `out` cannot be written.
    pub fn of_failure(out: W, problem: Problem) -> io::Result<()> {
        Response::new(out, Extras::default()).finish(&Outcome::failed(problem))
    }

    fn begin(&mut self) -> io::Result<()> {
        write!(
            self.out,
            r#"{{"schema_version":"{SCHEMA_VERSION}","assets":["#
        )
    }
}

impl<W: Write> Writer for Response<W> {
    fn asset(&mut self, asset: &Asset<'_>) -> io::Result<()> {
        match self.assets {
            0 => self.begin()?,
            _ => self.out.write_all(b",")?,
        }
        self.assets += 1;
        self.out.write_all(ascii::escape(asset.text).as_bytes())
    }

    fn relation(&mut self, relation: &Relation<'_>) -> io::Result<()> {
        self.relations.add(relation.text)
    }

    fn warning(&mut self, _: &Note, text: &str) -> io::Result<()> {
        self.warnings.add(text)
    }

    /// Ends the document. Nothing can follow it, so a second call changes nothing.
    fn finish(&mut self, outcome: &Outcome) -> io::Result<()> {
        if std::mem::replace(&mut self.ended, true) {
            return Ok(());
        }
        if self.assets == 0 {
            self.begin()?;
        }
        self.out.write_all(b"],\"relations\":[")?;
        self.relations.copy_to(&mut self.out)?;
        self.out.write_all(b"],")?;
        if let Some(detection) = &outcome.detection {
            write!(self.out, r#""detect":{},"#, text(detection)?)?;
        }
        write!(
            self.out,
            r#""stats":{{"assets":{},"relations":{},"inventory_complete":{},"warnings":["#,
            self.assets, self.relations.items, outcome.complete
        )?;
        self.warnings.copy_to(&mut self.out)?;
        self.out.write_all(b"]")?;
        if let (true, Some(evidence)) = (self.extras.evidence, &outcome.evidence) {
            write!(self.out, r#","evidence":{}"#, text(evidence)?)?;
        }
        if self.extras.usage {
            write!(self.out, r#","usage":{}"#, text(&outcome.usage)?)?;
        }
        writeln!(self.out, r#"}},"errors":{}}}"#, text(&outcome.errors)?)?;
        self.out.flush()
    }
}

fn text(value: &impl Serialize) -> io::Result<String> {
    Ok(ascii::escape(&serde_json::to_string(value)?).into_owned())
}

impl Spool {
    fn new() -> Self {
        Spool {
            file: BufWriter::with_capacity(BLOCK, SpooledTempFile::new(SPOOL)),
            items: 0,
        }
    }

    fn add(&mut self, text: &str) -> io::Result<()> {
        if self.items > 0 {
            self.file.write_all(b",")?;
        }
        self.items += 1;
        self.file.write_all(ascii::escape(text).as_bytes())
    }

    fn copy_to(&mut self, out: &mut impl Write) -> io::Result<()> {
        // Seeking writes what is still in the buffer.
        self.file.seek(SeekFrom::Start(0))?;
        let file = self.file.get_mut();
        let mut buffer = vec![0; BLOCK];
        loop {
            match file.read(&mut buffer)? {
                0 => return Ok(()),
                read => out.write_all(&buffer[..read])?,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Asset, Extras, Outcome, Relation, Response, Writer};
    use crate::validation::Note;
    use stocktake_contract::{ErrorCode, Problem};

    #[test]
    fn the_document_is_one_line_of_ascii_in_the_order_of_the_contract() {
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
        let note: Note = serde_json::from_str(r#"{"code":"X","category":"parse","message":"é"}"#)
            .expect("a note");
        response
            .warning(&note, r#"{"code":"X","category":"parse","message":"é"}"#)
            .expect("written");
        let outcome = Outcome {
            complete: true,
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
        Response::of_failure(&mut bytes, problem).expect("written");
        let value: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
        assert_eq!(value["errors"][0]["code"], "VCENTER_CONFIG_INVALID");
        assert_eq!(value["stats"]["inventory_complete"], false);
        assert_eq!(value["assets"], serde_json::json!([]));
    }
}
