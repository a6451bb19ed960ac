//! Object ids, stored exactly in few bytes.
//!
//! A server numbers its objects: `vm-1001`, `vm-1002`. Such an id is stored as its
//! number, so that the state of 100,000 objects fits into tables of a few
//! bytes each; any other id is stored as text. No id is represented by a hash.
//!
//! ```
//! use stocktake_ids::{Ids, Table};
//!
//! let mut ids = Ids::default();
//! let mut seen: Table<u8> = Table::default();
//! for text in ["vm-1001", "vm-1002", "5f3c-ab", "vm-1001"] {
//!     *seen.entry(ids.intern(text).expect("room for three")) += 1;
//! }
//! let counts = seen.iter().filter(|(_, times)| *times > 0);
//! let counts: Vec<_> = counts.map(|(id, times)| format!("{} {times}", ids.text(id))).collect();
//! assert_eq!(counts, ["vm-1001 2", "vm-1002 1", "5f3c-ab 1"]);
//! ```

mod ids;
mod table;

pub use ids::{Full, Id, Ids, Text};
pub use table::Table;
