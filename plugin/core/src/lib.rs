//! The vCenter collector, free of any transport: requests go out, bytes come
//! in, pages and a summary are handed over. It builds natively and for wasm; a
//! shell gives it a [`transport::Transport`] and calls [`transport::drive`].
//!
//! | module | holds |
//! | --- | --- |
//! | [`run`] | one run, as a state machine |
//! | [`transport`] | what it asks of a transport |
//! | [`exchange`] | one call and its reply |
//! | [`session`] | the session with a server |
//! | [`config`], [`endpoint`], [`version`] | the request |
//! | [`detection`] | what the server is |
//! | [`scope`], [`inventory_tree`] | which part is asked for, and where it begins |
//! | [`profile`] | which properties are read |
//! | [`collection`] | what is made of each object |
//! | [`inventory`] | what became of each object |
//! | [`duplicates`] | VMs and hosts that share an identity |
//! | [`verdict`] | whether the list is whole |
//! | [`warnings`] | warnings in words |
//! | [`completeness_gaps`] | what a list cannot be trusted without |
//! | [`errors`] | replies that are not answers |
//! | [`unreadable`], [`gaps`], [`unseen`] | properties that could not be read, what objects lack, and relations that lead out of sight |
//! | `uses` | datastores and networks of a VM |
//! | [`output`] | pages of JSON lines |
//! | `json` | how they are spelled |
//! | [`soap`], [`vim`] | the protocol |
//! | [`tape`], [`moref`], [`types`] | the values of one object |
//! | [`normalize`] | objects as `normalized-v1` |
//! | [`datastores`] | what hosts' storage is made of |
//! | [`guest_os`], [`tools`], [`names`] | spellings |
//! | `placeholder` | what stands in place of a value |

pub mod collection;
pub mod completeness_gaps;
pub mod config;
pub mod datastores;
pub mod detection;
pub mod duplicates;
pub mod endpoint;
pub mod errors;
pub mod exchange;
pub mod gaps;
pub mod guest_os;
pub mod inventory;
pub mod inventory_tree;
mod json;
pub mod moref;
pub mod names;
pub mod normalize;
pub mod output;
mod placeholder;
pub mod profile;
pub mod run;
pub mod scope;
pub mod session;
pub mod soap;
pub mod tape;
pub mod tools;
pub mod transport;
pub mod types;
pub mod unreadable;
pub mod unseen;
mod uses;
pub mod verdict;
pub mod version;
pub mod vim;
pub mod warnings;
