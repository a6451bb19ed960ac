//! The cost of a collection.
//!
//! | module | holds |
//! | --- | --- |
//! | [`input`] | the input that is read and validated while instructions are counted |
//! | [`exchanges`] | a run's replies: from a simulated vCenter, and played again |

pub mod exchanges;
pub mod input;
