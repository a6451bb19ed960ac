//! A program for plain runtimes: a request from stdin, the response to stdout.

use std::io::{self, BufWriter};

use stocktake_contract::document::{Document, Ending, Extras};
use stocktake_contract::response::Evidence;
use stocktake_contract::roots::Roots;
use stocktake_contract::{Problem, ascii, request};
use stocktake_vcenter::output::{Page, Summary};
use stocktake_vcenter::run::{Pulled, Run};
use stocktake_vcenter::transport::drive;

use crate::bindings::exports::wasi::cli::run::Guest;
use crate::stdio::{Stdout, read_stdin};
use crate::{Component, Wire};

/// Size of the stdout buffer in bytes.
const BLOCK: usize = 64 * 1024;

impl Guest for Component {
    fn run() -> Result<(), ()> {
        crate::panic::report();
        match answer() {
            Ok(true) => Ok(()),
            // A failure to write to stdout cannot be reported.
            Ok(false) | Err(_) => Err(()),
        }
    }
}

/// Answers the request on stdin, and returns whether the run succeeded.
fn answer() -> io::Result<bool> {
    let out = BufWriter::with_capacity(BLOCK, Stdout::open());
    let mut response = Response::new(out);
    let bytes = read_stdin(request::LARGEST)?;
    let request = match request::text(&bytes) {
        Ok(request) => request,
        Err(problem) => return response.fail(problem),
    };
    // A request that is not JSON asks for nothing; the run reports it.
    let document: serde_json::Value = serde_json::from_str(request).unwrap_or_default();
    response.roots = Roots::from_request(&document);
    let mut run = Run::open_alone(request);
    let mut wire = Wire::default();
    let collected = loop {
        match drive(&mut run, &mut wire) {
            Pulled::Page(page) => {
                if let Err(error) = response.page(&page) {
                    break Err(error);
                }
            }
            Pulled::Summary(summary) => break Ok(summary),
        }
    };
    match collected {
        Ok(summary) => response.end(&summary, Extras::from_request(&document)),
        Err(error) => {
            run.close();
            while let Pulled::Page(_) = drive(&mut run, &mut wire) {}
            Err(error)
        }
    }
}

/// The code of a warning, which is its first field.
fn code(warning: &str) -> &str {
    let code = warning.strip_prefix(r#"{"code":""#);
    let code = code.and_then(|code| code.split_once('"'));
    code.map_or("", |(code, _)| code)
}

/// The document, with the warnings, which come at its end.
struct Response<W: io::Write> {
    document: Document<W>,
    warnings: String,
    roots: Option<Roots>,
}

impl<W: io::Write> Response<W> {
    fn new(out: W) -> Self {
        Response {
            document: Document::new(out),
            warnings: String::new(),
            roots: None,
        }
    }

    /// The core returns all assets before the first relation.
    fn page(&mut self, page: &Page) -> io::Result<()> {
        for line in page.batch.lines() {
            let item = |name| line.strip_prefix(name)?.strip_suffix('}');
            if let Some(asset) = item(r#"{"asset":"#) {
                self.document.asset(asset)?;
            } else if let Some(relation) = item(r#"{"relation":"#) {
                self.document.relation(relation)?;
            } else if let Some(warning) = item(r#"{"warning":"#) {
                if !self.warnings.is_empty() {
                    self.warnings.push(',');
                }
                self.warnings.push_str(&ascii::escape(warning));
                self.roots = self
                    .roots
                    .take()
                    .map(|roots| roots.after_warning(code(warning)));
            } else {
                return Err(io::Error::other("an item is neither of the three"));
            }
        }
        Ok(())
    }

    fn end(mut self, summary: &Summary, extras: Extras) -> io::Result<bool> {
        let evidence = Evidence {
            scope: self.roots.take().filter(|_| summary.evidence.pages > 0),
            ..summary.evidence.clone()
        };
        let ending = Ending {
            complete: summary.inventory_complete && summary.errors.is_empty(),
            detection: summary.detection.as_ref(),
            evidence: extras.evidence.then_some(&evidence),
            usage: None,
            errors: &summary.errors,
        };
        self.document
            .end(|out| out.write_all(self.warnings.as_bytes()), &ending)?;
        Ok(summary.errors.is_empty())
    }

    fn fail(mut self, problem: Problem) -> io::Result<bool> {
        let ending = Ending {
            errors: &[problem],
            ..Ending::default()
        };
        self.document.end(|_| Ok(()), &ending)?;
        Ok(false)
    }
}
