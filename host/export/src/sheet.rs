//! The sheets and their columns: the one table that spreadsheets, CSV files and the guide are made of.

mod cluster;
mod datastore;
mod device;
mod finding;
mod host;
mod network;
mod pool;
mod vm;

use stocktake_contract::normalized::Kind;

use crate::asset::Asset;
use crate::cell::Cell;
use crate::health::Finding;
use crate::index::Index;

/// A sheet: rows of objects of some kinds.
#[derive(Debug)]
#[non_exhaustive]
pub struct Sheet {
    /// Its name.
    pub name: &'static str,
    /// What its rows are.
    pub about: &'static str,
    /// The kinds of which it has rows.
    pub kinds: &'static [Kind],
    /// How many rows an object has.
    pub(crate) rows: fn(&Context<'_>) -> usize,
    pub(crate) columns: &'static [&'static [Column]],
    /// Its last columns are the custom attributes of its objects.
    pub has_attributes: bool,
}

impl Sheet {
    /// Its columns, without those of custom attributes.
    pub fn columns(&self) -> impl Iterator<Item = &'static Column> + use<> {
        self.columns.iter().copied().flatten()
    }
}

/// A column.
#[derive(Debug)]
#[non_exhaustive]
pub struct Column {
    /// Its name; that of RVTools where the meaning is the same.
    pub name: &'static str,
    /// What it is made of: members of the asset, relations.
    pub source: &'static str,
    /// The unit of its numbers, or nothing.
    pub unit: &'static str,
    /// Its value in a row.
    pub(crate) value: for<'c> fn(&'c Context<'c>) -> Cell<'c>,
}

/// What a row is made of.
#[derive(Debug)]
pub(crate) struct Context<'c> {
    pub(crate) asset: &'c Asset<'c>,
    pub(crate) index: &'c Index,
    pub(crate) findings: &'c [Finding],
    /// The row's place among those of its asset.
    pub(crate) row: usize,
}

/// Declares columns: name, unit if any, what it is made of, value.
macro_rules! columns {
    ($( $(#[$meta:meta])* $visibility:vis $group:ident = { $( $name:literal $([$unit:literal])?, $source:literal, $value:expr; )* } )*) => {
        $( $(#[$meta])* $visibility const $group: &[crate::sheet::Column] = &[ $( crate::sheet::Column {
            name: $name,
            source: $source,
            unit: columns!(@unit $($unit)?),
            value: $value,
        }, )* ]; )*
    };
    (@unit $unit:literal) => { $unit };
    (@unit) => { "" };
}
use columns;

/// Every sheet, in the order of a workbook.
#[must_use]
pub fn sheets() -> &'static [&'static Sheet] {
    ALL
}

pub(crate) const ALL: &[&Sheet] = &[
    &vm::INFO,
    &vm::CPU,
    &vm::MEMORY,
    &device::DISK,
    &device::PARTITION,
    &device::NETWORK,
    &device::CD,
    &device::USB,
    &device::SNAPSHOT,
    &vm::TOOLS,
    &pool::POOL,
    &cluster::CLUSTER,
    &host::HOST,
    &host::HBA,
    &host::NIC,
    &host::SWITCH,
    &host::PORT,
    &network::SWITCH,
    &network::PORT,
    &host::VMKERNEL,
    &datastore::DATASTORE,
    &finding::HEALTH,
];

#[cfg(test)]
mod tests;
