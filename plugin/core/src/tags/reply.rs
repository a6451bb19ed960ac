//! Replies of the Automation API: the value, or before 7.0 U2 the value in `value`.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Error;

#[derive(Deserialize)]
pub(super) struct Attached {
    pub(super) object_id: ObjectId,
    /// vcsim answers `null` for none.
    #[serde(default)]
    pub(super) tag_ids: Option<Vec<String>>,
}

#[derive(Deserialize)]
pub(super) struct ObjectId {
    pub(super) id: String,
}

#[derive(Deserialize)]
pub(super) struct Tag {
    pub(super) name: String,
    pub(super) category_id: String,
}

#[derive(Deserialize)]
pub(super) struct Category {
    pub(super) name: String,
}

#[derive(Deserialize)]
struct Wrapped<T> {
    value: T,
}

/// No value has a member `value` itself.
fn value<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    match serde_json::from_slice(body) {
        Ok(Wrapped { value }) => Ok(value),
        Err(_) => serde_json::from_slice(body),
    }
}

pub(super) fn attached(body: &[u8]) -> Result<Vec<Attached>, Error> {
    value::<Option<_>>(body).map(Option::unwrap_or_default)
}

pub(super) fn ids(body: &[u8]) -> Result<Vec<String>, Error> {
    value::<Option<_>>(body).map(Option::unwrap_or_default)
}

pub(super) fn tag(body: &[u8]) -> Result<Tag, Error> {
    value(body)
}

pub(super) fn category(body: &[u8]) -> Result<Category, Error> {
    value(body)
}
