//! Builds components, for build scripts and for the programs `component` and `components`.
//!
//! | module, by a feature of the same name | holds |
//! | --- | --- |
//! | `bindings` | the bindings of a world, for the crate that becomes the module |
//! | `component` | the module, built for wasm and wrapped, for the crate that embeds it |

#[cfg(feature = "bindings")]
pub mod bindings;
#[cfg(feature = "component")]
pub mod component;
