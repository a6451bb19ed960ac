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
//! | [`profile`] | which properties are read |
//! | [`collection`] | what is made of each object |
//! | [`inventory`] | what became of each object |
//! | [`verdict`] | whether the list is whole |
//! | [`refusal`] | replies that are not answers |
//! | [`unreadable`] | properties that could not be read |
//! | [`output`] | pages of JSON lines |
//! | [`soap`], [`vim`] | the protocol |
//! | [`tape`], [`moref`] | the values of one object |
//! | [`normalize`] | objects as `normalized-v1` |
//! | [`datastores`] | what hosts' storage is made of |
//! | [`guest_os`], [`tools`], [`names`] | spellings |

pub mod collection;
pub mod config;
pub mod datastores;
pub mod detection;
pub mod endpoint;
pub mod exchange;
pub mod guest_os;
pub mod inventory;
pub mod moref;
pub mod names;
pub mod normalize;
pub mod output;
pub mod profile;
pub mod refusal;
pub mod run;
pub mod session;
pub mod soap;
pub mod tape;
pub mod tools;
pub mod transport;
pub mod unreadable;
pub mod verdict;
pub mod version;
pub mod vim;
