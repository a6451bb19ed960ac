//! Exports of a small inventory, read back by what people load them into.

mod guide;
mod json;
mod refusals;
mod sheets;
mod support;
