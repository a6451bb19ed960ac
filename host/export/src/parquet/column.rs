//! Rows taken apart into columns, as Parquet stores nested values: a value says how much of its path is there, and in which list it
//! begins a new item.

use ::parquet::data_type::{BoolType, ByteArray, ByteArrayType, Int64Type};
use ::parquet::errors::ParquetError;
use ::parquet::file::writer::SerializedColumnWriter;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Where the values of a member go.
#[derive(Debug)]
pub(super) enum Node {
    /// The number of a column.
    Leaf(usize),
    /// An object.
    Group(Vec<(&'static str, Node)>),
    /// An array.
    List(Box<Node>),
    /// The columns of keys and values.
    Map(usize, usize),
}

/// The values of a column, each with its levels.
#[derive(Debug)]
struct Column {
    values: Values,
    definitions: Vec<i16>,
    repetitions: Vec<i16>,
}

/// The type of a column.
#[derive(Debug)]
pub(super) enum Values {
    Texts(Vec<ByteArray>),
    Numbers(Vec<i64>),
    /// Microseconds since 1970.
    Times(Vec<i64>),
    Flags(Vec<bool>),
}

/// The columns of a row group.
#[derive(Debug, Default)]
pub(super) struct Columns {
    columns: Vec<Column>,
    rows: usize,
    bytes: usize,
    /// Numbers and times that a column cannot hold.
    pub(super) omitted: u64,
}

/// How deep a value is.
#[derive(Clone, Copy)]
struct Level {
    /// Members of its path that are there.
    definition: i16,
    /// The innermost list in which it begins a new item.
    repetition: i16,
    /// The lists that it is in.
    lists: i16,
}

impl Columns {
    /// Adds a column; gives its number.
    pub(super) fn push(&mut self, values: Values) -> usize {
        self.columns.push(Column {
            values,
            definitions: Vec::new(),
            repetitions: Vec::new(),
        });
        self.columns.len() - 1
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn clear(&mut self) {
        (self.rows, self.bytes) = (0, 0);
        for column in &mut self.columns {
            column.definitions.clear();
            column.repetitions.clear();
            match &mut column.values {
                Values::Texts(texts) => texts.clear(),
                Values::Numbers(numbers) | Values::Times(numbers) => numbers.clear(),
                Values::Flags(flags) => flags.clear(),
            }
        }
    }

    /// Adds a row, an object whose members `nodes` names.
    pub(super) fn add(&mut self, nodes: &[(&'static str, Node)], row: &Value) {
        let level = Level {
            definition: 0,
            repetition: 0,
            lists: 0,
        };
        for (name, node) in nodes {
            self.add_value(node, row.get(name), level);
        }
        self.rows += 1;
    }

    fn add_value(&mut self, node: &Node, value: Option<&Value>, level: Level) {
        let value = value.filter(|value| !value.is_null());
        let present = Level {
            definition: level.definition + 1,
            ..level
        };
        match (node, value) {
            (Node::Leaf(column), Some(value)) => {
                let is_held = self.hold(*column, value);
                self.omitted += u64::from(!is_held);
                self.mark(*column, if is_held { present } else { level });
            }
            (Node::Group(members), Some(value)) => {
                for (name, member) in members {
                    self.add_value(member, value.get(name), present);
                }
            }
            (Node::List(item), Some(Value::Array(values))) if !values.is_empty() => {
                for (place, value) in values.iter().enumerate() {
                    self.add_value(item, Some(value), item_level(present, place));
                }
            }
            (Node::Map(keys, texts), Some(Value::Object(members))) if !members.is_empty() => {
                for (place, (key, value)) in members.iter().enumerate() {
                    let level = item_level(present, place);
                    self.hold(*keys, &Value::from(key.as_str()));
                    self.mark(*keys, level);
                    self.hold(*texts, value);
                    let definition = level.definition + 1;
                    self.mark(
                        *texts,
                        Level {
                            definition,
                            ..level
                        },
                    );
                }
            }
            (Node::List(_) | Node::Map(..), Some(_)) => self.mark_all(node, present),
            (_, None) => self.mark_all(node, level),
        }
    }

    fn mark(&mut self, column: usize, level: Level) {
        let column = &mut self.columns[column];
        column.definitions.push(level.definition);
        column.repetitions.push(level.repetition);
        self.bytes += 4;
    }

    /// Marks that the columns below a node have no value.
    fn mark_all(&mut self, node: &Node, level: Level) {
        match node {
            Node::Leaf(column) => self.mark(*column, level),
            Node::Group(members) => {
                for (_, member) in members {
                    self.mark_all(member, level);
                }
            }
            Node::List(item) => self.mark_all(item, level),
            Node::Map(keys, texts) => {
                self.mark(*keys, level);
                self.mark(*texts, level);
            }
        }
    }

    /// Adds a value to a column, if it can hold it.
    fn hold(&mut self, column: usize, value: &Value) -> bool {
        match &mut self.columns[column].values {
            Values::Texts(texts) => {
                let text = match value {
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                self.bytes += text.len() + size_of::<ByteArray>();
                texts.push(ByteArray::from(text.into_bytes()));
                true
            }
            Values::Numbers(numbers) => {
                self.bytes += 8;
                numbers.extend(value.as_i64());
                value.is_i64()
            }
            Values::Times(times) => {
                self.bytes += 8;
                let time = value.as_str().and_then(microseconds);
                times.extend(time);
                time.is_some()
            }
            Values::Flags(flags) => {
                self.bytes += 1;
                flags.extend(value.as_bool());
                value.is_boolean()
            }
        }
    }

    /// Writes a column.
    pub(super) fn write(
        &self,
        place: usize,
        writer: &mut SerializedColumnWriter<'_>,
    ) -> Result<(), ParquetError> {
        let column = &self.columns[place];
        let definitions = Some(&column.definitions[..]);
        let repetitions = Some(&column.repetitions[..]);
        match &column.values {
            Values::Texts(texts) => {
                let writer = writer.typed::<ByteArrayType>();
                writer.write_batch(texts, definitions, repetitions)?;
            }
            Values::Numbers(numbers) | Values::Times(numbers) => {
                let writer = writer.typed::<Int64Type>();
                writer.write_batch(numbers, definitions, repetitions)?;
            }
            Values::Flags(flags) => {
                let writer = writer.typed::<BoolType>();
                writer.write_batch(flags, definitions, repetitions)?;
            }
        }
        Ok(())
    }
}

/// The level of an item of a list or map that is there.
fn item_level(list: Level, place: usize) -> Level {
    let lists = list.lists + 1;
    Level {
        definition: list.definition + 1,
        repetition: if place == 0 { list.repetition } else { lists },
        lists,
    }
}

fn microseconds(time: &str) -> Option<i64> {
    let time = OffsetDateTime::parse(time, &Rfc3339).ok()?;
    i64::try_from(time.unix_timestamp_nanos().div_euclid(1_000)).ok()
}
