//! The inventory, computed on the fly: an object is a kind and an index, and every property of it is a function of those and the seed.
//!
//! Nothing is kept per object but what changes under churn, so a hundred thousand virtual machines cost as much memory as ten.

mod churn;
mod cluster;
mod datastore;
mod draw;
mod folder;
mod host;
mod host_network;
mod host_storage;
mod names;
mod network;
mod object;
mod property;
mod reference;
mod site;
mod tree;
mod vm;
mod vm_devices;
mod vm_guest;
mod vm_guest_os;

pub(crate) use churn::Churn;
pub(crate) use draw::{Draw, Topic};
pub(crate) use names::write_uuid;
pub(crate) use object::{Kind, Object};
pub(crate) use property::{Property, find, top_level};
pub(crate) use site::{Site, Sizes};
pub(crate) use vm::Vm;
pub(crate) use vm_devices::write_more_disks;
