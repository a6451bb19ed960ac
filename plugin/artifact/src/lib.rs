//! The built vCenter component, as bytes: the build script compiles
//! `plugin/component` for `wasm32-unknown-unknown` and wraps the module, so an
//! executable that depends on this crate carries the component in itself.

/// The component of the world `stocktake:collector/collector`.
pub const COMPONENT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/vcenter.wasm"));
