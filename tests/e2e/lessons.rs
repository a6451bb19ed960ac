//! Defects of comparable tools, each with a test named after it.

mod bodies;
mod churn;
mod identity;
mod names;
mod objects;
mod paging;
mod permissions;
mod sessions;
mod transport;
