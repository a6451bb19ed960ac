//! Assets of `collector-response-v1`: their fields, and their values in JSON.

mod details;
mod normalized;
mod row;
mod source;

use std::sync::LazyLock;

use serde_json::Value as Json;

use crate::catalogue::{Field, Fields};
use crate::evaluate::{Record, Value};
pub use source::Source;

static FIELDS: LazyLock<Fields<Source>> = LazyLock::new(|| {
    let fields = normalized::ROWS.iter().fold(Fields::new(), |fields, row| {
        row.add_to(fields, "normalized")
    });
    details::ROWS
        .iter()
        .fold(fields, |fields, row| row.add_to(fields, "details"))
});

/// The fields of assets: those of `normalized`, of `details`, and what people call them.
#[must_use]
pub fn fields() -> &'static Fields<Source> {
    &FIELDS
}

/// An asset as JSON: an object with `external_kind`, `external_id`, `normalized` and, where there are any, `details`.
///
/// A value that is absent or `null`, or a list without elements, is missing. Of a list each element is a value of the field.
///
/// ```
/// use serde_json::json;
/// use stocktake_filter::{Filter, asset};
/// use time::OffsetDateTime;
///
/// let filter = Filter::parse("kind=vm and memory>=16GiB")?;
/// let condition = filter.resolve(asset::fields(), OffsetDateTime::UNIX_EPOCH)?;
/// let vm = json!({
///     "external_kind": "vm",
///     "external_id": "vm-42",
///     "normalized": {"hardware": {"memory_bytes": 17_179_869_184_u64}},
/// });
/// assert!(condition.matches(&asset::Asset(&vm)));
/// # Ok::<(), stocktake_filter::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Asset<'a>(pub &'a Json);

impl Record<Source> for Asset<'_> {
    fn any_value<'r>(
        &'r self,
        field: &Field<Source>,
        test: &mut dyn FnMut(Value<'r>) -> bool,
    ) -> bool {
        field.binding.any(self.0, field.key.as_deref(), test)
    }
}
