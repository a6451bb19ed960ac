//! What a server says of itself: ServiceContent.

use crate::moref::{MoRef, OwnedMoRef};
use crate::tags::TaggingPaths;
use crate::tape::{Tape, Value};

/// The managed objects every call begins with, and the server's version.
#[derive(Clone, Debug, Default)]
pub struct Service {
    /// Version and build.
    pub about: About,
    /// Where the inventory begins.
    pub root_folder: OwnedMoRef,
    /// Reads properties.
    pub property_collector: OwnedMoRef,
    /// Makes container views; very old servers have none.
    pub view_manager: Option<OwnedMoRef>,
    /// Makes sessions.
    pub session_manager: Option<OwnedMoRef>,
    /// Holds the names of custom attributes; hosts have none.
    pub custom_fields_manager: Option<OwnedMoRef>,
}

/// Version and build.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// As in `8.0.3`.
    pub version: String,
    /// As in `24022515`.
    pub build: String,
    /// Version of the API, as in `8.0.3.0`.
    pub api_version: String,
    /// `VirtualCenter` or `HostAgent`.
    pub api_type: String,
    /// UUID of the installation.
    pub instance_uuid: Option<String>,
}

impl About {
    /// It is a vCenter, and not a host of its own.
    #[must_use]
    pub fn is_vcenter(&self) -> bool {
        self.api_type == "VirtualCenter"
    }

    /// The paths of tags: new ones from 7.0 U2 on.
    #[must_use]
    pub fn tagging_paths(&self) -> TaggingPaths {
        let mut parts = self
            .api_version
            .split('.')
            .map(|part| part.parse().unwrap_or(0));
        let version: [u32; 3] = std::array::from_fn(|_| parts.next().unwrap_or(0));
        if version < [7, 0, 2] {
            TaggingPaths::Rest
        } else {
            TaggingPaths::Api
        }
    }
}

impl Service {
    /// The reference by which RetrieveServiceContent is called.
    pub const INSTANCE: MoRef<'static> = MoRef {
        type_name: "ServiceInstance",
        value: "ServiceInstance",
    };

    /// Reads the reply of RetrieveServiceContent; what is missing is named.
    ///
    /// # Errors
    /// The name of the field without which nothing can be read.
    pub fn from_reply(reply: &Tape) -> Result<Self, &'static str> {
        let content = reply.get("returnval").ok_or("returnval")?;
        let object = |field: &str| {
            content
                .get(field)
                .and_then(Value::as_reference)
                .map(MoRef::to_owned)
        };
        let about = content.get("about").ok_or("about")?;
        let text = |field: &str| {
            about
                .get(field)
                .and_then(Value::non_blank)
                .map(str::to_owned)
        };
        let version = text("version").ok_or("about.version")?;
        Ok(Service {
            about: About {
                build: text("build").unwrap_or_default(),
                api_version: text("apiVersion").unwrap_or_else(|| version.clone()),
                api_type: text("apiType").unwrap_or_default(),
                instance_uuid: text("instanceUuid"),
                version,
            },
            root_folder: object("rootFolder").ok_or("rootFolder")?,
            property_collector: object("propertyCollector").ok_or("propertyCollector")?,
            view_manager: object("viewManager"),
            session_manager: object("sessionManager"),
            custom_fields_manager: object("customFieldsManager"),
        })
    }
}
