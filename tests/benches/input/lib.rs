//! What a collection costs.
//!
//! | module | holds |
//! | --- | --- |
//! | [`input`] | what is read and validated while instructions are counted |
//! | [`exchanges`] | a run's replies: from a simulated vCenter, and played again |

pub mod exchanges;
pub mod input;
