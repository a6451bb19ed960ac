//! SOAP 1.1: requests as text, replies as a stream.
//!
//! | module | holds |
//! | --- | --- |
//! | [`envelope`] | the frame around a request |
//! | [`reader`] | XML as events, from bytes as they arrive |
//! | [`reply`] | the frame around a reply: a payload or a fault |
//! | [`fault`] | what went wrong, in the server's words |

pub mod envelope;
pub mod fault;
pub mod reader;
pub mod reply;
