//! The vSphere API, as far as an inventory needs it.
//!
//! | module | holds |
//! | --- | --- |
//! | [`calls`] | the calls, as request bodies |
//! | [`service`] | what a server says of itself |
//! | [`listing`] | the pages of a retrieval |
//! | [`values`] | elements as values |
//! | [`shapes`] | the types that documents do not declare |

pub mod calls;
pub mod listing;
pub mod service;
pub mod shapes;
pub mod values;
