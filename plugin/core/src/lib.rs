//! The vCenter collector, independent of any transport: it emits requests, takes received
//! bytes, and returns pages and a summary. It builds natively and for wasm; an
//! adapter gives it a [`transport::Transport`] and calls [`transport::drive`].
//!
//! | module | holds |
//! | --- | --- |
//! | [`run`] | one run, as a state machine |
//! | [`transport`] | the interface of a transport |
//! | [`exchange`] | one call and its reply |
//! | [`session`] | the session with a server |
//! | [`config`], [`endpoint`], [`version`] | the request |
//! | [`detection`] | product and version of the server |
//! | [`scope`], [`inventory_tree`] | the requested part, and its roots |
//! | [`profile`] | which properties are read |
//! | [`collection`] | the processing of each object |
//! | [`inventory`] | the account of each object |
//! | [`duplicates`] | VMs and hosts that share an identity |
//! | [`verdict`] | whether the inventory is complete |
//! | [`warnings`] | texts of warnings |
//! | [`completeness_gaps`] | gaps that make an inventory incomplete |
//! | [`errors`] | failed calls as errors |
//! | [`unreadable`], [`gaps`], [`unseen`] | unreadable properties, gaps in objects, and relations to objects that the account does not see |
//! | `uses` | datastores and networks of a VM |
//! | [`output`] | pages of JSON lines |
//! | `json` | their JSON |
//! | [`soap`], [`vim`] | the protocol |
//! | [`tape`], [`moref`], [`types`] | the values of one object |
//! | [`normalize`] | objects as `normalized-v1` |
//! | [`datastores`] | the datastores that hosts mount |
//! | [`details`] | objects as `details-v1` |
//! | [`places`], [`attributes`], [`tags`] | what details name: the objects around one, custom attributes, and tags |
//! | [`guest_os`], [`tools`], [`names`] | conversions of names |
//! | `placeholder` | placeholders of vendors |

pub mod attributes;
pub mod collection;
pub mod completeness_gaps;
pub mod config;
pub mod datastores;
pub mod details;
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
pub mod places;
pub mod profile;
pub mod run;
pub mod scope;
pub mod session;
pub mod soap;
pub mod tags;
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
