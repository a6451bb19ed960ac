//! Markdown.

use std::fmt::{self, Display, Write as _};

/// A table under a heading.
#[derive(Debug)]
pub(crate) struct Table {
    text: String,
}

impl Table {
    pub(crate) fn new(heading: &str, columns: &[&str]) -> Self {
        let mut text = format!("\n### {heading}\n\n");
        let _ = writeln!(text, "| {} |", columns.join(" | "));
        // Names are aligned left, numbers right.
        let rule = columns.iter().enumerate().map(|(number, _)| match number {
            0 => "---",
            _ => "---:",
        });
        let _ = writeln!(text, "| {} |", rule.collect::<Vec<_>>().join(" | "));
        Table { text }
    }

    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let cells: Vec<String> = cells.into_iter().collect();
        let _ = writeln!(self.text, "| {} |", cells.join(" | "));
    }
}

impl Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A count with its thousands set apart.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Two decimals; three below a tenth.
pub(crate) fn number(value: f64) -> String {
    if value.abs() < 0.1 {
        format!("{value:.3}")
    } else {
        format!("{value:.2}")
    }
}

#[cfg(test)]
mod tests {
    use super::{Table, count, number};

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(count(0), "0");
        assert_eq!(count(1_000), "1,000");
        assert_eq!(count(123_456_789), "123,456,789");
    }

    #[test]
    fn small_numbers_have_a_decimal_more() {
        assert_eq!([number(0.0421), number(2.5)], ["0.042", "2.50"]);
    }

    #[test]
    fn a_table_is_markdown() {
        let mut table = Table::new("Speed", &["VMs", "s"]);
        table.row(["1".to_owned(), "2".to_owned()]);
        let text = "\n### Speed\n\n| VMs | s |\n| --- | ---: |\n| 1 | 2 |\n";
        assert_eq!(table.to_string(), text);
    }
}
