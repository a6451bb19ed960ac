//! Writer of `collector-response-v1`: one line of ASCII, in the order of
//! the contract, written while the run is still going on.
//!
//! Pure but for the [`io::Write`] that it is given, so that every host and the
//! component for plain runtimes write the same bytes.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

use crate::response::{Detection, Evidence, SCHEMA_VERSION};
use crate::{Problem, ascii};

/// The parts of `stats` that are written only on request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extras {
    /// `stats.evidence`: the counts behind the verdict.
    pub evidence: bool,
    /// `stats.usage`: what the run used of each budget.
    pub usage: bool,
}

impl Extras {
    /// The parts that a request asks for by `source.config.evidence` and `source.config.usage`.
    #[must_use]
    pub fn from_request(request: &Value) -> Self {
        let config = &request["source"]["config"];
        Extras {
            evidence: config["evidence"] == true,
            usage: config["usage"] == true,
        }
    }
}

/// Writes the document to `W`, with a newline at its end.
#[derive(Debug)]
pub struct Document<W: Write> {
    out: W,
    assets: u64,
    relations: u64,
}

/// What follows assets and relations.
#[derive(Debug, Default)]
pub struct Ending<'e> {
    /// `stats.inventory_complete`.
    pub complete: bool,
    /// `detect`, when there is one.
    pub detection: Option<&'e Detection>,
    /// `stats.evidence`, if requested.
    pub evidence: Option<&'e Evidence>,
    /// `stats.usage` as JSON, if requested.
    pub usage: Option<&'e str>,
    /// `errors`.
    pub errors: &'e [Problem],
}

impl<W: Write> Document<W> {
    /// Begins a document, without writing.
    pub fn new(out: W) -> Self {
        Document {
            out,
            assets: 0,
            relations: 0,
        }
    }

    /// Writes an asset, which is JSON.
    ///
    /// # Errors
    ///
    /// When `out` cannot be written, or relations have been written.
    pub fn asset(&mut self, json: &str) -> io::Result<()> {
        if self.relations > 0 {
            return Err(io::Error::other("an asset follows a relation"));
        }
        match self.assets {
            0 => self.begin()?,
            _ => self.out.write_all(b",")?,
        }
        self.assets += 1;
        self.out.write_all(ascii::escape(json).as_bytes())
    }

    /// Writes a relation, which is JSON. No asset can follow it.
    ///
    /// # Errors
    ///
    /// When `out` cannot be written.
    pub fn relation(&mut self, json: &str) -> io::Result<()> {
        self.relations(1, |out| out.write_all(ascii::escape(json).as_bytes()))
    }

    /// Writes `count` relations, which `copy` writes as ASCII, with commas in between.
    /// No asset can follow them.
    ///
    /// # Errors
    ///
    /// When `out` cannot be written.
    pub fn relations(
        &mut self,
        count: u64,
        copy: impl FnOnce(&mut W) -> io::Result<()>,
    ) -> io::Result<()> {
        if count == 0 {
            return Ok(());
        }
        match self.relations {
            0 => self.end_assets()?,
            _ => self.out.write_all(b",")?,
        }
        self.relations += count;
        copy(&mut self.out)
    }

    /// Ends the document. `warnings` writes the warnings as ASCII, with commas in between.
    ///
    /// # Errors
    ///
    /// When `out` cannot be written.
    pub fn end(
        &mut self,
        warnings: impl FnOnce(&mut W) -> io::Result<()>,
        ending: &Ending<'_>,
    ) -> io::Result<()> {
        if self.relations == 0 {
            self.end_assets()?;
        }
        self.out.write_all(b"],")?;
        if let Some(detection) = ending.detection {
            write!(self.out, r#""detect":{},"#, text(detection)?)?;
        }
        write!(
            self.out,
            r#""stats":{{"assets":{},"relations":{},"inventory_complete":{},"warnings":["#,
            self.assets, self.relations, ending.complete
        )?;
        warnings(&mut self.out)?;
        self.out.write_all(b"]")?;
        if let Some(evidence) = ending.evidence {
            let evidence = WrittenEvidence {
                evidence,
                sessions_left: evidence.sessions_left(),
            };
            write!(self.out, r#","evidence":{}"#, text(&evidence)?)?;
        }
        if let Some(usage) = ending.usage {
            write!(self.out, r#","usage":{}"#, ascii::escape(usage))?;
        }
        writeln!(self.out, r#"}},"errors":{}}}"#, text(&ending.errors)?)?;
        self.out.flush()
    }

    /// The writer.
    pub fn into_inner(self) -> W {
        self.out
    }

    fn begin(&mut self) -> io::Result<()> {
        write!(
            self.out,
            r#"{{"schema_version":"{SCHEMA_VERSION}","assets":["#
        )
    }

    fn end_assets(&mut self) -> io::Result<()> {
        if self.assets == 0 {
            self.begin()?;
        }
        self.out.write_all(b"],\"relations\":[")
    }
}

/// The evidence as written in a document, with the derived counts that concern the administrator
/// of the server, if there are any.
#[derive(Serialize)]
struct WrittenEvidence<'e> {
    #[serde(flatten)]
    evidence: &'e Evidence,
    #[serde(skip_serializing_if = "is_none")]
    sessions_left: u32,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_none(count: &u32) -> bool {
    *count == 0
}

fn text(value: &impl Serialize) -> io::Result<String> {
    Ok(ascii::escape(&serde_json::to_string(value)?).into_owned())
}

#[cfg(test)]
mod tests {
    use super::{Document, Ending, Extras};
    use crate::response::Evidence;
    use crate::{ErrorCode, Problem};
    use std::io::Write as _;

    #[test]
    fn the_document_is_one_line_of_ascii_in_the_order_of_the_contract() {
        let mut bytes = Vec::new();
        let mut document = Document::new(&mut bytes);
        document
            .asset(r#"{"external_id":"vm-1"}"#)
            .expect("written");
        document
            .asset(r#"{"external_id":"Zürich"}"#)
            .expect("written");
        document.relation(r#"{"type":"é"}"#).expect("written");
        document
            .relations(2, |out| out.write_all(br#"{"type":"b"},{"type":"c"}"#))
            .expect("written");
        let errors = [Problem::new(ErrorCode::InternalError, "größer")];
        let ending = Ending {
            complete: true,
            usage: Some("{}"),
            errors: &errors,
            ..Ending::default()
        };
        document
            .end(|out| out.write_all(br#"{"code":"X"}"#), &ending)
            .expect("written");
        assert_eq!(
            String::from_utf8(bytes).expect("UTF-8"),
            concat!(
                r#"{"schema_version":"collector-response-v1","assets":[{"external_id":"vm-1"},{"external_id":"Z\u00fcrich"}],"#,
                r#""relations":[{"type":"\u00e9"},{"type":"b"},{"type":"c"}],"#,
                r#""stats":{"assets":2,"relations":3,"inventory_complete":true,"warnings":[{"code":"X"}],"usage":{}},"#,
                r#""errors":[{"code":"INTERNAL_ERROR","category":"unknown","message":"gr\u00f6\u00dfer","retryable":false}]}"#,
                "\n"
            )
        );
    }

    #[test]
    fn a_document_with_nothing_in_it_is_whole() {
        let mut bytes = Vec::new();
        let mut document = Document::new(&mut bytes);
        document.relations(0, |_| Ok(())).expect("written");
        document
            .end(|_| Ok(()), &Ending::default())
            .expect("written");
        let value: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
        assert_eq!(value["assets"], serde_json::json!([]));
        assert_eq!(value["relations"], serde_json::json!([]));
        assert_eq!(value["stats"]["inventory_complete"], false);
    }

    #[test]
    fn an_asset_behind_a_relation_is_refused() {
        let mut document = Document::new(Vec::new());
        document.relation("{}").expect("written");
        assert!(document.asset("{}").is_err());
    }

    #[test]
    fn a_session_that_was_left_is_counted_in_the_evidence_and_none_is_not() {
        for (logouts, expected) in [(1, ""), (0, r#","sessions_left":1"#)] {
            let evidence = Evidence {
                logins: 1,
                logouts,
                ..Evidence::default()
            };
            let ending = Ending {
                evidence: Some(&evidence),
                ..Ending::default()
            };
            let mut bytes = Vec::new();
            let mut document = Document::new(&mut bytes);
            document.end(|_| Ok(()), &ending).expect("written");
            let text = String::from_utf8(bytes).expect("UTF-8");
            let end = format!(r#""restarts":0{expected}}}}},"errors":[]}}"#);
            assert!(text.trim_end().ends_with(&end), "{text}");
        }
    }

    #[test]
    fn extras_are_for_those_who_ask_in_a_request() {
        let asked = serde_json::json!({"source": {"config": {"evidence": true, "usage": 1}}});
        let expected = Extras {
            evidence: true,
            usage: false,
        };
        assert_eq!(Extras::from_request(&asked), expected);
        assert_eq!(
            Extras::from_request(&serde_json::Value::Null),
            Extras::default()
        );
    }
}
