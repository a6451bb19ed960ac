//! SOAP 1.1: requests as text, replies as a stream.
//!
//! | module | holds |
//! | --- | --- |
//! | [`envelope`] | the frame around a request |
//! | [`reader`] | XML as events, from bytes as they arrive |
//! | [`tokenizer`] | tags, texts and references |
//! | [`reply`] | the frame around a reply: a payload or a fault |
//! | [`fault`] | what went wrong, in the server's words |

pub mod envelope;
pub mod fault;
pub mod reader;
pub mod reply;
pub mod tokenizer;
