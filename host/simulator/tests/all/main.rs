//! The simulator as a client sees it: over TLS, HTTP and SOAP.

mod client;
mod faults;
mod inventory;
mod paging;
mod scale;
mod sessions;
mod transport;
