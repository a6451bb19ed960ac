//! Which assets are shown, and which of their values.

use std::sync::Arc;

use clap::Args;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use stocktake_filter::asset::{self, Source};
use stocktake_filter::{Column, Condition, Filter, Record as _, Type, Unit, Value};
use stocktake_runtime::validation::Asset;
use time::OffsetDateTime;

use crate::output::{OUTPUT, size};

#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Query {
    /// Show the assets that match, as in 'kind=vm and memory>=16GiB' (table, csv)
    #[arg(long = "where", value_name = "EXPRESSION", help_heading = OUTPUT, value_parser = condition)]
    condition: Option<Arc<Condition<Source>>>,
    /// Show these values, as in 'name,ip,memory,datastore' (table, csv)
    #[arg(long, value_name = "LIST", help_heading = OUTPUT, value_parser = columns)]
    columns: Option<Columns>,
}

/// The columns of a list.
#[derive(Clone, Debug)]
pub(crate) struct Columns(Arc<[Column<Source>]>);

fn condition(text: &str) -> Result<Arc<Condition<Source>>, String> {
    let filter = Filter::parse(text).map_err(|error| explained(&error))?;
    let condition = filter.resolve(asset::fields(), OffsetDateTime::now_utc());
    condition.map(Arc::new).map_err(|error| explained(&error))
}

fn columns(text: &str) -> Result<Columns, String> {
    let columns = Column::parse_list(text, asset::fields()).map_err(|error| explained(&error))?;
    Ok(Columns(columns.into()))
}

fn explained(error: &stocktake_filter::Error) -> String {
    format!("{error}\n{}", error.excerpt())
}

impl Query {
    /// Everything is shown, as the format has it.
    pub(crate) fn is_everything(&self) -> bool {
        self.condition.is_none() && self.columns.is_none()
    }

    /// No asset is left out.
    pub(crate) fn matches_all(&self) -> bool {
        self.condition.is_none()
    }

    /// The columns, where any are chosen.
    pub(crate) fn columns(&self) -> Option<&Columns> {
        self.columns.as_ref()
    }

    /// The asset is shown.
    pub(crate) fn matches(&self, document: &Json) -> bool {
        let condition = self.condition.as_ref();
        condition.is_none_or(|condition| condition.matches(&asset::Asset(document)))
    }
}

impl Columns {
    /// What stands above the columns.
    pub(crate) fn titles(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|column| column.title.as_str())
    }

    /// An asset's values, sizes in the unit that fits.
    pub(crate) fn for_people(&self, document: &Json) -> Vec<String> {
        self.cells(document, ", ", |column, value| match value {
            Value::Number(number) if column.field.value_type == Type::Quantity(Unit::Bytes) => {
                let number = number.to_string();
                number.parse().map_or(number, size)
            }
            value => plain(value),
        })
    }

    /// An asset's values in the units of their fields.
    pub(crate) fn for_programs(&self, document: &Json) -> Vec<String> {
        self.cells(document, " ", |_, value| plain(value))
    }

    fn cells(
        &self,
        document: &Json,
        separator: &str,
        text: impl Fn(&Column<Source>, Value<'_>) -> String,
    ) -> Vec<String> {
        let asset = asset::Asset(document);
        let cell = |column: &Column<Source>| {
            let mut texts = Vec::new();
            asset.any_value(&column.field, &mut |value| {
                texts.push(text(column, value));
                false
            });
            texts.join(separator)
        };
        self.0.iter().map(cell).collect()
    }
}

fn plain(value: Value<'_>) -> String {
    match value {
        Value::Text(text) => text.to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Boolean(boolean) => boolean.to_string(),
    }
}

/// An asset without its payload.
pub(crate) fn document(asset: &Asset<'_>) -> Json {
    #[derive(Default, Deserialize)]
    struct Parts {
        #[serde(default)]
        normalized: Json,
        #[serde(default)]
        details: Json,
    }
    let parts: Parts = serde_json::from_str(asset.text).unwrap_or_default();
    json!({
        "external_kind": asset.kind,
        "external_id": asset.id,
        "normalized": parts.normalized,
        "details": parts.details,
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;
    use stocktake_runtime::validation::Asset;

    use super::{Query, document};

    #[derive(clap::Parser)]
    struct Command {
        #[command(flatten)]
        query: Query,
    }

    fn query(options: &[&str]) -> Result<Query, clap::Error> {
        let line = ["test"].iter().chain(options);
        Command::try_parse_from(line).map(|command| command.query)
    }

    const VM: &str = r#"{"external_kind":"vm","external_id":"vm-1","normalized":{"version":"normalized-v1","kind":"vm",
        "identity":{"caption":"web"},"network":{"ip_addresses":["10.0.0.1","10.0.0.2"]},"hardware":{"memory_bytes":17179869184}},
        "details":{"folder_path":"/DC0/vm/web","template":false},"raw_payload":{"memory":1}}"#;

    fn vm() -> serde_json::Value {
        document(&Asset {
            kind: "vm".into(),
            id: "vm-1".into(),
            text: VM,
        })
    }

    #[test]
    fn a_query_selects_assets_and_values_of_normalized_and_details() {
        for (condition, is_shown) in [
            ("kind=vm and memory>=16GiB", true),
            ("folder_path~\"/DC0/*\"", true),
            ("ip=10.0.0.2", true),
            ("memory>16GiB", false),
            ("kind=host", false),
        ] {
            let query = query(&["--where", condition]).expect("a condition");
            assert_eq!(query.matches(&vm()), is_shown, "{condition}");
        }
        let query = query(&["--columns", "name, ip as address, memory, cpu"]).expect("columns");
        let columns = query.columns().expect("some");
        let titles: Vec<&str> = columns.titles().collect();
        assert_eq!(titles, ["name", "address", "memory", "cpu"]);
        assert_eq!(
            columns.for_people(&vm()),
            ["web", "10.0.0.1, 10.0.0.2", "16 GiB", ""]
        );
        assert_eq!(
            columns.for_programs(&vm()),
            ["web", "10.0.0.1 10.0.0.2", "17179869184", ""]
        );
    }

    #[test]
    fn a_mistake_in_a_query_names_the_option_and_the_place() {
        for (options, parts) in [
            (
                ["--where", "memry>=16GiB"],
                ["--where", "did you mean `memory`", "^^^^^"],
            ),
            (["--where", "memory>=16"], ["--where", "has no unit", "^^"]),
            (
                ["--columns", "name,ipp"],
                ["--columns", "unknown field", "^^^"],
            ),
        ] {
            let message = query(&options).expect_err("a mistake").to_string();
            for part in parts {
                assert!(message.contains(part), "{part}: {message}");
            }
        }
    }
}
