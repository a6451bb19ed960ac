//! Product and version of a target, and whether the ledger supports it.

use serde_json::{Map, Value};
use stocktake_contract::response::Detection;
use stocktake_contract::{ErrorCode, Problem};

use crate::version::VersionRange;
use crate::vim::service::{About, Service};

/// Describes a server.
#[must_use]
pub fn describe(service: &Service, preferred: Option<VersionRange>) -> Detection {
    let About { version, build, .. } = &service.about;
    let mut capabilities = Map::new();
    let mut capability = |name: &str, value: Value| capabilities.insert(name.to_owned(), value);
    capability("system_version_endpoint", Value::Bool(true));
    capability("build", build.as_str().into());
    if let Some(preferred) = preferred {
        capability("preferred_vcenter_version", preferred.as_str().into());
    }
    capability("property_collector", Value::Bool(true));
    capability(
        "container_view",
        Value::Bool(service.view_manager.is_some()),
    );
    capability("api_type", service.about.api_type.as_str().into());
    capability("api_version", service.about.api_version.as_str().into());
    let instance_uuid = service.about.instance_uuid.as_deref();
    capability(
        "instance_uuid",
        instance_uuid.map_or(Value::Bool(false), Value::from),
    );
    Detection {
        target_version: format!("{version} (build {build})"),
        capabilities,
        driver: format!(
            "vcenter-{}@v1",
            preferred.map_or("auto", VersionRange::as_str)
        ),
        recommended_preferred_version: VersionRange::recommended(version).as_str().to_owned(),
    }
}

/// Refuses a server whose version is outside the ledger's range; without a
/// range, one that is outside every range, for which no range could be
/// recommended.
///
/// # Errors
/// `VCENTER_API_VERSION_UNSUPPORTED`, naming the version and the range.
pub fn gate(service: &Service, preferred: Option<VersionRange>) -> Result<(), Problem> {
    let version = &service.about.version;
    let recommended = VersionRange::recommended(version);
    let is_supported = recommended.contains(version);
    let problem = |message: String| {
        Problem::new(ErrorCode::VcenterApiVersionUnsupported, message)
            .with("detected_version", version.as_str())
    };
    match preferred {
        Some(range) if !range.contains(version) => {
            let cure = if is_supported {
                format!(
                    "set source.config.preferred_vcenter_version to {}",
                    recommended.as_str()
                )
            } else {
                "no supported range holds it".to_owned()
            };
            let message = format!(
                "the server is version {version}, outside the configured {}; {cure}",
                range.as_str()
            );
            Err(problem(message).with("preferred_vcenter_version", range.as_str()))
        }
        None if !is_supported => Err(problem(format!(
            "the server is version {version}, which no supported range holds: they are {}; \
             update the collector, or collect from a server of one of these",
            VersionRange::list()
        ))),
        _ => Ok(()),
    }
}
