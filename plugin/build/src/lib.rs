//! How a component is made, for build scripts and for the programs `component` and `components`.
//!
//! | module, by a feature of the same name | holds |
//! | --- | --- |
//! | `bindings` | the world in Rust, for the crate that becomes the module |
//! | `component` | the module, built for wasm and wrapped, for whoever carries it |

#[cfg(feature = "bindings")]
pub mod bindings;
#[cfg(feature = "component")]
pub mod component;
