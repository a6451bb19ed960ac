//! The ways to embed the collector: each runs for real, and answers the same bytes.

mod components;
mod go;
mod identity;
mod library;
mod node;
mod plain;
mod python;
