//! The vSphere API behind `/sdk`: sessions, views and the property collector.

mod about;
pub(crate) mod page;
pub(crate) mod retrieval;
mod selection;
pub(crate) mod service;
mod session;
mod view;

pub(crate) use about::About;
