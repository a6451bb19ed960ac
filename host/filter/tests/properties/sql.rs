//! Conditions translated to SQL find what they find here: SQLite, as Python has it, is asked.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use proptest::collection::vec;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::{Value as Json, json};
use stocktake_filter::{Condition, Filter, Number, Operand, Order, Part, Pattern, Test, Value};
use time::OffsetDateTime;

use crate::model;

/// Filters that are compared.
const CASES: usize = 400;

/// Reads a case per line and prints the records that its query finds.
const SQLITE: &str = r#"
import json, sqlite3, sys
for line in sys.stdin:
    case = json.loads(line)
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE record (id INTEGER)")
    db.execute("CREATE TABLE value (record INTEGER, field TEXT, text TEXT, number INTEGER, boolean INTEGER)")
    db.executemany("INSERT INTO record VALUES (?)", [[id] for id in range(case["records"])])
    db.executemany("INSERT INTO value VALUES (?, ?, ?, ?, ?)", case["values"])
    query = "SELECT id FROM record WHERE " + case["sql"] + " ORDER BY id"
    print(json.dumps([id for (id,) in db.execute(query, case["bound"])]))
"#;

/// A condition as SQL, and the values that are bound to it.
#[derive(Default)]
struct Query {
    sql: String,
    bound: Vec<Json>,
}

impl Query {
    fn condition(&mut self, condition: &Condition<&'static str>) {
        match condition {
            Condition::All(operands) => self.join(operands, " AND "),
            Condition::Any(operands) => self.join(operands, " OR "),
            Condition::Not(operand) => {
                self.sql.push_str("NOT ");
                self.condition(operand);
            }
            Condition::Exists(field, test) => {
                self.sql
                    .push_str("EXISTS (SELECT 1 FROM value WHERE record = id AND field = ");
                self.bind(json!(field.binding));
                self.test(test);
                self.sql.push(')');
            }
        }
    }

    fn join(&mut self, operands: &[Condition<&'static str>], operator: &str) {
        for (index, operand) in operands.iter().enumerate() {
            self.sql.push_str(if index == 0 { "(" } else { operator });
            self.condition(operand);
        }
        self.sql.push(')');
    }

    fn test(&mut self, test: &Test) {
        match test {
            Test::Present => {}
            Test::OneOf(operands) => {
                for (index, operand) in operands.iter().enumerate() {
                    self.sql
                        .push_str(if index == 0 { " AND (" } else { " OR " });
                    self.compare("=", operand);
                }
                self.sql.push(')');
            }
            Test::Ordered(order, operand) => {
                self.sql.push_str(" AND ");
                let operator = match order {
                    Order::Less => "<",
                    Order::LessOrEqual => "<=",
                    Order::Greater => ">",
                    Order::GreaterOrEqual => ">=",
                };
                self.compare(operator, operand);
            }
            Test::Matches(pattern) => {
                self.sql.push_str(" AND text LIKE ");
                self.bind(json!(like(pattern)));
                self.sql.push_str(" ESCAPE '^'");
            }
        }
    }

    fn compare(&mut self, operator: &str, operand: &Operand) {
        let (column, value) = match operand {
            Operand::Text(text) => ("text COLLATE NOCASE", json!(text)),
            Operand::Number(Number::Integer(integer)) => ("number", json!(integer)),
            Operand::Boolean(boolean) => ("boolean", json!(boolean)),
            other => panic!("the model has no {other:?}"),
        };
        write!(self.sql, "{column} {operator} ").expect("memory");
        self.bind(value);
    }

    fn bind(&mut self, value: Json) {
        self.sql.push('?');
        self.bound.push(value);
    }
}

fn like(pattern: &Pattern) -> String {
    let mut like = String::new();
    for part in pattern.parts() {
        match part {
            Part::One => like.push('_'),
            Part::Any => like.push('%'),
            Part::Text(text) => {
                for character in text.chars() {
                    if matches!(character, '%' | '_' | '^') {
                        like.push('^');
                    }
                    like.push(character);
                }
            }
        }
    }
    like
}

fn row(record: usize, field: &str, value: Value<'_>) -> Json {
    match value {
        Value::Text(text) => json!([record, field, text, null, null]),
        Value::Number(Number::Integer(integer)) => json!([record, field, null, integer, null]),
        Value::Boolean(boolean) => json!([record, field, null, null, boolean]),
        other @ Value::Number(_) => panic!("the model has no {other:?}"),
    }
}

#[test]
fn a_condition_as_sql_finds_the_same_records() {
    let mut runner = TestRunner::deterministic();
    let generated = (model::expression(), vec(model::record(), 4..10));
    let (mut input, mut expected, mut filters) = (String::new(), Vec::new(), Vec::new());
    for _ in 0..CASES {
        let case = generated.new_tree(&mut runner).expect("a case").current();
        let (expression, records) = case;
        let filter = Filter::parse(&expression.to_string()).expect("printed by us");
        let condition = filter
            .resolve(&model::fields(), OffsetDateTime::UNIX_EPOCH)
            .expect("fits its fields");
        let mut query = Query::default();
        query.condition(&condition);
        let values: Vec<Json> = records
            .iter()
            .enumerate()
            .flat_map(|(id, record)| {
                record
                    .values()
                    .into_iter()
                    .map(move |(field, value)| row(id, field, value))
            })
            .collect();
        let case = json!({"records": records.len(), "values": values, "sql": query.sql, "bound": query.bound});
        writeln!(input, "{case}").expect("memory");
        let found = records.iter().enumerate();
        let found: Vec<usize> = found
            .filter(|(_, record)| condition.matches(*record))
            .map(|(id, _)| id)
            .collect();
        expected.push(found);
        filters.push(filter);
    }
    let found = ask_sqlite(&input);
    assert_eq!(found.len(), CASES);
    for ((found, expected), filter) in found.iter().zip(&expected).zip(&filters) {
        assert_eq!(found, expected, "{filter}");
    }
    let some = expected.iter().filter(|found| !found.is_empty()).count();
    assert!(
        some > CASES / 4 && some < CASES,
        "{some} filters find something"
    );
}

fn ask_sqlite(input: &str) -> Vec<Vec<usize>> {
    let python = std::env::var_os("STOCKTAKE_PYTHON").unwrap_or_else(|| "python3".into());
    let mut child = Command::new(python)
        .args(["-c", SQLITE])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python, by STOCKTAKE_PYTHON or as python3");
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().expect("output");
    writer.join().expect("no panic").expect("written");
    assert!(output.status.success(), "{:?}", output.status);
    String::from_utf8(output.stdout)
        .expect("UTF-8")
        .lines()
        .map(|line| serde_json::from_str(line).expect("ids"))
        .collect()
}
