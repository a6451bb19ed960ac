//! The ways to embed the collector: each is run, and writes the same bytes.

mod components;
mod go;
mod identity;
mod library;
mod node;
mod plain;
mod python;
