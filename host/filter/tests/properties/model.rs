//! Records, filters over them, and what filters mean, as plainly as it can be said.

use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use stocktake_filter::{
    Comparison, Expression, Field, Fields, Literal, Number, Operator, Path, Predicate, Type, Unit,
    Value,
};

/// Texts, sizes in bytes and truths by the name of their field.
#[derive(Debug, Clone)]
pub(crate) struct Record(BTreeMap<&'static str, Vec<Datum>>);

#[derive(Debug, Clone, PartialEq)]
enum Datum {
    Text(String),
    Bytes(i64),
    Boolean(bool),
}

const TEXTS: [&str; 2] = ["name", "and"];
const SIZES: [&str; 2] = ["disk_bytes", "memory_bytes"];
const BOOLEANS: [&str; 1] = ["template"];
/// Values that meet now and then, among them all that need quotes.
const WORDS: [&str; 10] = [
    "web", "WEB", "a b", "", "or", "ö", "Ö", "a\"\\\n", "16GiB", "5%_^",
];

pub(crate) fn fields() -> Fields<&'static str> {
    let mut fields = Fields::new();
    for name in TEXTS {
        fields = fields.with(name, Type::Text, name).list();
    }
    for name in SIZES {
        fields = fields.with(name, Type::Quantity(Unit::Bytes), name).list();
    }
    for name in BOOLEANS {
        fields = fields.with(name, Type::Boolean, name).list();
    }
    fields
}

impl stocktake_filter::Record<&'static str> for Record {
    fn any_value<'r>(
        &'r self,
        field: &Field<&'static str>,
        test: &mut dyn FnMut(Value<'r>) -> bool,
    ) -> bool {
        let data = self.0.get(field.binding).into_iter().flatten();
        data.map(Datum::value).any(test)
    }
}

impl Record {
    /// Each value, with the name of its field.
    pub(crate) fn values(&self) -> Vec<(&'static str, Value<'_>)> {
        let fields = self.0.iter();
        fields
            .flat_map(|(name, data)| data.iter().map(|datum| (*name, datum.value())))
            .collect()
    }
}

impl Datum {
    fn value(&self) -> Value<'_> {
        match self {
            Self::Text(text) => Value::Text(text),
            Self::Bytes(bytes) => Value::Number(Number::Integer(*bytes)),
            Self::Boolean(boolean) => Value::Boolean(*boolean),
        }
    }
}

pub(crate) fn record() -> impl Strategy<Value = Record> {
    let text = prop::sample::select(&WORDS[..]).prop_map(|word| Datum::Text(word.to_owned()));
    let bytes = (0_i64..4).prop_map(|gib| Datum::Bytes(gib << 30));
    let boolean = any::<bool>().prop_map(Datum::Boolean);
    (
        btree_map(prop::sample::select(&TEXTS[..]), vec(text, 0..3), 0..3),
        btree_map(prop::sample::select(&SIZES[..]), vec(bytes, 0..3), 0..3),
        btree_map(
            prop::sample::select(&BOOLEANS[..]),
            vec(boolean, 0..2),
            0..2,
        ),
    )
        .prop_map(|(texts, sizes, booleans)| {
            Record(texts.into_iter().chain(sizes).chain(booleans).collect())
        })
}

pub(crate) fn expression() -> impl Strategy<Value = Expression> {
    comparison().prop_recursive(5, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 2..4).prop_map(Expression::And),
            vec(inner.clone(), 2..4).prop_map(Expression::Or),
            inner.prop_map(|inner| Expression::Not(Box::new(inner))),
        ]
    })
}

fn comparison() -> impl Strategy<Value = Expression> {
    use Operator::{
        Equal, Greater, GreaterOrEqual, Less, LessOrEqual, Matches, NotEqual, NotMatches,
    };
    let text = prop::sample::select(&WORDS[..]);
    let size = prop::sample::select(&["0", "1GiB", "2 gib", "2048MiB", "1.5GiB"][..]);
    let truth = prop::sample::select(&["true", "No", "FALSE", "yes"][..]);
    let of = |names: &'static [&'static str], predicate: BoxedStrategy<Predicate>| {
        (prop::sample::select(names), predicate).prop_map(|(name, predicate)| {
            let path = Path::new([name]);
            Expression::Comparison(Comparison { path, predicate })
        })
    };
    prop_oneof![
        of(
            &TEXTS,
            predicates(text, &[Equal, NotEqual, Matches, NotMatches])
        ),
        of(
            &SIZES,
            predicates(
                size,
                &[Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual]
            )
        ),
        of(&BOOLEANS, predicates(truth, &[Equal, NotEqual])),
        of(&BOOLEANS, Just(Predicate::Holds).boxed()),
    ]
}

fn predicates(
    value: impl Strategy<Value = &'static str> + Clone + 'static,
    operators: &'static [Operator],
) -> BoxedStrategy<Predicate> {
    let literal = value.prop_map(Literal::new);
    prop_oneof![
        Just(Predicate::Present),
        vec(literal.clone(), 1..3).prop_map(Predicate::In),
        vec(literal.clone(), 1..3).prop_map(Predicate::NotIn),
        (prop::sample::select(operators), literal)
            .prop_map(|(operator, value)| Predicate::Compare(operator, value)),
    ]
    .boxed()
}

/// Whether a filter holds, by its text alone.
pub(crate) fn holds(expression: &Expression, record: &Record) -> bool {
    match expression {
        Expression::Or(operands) => operands.iter().any(|operand| holds(operand, record)),
        Expression::And(operands) => operands.iter().all(|operand| holds(operand, record)),
        Expression::Not(operand) => !holds(operand, record),
        Expression::Comparison(Comparison { path, predicate }) => {
            let none = Vec::new();
            let data = record.0.get(path.segments()[0].as_str()).unwrap_or(&none);
            match predicate {
                Predicate::Holds => data.contains(&Datum::Boolean(true)),
                Predicate::Present => !data.is_empty(),
                Predicate::In(values) => values
                    .iter()
                    .any(|value| any_datum(data, Operator::Equal, value.text())),
                Predicate::NotIn(values) => !values
                    .iter()
                    .any(|value| any_datum(data, Operator::Equal, value.text())),
                Predicate::Compare(Operator::NotEqual, value) => {
                    !any_datum(data, Operator::Equal, value.text())
                }
                Predicate::Compare(Operator::NotMatches, value) => {
                    !any_datum(data, Operator::Matches, value.text())
                }
                Predicate::Compare(operator, value) => any_datum(data, *operator, value.text()),
            }
        }
    }
}

fn any_datum(data: &[Datum], operator: Operator, value: &str) -> bool {
    data.iter().any(|datum| match datum {
        Datum::Text(text) if operator == Operator::Matches => covers(value, text),
        Datum::Text(text) => text.eq_ignore_ascii_case(value),
        Datum::Bytes(bytes) => {
            let value = match value {
                "0" => 0,
                "1GiB" => 1 << 30,
                "1.5GiB" => 3 << 29,
                _ => 2 << 30,
            };
            match operator {
                Operator::Less => *bytes < value,
                Operator::LessOrEqual => *bytes <= value,
                Operator::Greater => *bytes > value,
                Operator::GreaterOrEqual => *bytes >= value,
                _ => *bytes == value,
            }
        }
        Datum::Boolean(boolean) => *boolean == matches!(value, "true" | "yes"),
    })
}

/// Whether a pattern covers a value, by trying every way.
pub(crate) fn covers(pattern: &str, value: &str) -> bool {
    let bare = pattern.replace("[*]", "").replace("[?]", "");
    let lower = |text: &str| text.to_ascii_lowercase().chars().collect::<Vec<char>>();
    if bare.contains(['*', '?']) {
        covers_all(&lower(pattern), &lower(value))
    } else {
        covers_all(&lower(&format!("*{pattern}*")), &lower(value))
    }
}

fn covers_all(pattern: &[char], value: &[char]) -> bool {
    match (pattern, value) {
        (['[', escaped @ ('*' | '?'), ']', rest @ ..], [first, after @ ..]) => {
            escaped == first && covers_all(rest, after)
        }
        (['[', '*' | '?', ']', ..], []) => false,
        (['*', rest @ ..], _) => (0..=value.len()).any(|length| covers_all(rest, &value[length..])),
        (['?', rest @ ..], [_, after @ ..]) => covers_all(rest, after),
        ([character, rest @ ..], [first, after @ ..]) => {
            character == first && covers_all(rest, after)
        }
        ([], []) => true,
        _ => false,
    }
}
