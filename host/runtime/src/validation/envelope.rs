//! The members of a response document, and those of them that are neither assets nor relations.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use stocktake_contract::Category;
use stocktake_contract::ErrorCode::{
    PluginOutputInvalidJson, PluginResponseInvalid, PluginSchemaVersionUnsupported,
};
use stocktake_contract::response::SCHEMA_VERSION;

use super::issue::Issue;
use super::item::RawWarning;
use super::reader::read;
use super::value::{Count, Members, NonEmpty, Object, Optional, RawObject, Scalar, Word};

/// A document whose members are left to be read.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Envelope<'a> {
    #[serde(borrow)]
    schema_version: &'a RawValue,
    #[serde(borrow, default)]
    pub(super) detect: Optional<&'a RawValue>,
    #[serde(borrow)]
    pub(super) assets: Vec<&'a RawValue>,
    #[serde(borrow)]
    pub(super) relations: Vec<&'a RawValue>,
    #[serde(borrow)]
    pub(super) stats: &'a RawValue,
    #[serde(borrow)]
    pub(super) errors: &'a RawValue,
}

/// `stats`, which may have more members than these.
#[derive(Debug, Deserialize)]
pub(super) struct Stats<'a> {
    pub(super) assets: Count,
    pub(super) relations: Count,
    pub(super) inventory_complete: bool,
    pub(super) warnings: Vec<Object<RawWarning>>,
    #[serde(borrow, default)]
    pub(super) evidence: Optional<RawObject<'a>>,
    #[serde(default, rename = "usage")]
    _usage: Members<Object<Budget>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Budget {
    #[serde(rename = "used")]
    _used: Count,
    #[serde(rename = "allowed")]
    _allowed: Count,
}

/// What the target turned out to be.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Detect {
    #[serde(rename = "target_version")]
    _target_version: NonEmpty,
    #[serde(rename = "capabilities")]
    _capabilities: Members<Scalar<false, false>>,
    #[serde(rename = "driver")]
    _driver: NonEmpty,
    #[serde(rename = "recommended_preferred_version")]
    _recommended_preferred_version: NonEmpty,
}

/// An error that a collector reports.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reported<'a> {
    #[serde(rename = "code")]
    _code: NonEmpty,
    #[serde(rename = "category")]
    _category: Word<Category>,
    #[serde(rename = "message")]
    _message: NonEmpty,
    #[serde(rename = "retryable")]
    _retryable: bool,
    #[serde(borrow, default, rename = "redacted_context")]
    _redacted_context: Optional<RawObject<'a>>,
}

impl<'a> Envelope<'a> {
    /// The members of a document of the one supported version.
    pub(super) fn read(document: &'a [u8]) -> Result<Self, Issue> {
        let not_json = |message: String| Issue::new(PluginOutputInvalidJson, "", "", message);
        let text = std::str::from_utf8(document).map_err(|error| {
            not_json(format!("is not UTF-8 from byte {} on", error.valid_up_to()))
        })?;
        if let Ok(Object(envelope)) = serde_json::from_str::<Object<Envelope<'_>>>(text) {
            supported(envelope.schema_version)?;
            return Ok(envelope);
        }
        serde_json::from_str::<&RawValue>(text).map_err(|error| not_json(error.to_string()))?;
        // Another version may have other members.
        if let Ok(Version {
            schema_version: Some(version),
        }) = serde_json::from_str(text)
        {
            supported(version)?;
        }
        let Object(envelope) = read::<Object<Envelope<'_>>>(text).map_err(|mismatch| {
            Issue::new(PluginResponseInvalid, mismatch.path, "", mismatch.message)
        })?;
        Ok(envelope)
    }
}

#[derive(Deserialize)]
struct Version<'a> {
    #[serde(borrow)]
    schema_version: Option<&'a RawValue>,
}

fn supported(version: &RawValue) -> Result<(), Issue> {
    let version: Value = serde_json::from_str(version.get()).unwrap_or_default();
    if version == SCHEMA_VERSION {
        return Ok(());
    }
    let message = format!("is {version}, {SCHEMA_VERSION:?} is supported");
    let code = PluginSchemaVersionUnsupported;
    Err(Issue::new(code, "schema_version", "", message))
}
