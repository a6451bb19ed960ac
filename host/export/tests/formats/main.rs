//! Exports of a small inventory, read back by what people load them into.

mod differences;
mod full;
mod guide;
mod health;
mod json;
mod netbox;
mod parquet;
mod recorded;
mod refusals;
mod sheets;
mod support;
