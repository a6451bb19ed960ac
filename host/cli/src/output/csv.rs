//! A row per asset, with the columns that people look for.

use std::io::{self, Write};

use serde_json::Value;
use stocktake_runtime::validation::Asset;
use stocktake_runtime::{Outcome, Writer};

/// Column names, and where in `normalized` each is found.
const COLUMNS: [(&str, &str); 15] = [
    ("caption", "/identity/caption"),
    ("hostname", "/identity/hostname"),
    ("machine_uuid", "/identity/machine_uuid"),
    ("serial_number", "/identity/serial_number"),
    ("vendor", "/identity/vendor"),
    ("model", "/identity/model"),
    ("power_state", "/runtime/power_state"),
    ("cpu_count", "/hardware/cpu_count"),
    ("memory_bytes", "/hardware/memory_bytes"),
    ("ip_addresses", "/network/ip_addresses"),
    ("mac_addresses", "/network/mac_addresses"),
    ("os", "/os/fingerprint"),
    ("type", "/attributes/type"),
    ("capacity_bytes", "/attributes/capacity_bytes"),
    ("free_bytes", "/attributes/free_bytes"),
];

/// Writes rows to `W`.
#[derive(Debug)]
pub(crate) struct Rows<W: Write> {
    rows: csv::Writer<W>,
    headed: bool,
}

impl<W: Write> Rows<W> {
    pub(crate) fn new(out: W) -> Self {
        Rows {
            rows: csv::Writer::from_writer(out),
            headed: false,
        }
    }

    fn head(&mut self) -> io::Result<()> {
        if !self.headed {
            self.headed = true;
            let names = COLUMNS.iter().map(|(name, _)| *name);
            self.rows
                .write_record(["kind", "id"].into_iter().chain(names))?;
        }
        Ok(())
    }
}

impl<W: Write> Writer for Rows<W> {
    fn asset(&mut self, asset: &Asset<'_>) -> io::Result<()> {
        self.head()?;
        let normalized = asset.normalized();
        self.rows.write_field(guarded(&asset.kind))?;
        self.rows.write_field(guarded(&asset.id))?;
        for (_, pointer) in COLUMNS {
            let text = normalized.pointer(pointer).map(text).unwrap_or_default();
            self.rows.write_field(guarded(&text))?;
        }
        self.rows.write_record(None::<&[u8]>)?;
        Ok(())
    }

    fn finish(&mut self, _: &Outcome) -> io::Result<()> {
        self.head()?;
        self.rows.flush()
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

/// A spreadsheet takes text that begins like a formula for one, a terminal takes control characters
/// for orders, and VM names are anybody's text.
fn guarded(text: &str) -> String {
    let text = super::clean(text);
    if text.starts_with(['=', '+', '-', '@']) {
        format!("'{text}")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::{Asset, Outcome, Rows, Writer};

    #[test]
    fn an_asset_is_a_row_and_no_cell_is_a_formula() {
        let mut bytes = Vec::new();
        {
            let mut rows = Rows::new(&mut bytes);
            let asset = Asset {
                kind: "vm".into(),
                id: "vm-1".into(),
                text: concat!(
                    r#"{"external_kind":"vm","external_id":"vm-1","normalized":{"identity":{"caption":"=1+1","hostname":"a\u001b[2J"},"#,
                    r#""network":{"ip_addresses":["10.0.0.1","10.0.0.2"]},"hardware":{"cpu_count":4}},"raw_payload":{}}"#
                ),
            };
            rows.asset(&asset).expect("written");
            rows.finish(&Outcome::default()).expect("written");
        }
        let text = String::from_utf8(bytes).expect("UTF-8");
        let lines: Vec<_> = text.lines().collect();
        assert!(lines[0].starts_with("kind,id,caption,"));
        assert_eq!(
            lines[1],
            "vm,vm-1,'=1+1,a\u{fffd}[2J,,,,,,4,,10.0.0.1 10.0.0.2,,,,,"
        );
    }
}
