//! The inventory, computed on the fly: an object is a kind and an index, and every property of it is a function of those and the seed.
//!
//! Nothing is kept per object but what changes under churn, so a hundred thousand virtual machines cost as much memory as ten.

mod allocation;
mod attribute;
mod churn;
mod cluster;
mod cluster_settings;
mod datastore;
mod datastore_info;
mod draw;
mod entity;
mod folder;
mod host;
mod host_adapters;
mod host_network;
mod host_settings;
mod host_storage;
mod host_switches;
mod names;
mod network;
mod network_settings;
mod object;
mod oddity;
mod pool;
mod property;
mod reference;
mod site;
mod tag;
mod tree;
mod version;
mod vm;
mod vm_devices;
mod vm_disks;
mod vm_files;
mod vm_guest;
mod vm_guest_os;
mod vm_nics;
mod vm_settings;
mod vm_snapshots;

pub(crate) use churn::Churn;
pub(crate) use draw::{Draw, Topic};
pub(crate) use names::write_uuid;
pub(crate) use object::{Kind, Object};
pub(crate) use property::{Property, find, paths, top_level};
pub(crate) use site::{Site, Sizes};
pub(crate) use tag::{CATEGORIES, TAGS, tags_of, write_category_id, write_tag_id};
pub(crate) use version::{Version, first_with};
pub(crate) use vm::Vm;
pub(crate) use vm_disks::write_more_disks;
