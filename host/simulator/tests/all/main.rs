//! The simulator as a client sees it: over TLS, HTTP and SOAP.

mod client;
mod details;
mod faults;
mod faults_bytes;
mod faults_calls;
mod faults_names;
mod faults_objects;
mod faults_values;
mod inventory;
mod paging;
mod profiles;
mod scale;
mod sessions;
mod tags;
mod transport;
