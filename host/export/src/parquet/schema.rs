//! The schema of a kind: members that every asset has, and the contract's table of `details`.

use std::sync::Arc;

use ::parquet::basic::{LogicalType, Repetition, TimeUnit, Type as Physical};
use ::parquet::errors::ParquetError;
use ::parquet::schema::types::{Type, TypePtr};
use stocktake_contract::details::{self, Field, Shape};
use stocktake_contract::normalized::Kind;

use super::column::{Columns, Node, Values};

/// Declares members without more than name and shape.
macro_rules! members {
    ($( $name:literal: $shape:expr ),* $(,)?) => {
        &[$( Field { name: $name, shape: $shape, paths: &[], about: "" } ),*]
    };
}

const TEXTS: Shape = Shape::List(&Shape::Text);

/// `normalized`. Its attributes are a map, for other sources have others.
const NORMALIZED: &[Field] = members![
    "identity": Shape::Object(members![
        "hostname": Shape::Text,
        "machine_uuid": Shape::Text,
        "serial_number": Shape::Text,
        "vendor": Shape::Text,
        "model": Shape::Text,
        "caption": Shape::Text,
    ]),
    "network": Shape::Object(members![
        "ip_addresses": TEXTS,
        "mac_addresses": TEXTS,
        "management_ip": Shape::Text,
    ]),
    "os": Shape::Object(members![
        "name": Shape::Text,
        "version": Shape::Text,
        "fingerprint": Shape::Text,
    ]),
    "hardware": Shape::Object(members![
        "cpu_count": Shape::Count,
        "memory_bytes": Shape::Count,
        "disks": Shape::List(&Shape::Object(members![
            "name": Shape::Text,
            "size_bytes": Shape::Count,
            "type": Shape::Text,
        ])),
    ]),
    "runtime": Shape::Object(members![
        "power_state": Shape::Text,
        "tools_running": Shape::Flag,
        "tools_status": Shape::Text,
    ]),
    "storage": Shape::Object(members![
        "datastores": Shape::List(&Shape::Object(members![
            "name": Shape::Text,
            "capacity_bytes": Shape::Count,
        ])),
    ]),
    "attributes": Shape::Map,
];

const RELATION: &[Field] = members![
    "type": Shape::Text,
    "from_kind": Shape::Text,
    "from_id": Shape::Text,
    "to_kind": Shape::Text,
    "to_id": Shape::Text,
];

/// The schema of a file.
#[derive(Debug, Default)]
pub(super) struct Schema {
    fields: Vec<TypePtr>,
    pub(super) nodes: Vec<(&'static str, Node)>,
    pub(super) columns: Columns,
}

/// The schema of the file of a kind.
pub(super) fn of_kind(kind: Kind) -> Result<Schema, ParquetError> {
    let mut schema = Schema::default();
    for field in members!["external_id": Shape::Text, "name": Shape::Text, "normalized": Shape::Object(NORMALIZED)]
    {
        schema.add(field.name, field.shape)?;
    }
    schema.add("details", Shape::Object(details::fields(kind)))?;
    Ok(schema)
}

/// The schema of the file of the relations.
pub(super) fn of_relations() -> Result<Schema, ParquetError> {
    let mut schema = Schema::default();
    for field in RELATION {
        schema.add(field.name, field.shape)?;
    }
    Ok(schema)
}

impl Schema {
    /// The type of a row.
    pub(super) fn root(&self) -> Result<TypePtr, ParquetError> {
        let root = Type::group_type_builder("asset").with_fields(self.fields.clone());
        root.build().map(Arc::new)
    }

    fn add(&mut self, name: &'static str, shape: Shape) -> Result<(), ParquetError> {
        let (field, node) = self.member(name, shape)?;
        self.fields.push(field);
        self.nodes.push((name, node));
        Ok(())
    }

    fn member(&mut self, name: &str, shape: Shape) -> Result<(TypePtr, Node), ParquetError> {
        match shape {
            Shape::Text => self.leaf(name, Repetition::OPTIONAL, Values::Texts(Vec::new())),
            Shape::Count => self.leaf(name, Repetition::OPTIONAL, Values::Numbers(Vec::new())),
            Shape::Time => self.leaf(name, Repetition::OPTIONAL, Values::Times(Vec::new())),
            Shape::Flag => self.leaf(name, Repetition::OPTIONAL, Values::Flags(Vec::new())),
            Shape::Object(fields) => {
                let mut types = Vec::new();
                let mut nodes = Vec::new();
                for field in fields {
                    let (member, node) = self.member(field.name, field.shape)?;
                    types.push(member);
                    nodes.push((field.name, node));
                }
                let group = group(name, Repetition::OPTIONAL, None, types)?;
                Ok((group, Node::Group(nodes)))
            }
            Shape::List(item) => {
                let (element, node) = self.member("element", *item)?;
                let items = group("list", Repetition::REPEATED, None, vec![element])?;
                let list = group(
                    name,
                    Repetition::OPTIONAL,
                    Some(LogicalType::List),
                    vec![items],
                )?;
                Ok((list, Node::List(Box::new(node))))
            }
            Shape::Map => {
                let texts = || Values::Texts(Vec::new());
                let (key, keys) = self.column("key", Repetition::REQUIRED, texts())?;
                let (value, values) = self.column("value", Repetition::OPTIONAL, texts())?;
                let items = group("key_value", Repetition::REPEATED, None, vec![key, value])?;
                let map = group(
                    name,
                    Repetition::OPTIONAL,
                    Some(LogicalType::Map),
                    vec![items],
                )?;
                Ok((map, Node::Map(keys, values)))
            }
        }
    }

    fn leaf(
        &mut self,
        name: &str,
        repetition: Repetition,
        values: Values,
    ) -> Result<(TypePtr, Node), ParquetError> {
        let (leaf, column) = self.column(name, repetition, values)?;
        Ok((leaf, Node::Leaf(column)))
    }

    fn column(
        &mut self,
        name: &str,
        repetition: Repetition,
        values: Values,
    ) -> Result<(TypePtr, usize), ParquetError> {
        let (physical, logical) = match values {
            Values::Texts(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Values::Numbers(_) => (Physical::INT64, None),
            Values::Times(_) => {
                let utc = LogicalType::timestamp(true, TimeUnit::MICROS);
                (Physical::INT64, Some(utc))
            }
            Values::Flags(_) => (Physical::BOOLEAN, None),
        };
        let leaf = Type::primitive_type_builder(name, physical)
            .with_repetition(repetition)
            .with_logical_type(logical)
            .build()?;
        Ok((Arc::new(leaf), self.columns.push(values)))
    }
}

fn group(
    name: &str,
    repetition: Repetition,
    logical: Option<LogicalType>,
    fields: Vec<TypePtr>,
) -> Result<TypePtr, ParquetError> {
    let group = Type::group_type_builder(name)
        .with_repetition(repetition)
        .with_logical_type(logical)
        .with_fields(fields);
    group.build().map(Arc::new)
}
