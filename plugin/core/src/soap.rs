//! SOAP 1.1: requests as text, replies as a stream.
//!
//! | module | holds |
//! | --- | --- |
//! | [`envelope`] | the envelope of a request |
//! | [`reader`] | XML as events, from bytes as they arrive |
//! | [`tokenizer`] | tags, texts and references |
//! | [`reply`] | the envelope of a reply: a payload or a fault |
//! | [`fault`] | faults of the server |

pub mod envelope;
pub mod fault;
pub mod reader;
pub mod reply;
pub mod tokenizer;
