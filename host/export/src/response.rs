//! A response file, read one item after the other and more than once.

mod document;

use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use crate::Error;

/// A `collector-response-v1` document. It is never in memory as a whole.
#[derive(Debug)]
pub struct Response<R> {
    name: String,
    input: R,
}

impl Response<File> {
    /// The response in a file.
    ///
    /// # Errors
    ///
    /// When it cannot be opened.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let name = path.as_ref().display().to_string();
        match File::open(path) {
            Ok(input) => Ok(Response { name, input }),
            Err(source) => Err(Error::Read { name, source }),
        }
    }
}

impl<R: Read + Seek> Response<R> {
    /// A response of which messages say `name`.
    pub fn new(name: impl Into<String>, input: R) -> Self {
        Response {
            name: name.into(),
            input,
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Gives each item to `items`, in the order of the document.
    pub(crate) fn read(&mut self, items: &mut dyn Items) -> Result<Summary, Error> {
        if let Err(source) = self.input.rewind() {
            let name = self.name.clone();
            return Err(Error::Read { name, source });
        }
        let input = BufReader::with_capacity(1 << 18, &mut self.input);
        document::read(&self.name, input, items)
    }
}

/// Takes the items of a response.
pub(crate) trait Items {
    /// The JSON text of an asset.
    fn asset(&mut self, text: &str) -> Result<(), Error>;

    /// A relation.
    fn relation(&mut self, _: Relation) -> Result<(), Error> {
        Ok(())
    }
}

/// A relation without its payload.
#[derive(Debug, Deserialize)]
pub(crate) struct Relation {
    /// Its type.
    #[serde(rename = "type")]
    pub(crate) name: String,
    /// Where it begins.
    pub(crate) from: Endpoint,
    /// Where it leads.
    pub(crate) to: Endpoint,
}

/// One end of a relation.
#[derive(Debug, Deserialize)]
pub(crate) struct Endpoint {
    #[serde(rename = "external_kind")]
    pub(crate) kind: String,
    #[serde(rename = "external_id")]
    pub(crate) id: String,
}

/// What a response says besides its items.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    pub(crate) stats: Stats,
    pub(crate) errors: Vec<Problem>,
}

/// `stats`.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Stats {
    pub(crate) assets: u64,
    pub(crate) inventory_complete: bool,
    #[serde(default)]
    pub(crate) evidence: Evidence,
}

/// The part of `stats.evidence` that says what was read.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Evidence {
    pub(crate) scope: Option<Value>,
}

/// An error.
#[derive(Debug, Deserialize)]
pub(crate) struct Problem {
    pub(crate) code: String,
    pub(crate) message: String,
}

impl Summary {
    /// Refuses an inventory that is not proved complete, unless that is allowed.
    pub(crate) fn require_complete(&self, name: &str, allowed: bool) -> Result<(), Error> {
        if self.stats.inventory_complete || allowed {
            return Ok(());
        }
        let reason = self.errors.first().map_or_else(
            || "its collection does not say that it is".to_owned(),
            |problem| format!("{}: {}", problem.code, problem.message),
        );
        Err(Error::Incomplete {
            name: name.to_owned(),
            reason,
        })
    }
}
