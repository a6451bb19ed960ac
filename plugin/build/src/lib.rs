//! For build scripts: how a component of the world `collector` is made.
//!
//! | module, by a feature of the same name | holds |
//! | --- | --- |
//! | `bindings` | the world in Rust, for the crate that becomes the module |
//! | `component` | the module, built for wasm and wrapped, for the crate that carries it |

#[cfg(feature = "bindings")]
pub mod bindings;
#[cfg(feature = "component")]
pub mod component;
