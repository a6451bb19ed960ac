//! The counts as a table.

use std::fmt::Write as _;

use anyhow::Context;
use serde_json::Value;

/// Virtual machines of every input.
const VMS: u64 = 1000;

/// The instructions of one benchmark.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Count {
    /// The file of the benchmark.
    bench: String,
    function: String,
    input: String,
    pub(crate) new: u64,
    /// Of the run that is compared with.
    old: Option<u64>,
}

impl Count {
    /// Reads the summary that the runner prints for one benchmark.
    pub(crate) fn of(summary: &Value) -> anyhow::Result<Self> {
        let text = |key: &str| {
            summary[key]
                .as_str()
                .map(str::to_owned)
                .with_context(|| format!("a benchmark's summary has no {key}"))
        };
        let instructions = summary
            .pointer("/profiles/0/data/total/metrics/Ir/values")
            .context("a benchmark's summary has no instructions")?;
        let path = text("module_path")?;
        Ok(Self {
            bench: path.split("::").next().unwrap_or_default().to_owned(),
            function: text("function_name")?,
            input: text("id")?,
            new: instructions["new"]
                .as_u64()
                .context("a benchmark was not counted")?,
            old: instructions["old"].as_u64(),
        })
    }

    pub(crate) fn name(&self) -> String {
        format!("{}::{}::{}", self.bench, self.function, self.input)
    }

    fn change(&self) -> String {
        let Some(old) = self.old.filter(|old| *old > 0) else {
            return "–".to_owned();
        };
        let difference = i128::from(self.new) - i128::from(old);
        // Hundredths of a percent, away from floating point, so that no change is never rounded to one.
        let share = difference * 10_000 / i128::from(old);
        match difference {
            0 => "none".to_owned(),
            _ => format!(
                "{}{}.{:02} %",
                if difference < 0 { '−' } else { '+' },
                share.abs() / 100,
                share.abs() % 100
            ),
        }
    }
}

/// How large the inputs are.
#[derive(Debug)]
pub(crate) struct Sizes(Value);

impl Sizes {
    pub(crate) fn parse(text: &str) -> anyhow::Result<Self> {
        let sizes = serde_json::from_str(text).context("the sizes of the inputs are no JSON")?;
        Ok(Self(sizes))
    }

    /// Bytes that a benchmark reads: replies, or output.
    fn of(&self, count: &Count) -> u64 {
        let what = match count.bench.as_str() {
            "reader" => "replies",
            _ => "lines",
        };
        self.0[&count.input][what].as_u64().unwrap_or_default()
    }
}

/// Markdown, for a terminal as for a description of a change.
pub(crate) fn table(counts: &[Count], sizes: &Sizes) -> String {
    let mut table = String::from(
        "| benchmark | instructions | change | per VM | input bytes | per byte |\n| --- | ---: | ---: | ---: | ---: | ---: |\n",
    );
    for count in counts {
        let bytes = sizes.of(count);
        let tenths = (count.new * 10).checked_div(bytes).unwrap_or_default();
        let _ = writeln!(
            table,
            "| {} | {} | {} | {} | {} | {}.{} |",
            count.name(),
            grouped(count.new),
            count.change(),
            grouped(count.new / VMS),
            grouped(bytes),
            tenths / 10,
            tenths % 10
        );
    }
    table
}

/// Digits in groups of three.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod test {
    use super::*;

    fn count(new: u64, old: Option<u64>) -> Count {
        Count {
            bench: "reader".to_owned(),
            function: "core".to_owned(),
            input: "sync".to_owned(),
            new,
            old,
        }
    }

    #[test]
    fn a_count_is_read_from_the_summary() {
        let summary = serde_json::json!({
            "module_path": "reader::reader::core",
            "function_name": "core",
            "id": "sync",
            "profiles": [{"data": {"total": {"metrics": {"Ir": {"values": {"new": 90, "old": 100}}}}}}],
        });
        assert_eq!(Count::of(&summary).expect("a count"), count(90, Some(100)));
        assert!(Count::of(&serde_json::json!({"id": "sync"})).is_err());
    }

    #[test]
    fn changes_are_told_to_the_hundredth() {
        assert_eq!(count(100, None).change(), "–");
        assert_eq!(count(100, Some(100)).change(), "none");
        assert_eq!(count(8_000, Some(10_000)).change(), "−20.00 %");
        assert_eq!(count(1_000_001, Some(1_000_000)).change(), "+0.00 %");
        assert_eq!(count(10_255, Some(10_000)).change(), "+2.55 %");
    }

    #[test]
    fn the_table_has_a_row_per_count() {
        let sizes = Sizes::parse(r#"{"sync": {"replies": 1000000, "lines": 5}}"#).expect("sizes");
        let table = table(&[count(12_345_678, None)], &sizes);
        let row = table.lines().last().expect("a row");
        assert_eq!(
            row,
            "| reader::core::sync | 12,345,678 | – | 12,345 | 1,000,000 | 12.3 |"
        );
    }
}
