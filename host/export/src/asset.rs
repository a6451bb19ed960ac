//! An asset of a response.

pub(crate) mod normalized;

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;
use stocktake_contract::details::{
    Attributes, Cluster, Datacenter, Datastore, DatastorePod, Details, DvPortgroup, DvSwitch,
    Folder, Host, Network, ResourcePool, Text, VApp, Vm,
};
use stocktake_contract::normalized::Kind;

use crate::Error;

pub(crate) use normalized::Normalized;

/// An asset of a response.
#[derive(Debug)]
pub(crate) struct Asset<'a> {
    pub(crate) kind: Kind,
    pub(crate) id: Cow<'a, str>,
    pub(crate) normalized: Normalized,
    pub(crate) details: Specific<'a>,
    /// `normalized` as it stands in the document.
    pub(crate) normalized_text: &'a str,
    /// `details` as it stands in the document.
    pub(crate) details_text: Option<&'a str>,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    external_kind: Kind,
    #[serde(borrow)]
    external_id: Cow<'a, str>,
    #[serde(borrow)]
    normalized: &'a RawValue,
    #[serde(borrow, default)]
    details: Option<&'a RawValue>,
}

/// Declares `details` of any kind, and how to get at those of one.
macro_rules! specific {
    ($( $kind:ident: $type:ident<'a> $(, $get:ident)?; )*) => {
        /// `details` of any kind.
        #[derive(Debug, Default)]
        pub(crate) enum Specific<'a> {
            /// There are none.
            #[default]
            None,
            $( $kind(Box<$type<'a>>), )*
        }

        impl<'a> Specific<'a> {
            fn from_text(kind: Kind, text: &'a str) -> Result<Self, serde_json::Error> {
                match kind {
                    $( Kind::$kind => {
                        let Details(details) = serde_json::from_str::<Details<$type>>(text)?;
                        Ok(Specific::$kind(Box::new(details)))
                    } )*
                }
            }

            /// The custom attributes of the object.
            pub(crate) fn custom_attributes(&self) -> &[(Text<'a>, Text<'a>)] {
                let attributes: Option<&Attributes<'a>> = match self {
                    Specific::None => None,
                    $( Specific::$kind(details) => details.custom_attributes.as_ref(), )*
                };
                attributes.map_or(&[], |attributes| &attributes.0)
            }
        }

        impl<'a> Asset<'a> {
            $( $( pub(crate) fn $get(&self) -> Option<&$type<'a>> {
                if let Specific::$kind(details) = &self.details {
                    Some(details)
                } else {
                    None
                }
            } )? )*
        }
    };
}

specific! {
    Vm: Vm<'a>, vm;
    Host: Host<'a>, host;
    Cluster: Cluster<'a>, cluster;
    Datastore: Datastore<'a>, datastore;
    Network: Network<'a>;
    DvPortgroup: DvPortgroup<'a>, dvportgroup;
    DvSwitch: DvSwitch<'a>, dvswitch;
    Datacenter: Datacenter<'a>;
    Folder: Folder<'a>;
    ResourcePool: ResourcePool<'a>, resource_pool;
    VApp: VApp<'a>, vapp;
    DatastorePod: DatastorePod<'a>, datastore_pod;
}

impl<'a> Asset<'a> {
    /// Reads an asset; `name` is what messages call the document.
    pub(crate) fn from_text(name: &str, text: &'a str) -> Result<Self, Error> {
        let malformed = |place: &str, error: serde_json::Error| Error::Malformed {
            name: name.to_owned(),
            reason: format!("{place}: {error}"),
        };
        let envelope: Envelope<'a> =
            serde_json::from_str(text).map_err(|error| malformed("an asset", error))?;
        let kind = envelope.external_kind;
        let place = |member: &str| {
            let id = &envelope.external_id;
            format!("`{member}` of {} {id}", kind.as_str())
        };
        let normalized = serde_json::from_str(envelope.normalized.get())
            .map_err(|error| malformed(&place("normalized"), error))?;
        let details = match envelope.details {
            Some(text) => Specific::from_text(kind, text.get())
                .map_err(|error| malformed(&place("details"), error))?,
            None => Specific::None,
        };
        Ok(Asset {
            kind,
            id: envelope.external_id,
            normalized,
            details,
            normalized_text: envelope.normalized.get(),
            details_text: envelope.details.map(RawValue::get),
        })
    }

    /// What people call it; its id when it has no name.
    pub(crate) fn name(&self) -> &str {
        let identity = &self.normalized.identity;
        let names = if self.kind == Kind::Host {
            [&identity.hostname, &identity.caption]
        } else {
            [&identity.caption, &identity.hostname]
        };
        let name = names.into_iter().flatten().next();
        name.map_or(&self.id, String::as_str)
    }

    /// The path of the folder that it is in.
    pub(crate) fn folder_path(&self) -> Option<&Text<'a>> {
        match &self.details {
            Specific::Vm(details) => details.folder_path.as_ref(),
            Specific::VApp(details) => details.folder_path.as_ref(),
            Specific::Cluster(details) => details.folder_path.as_ref(),
            Specific::Datastore(details) => details.folder_path.as_ref(),
            Specific::Network(details) => details.folder_path.as_ref(),
            Specific::DvPortgroup(details) => details.folder_path.as_ref(),
            Specific::DvSwitch(details) => details.folder_path.as_ref(),
            Specific::None
            | Specific::Host(_)
            | Specific::Datacenter(_)
            | Specific::Folder(_)
            | Specific::ResourcePool(_)
            | Specific::DatastorePod(_) => None,
        }
    }

    /// The size of a datastore.
    pub(crate) fn capacity(&self) -> Option<u64> {
        let details = self
            .datastore()
            .and_then(|datastore| datastore.capacity_bytes);
        details.or(self.normalized.attributes.capacity_bytes)
    }

    /// The free space of a datastore.
    pub(crate) fn free(&self) -> Option<u64> {
        let details = self.datastore().and_then(|datastore| datastore.free_bytes);
        details.or(self.normalized.attributes.free_bytes)
    }
}
