//! The configuration of a Wasm artifact: imports and exports of its component, so that a host can
//! decide whether it can run it without downloading it.

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::error::Error;

/// The one architecture.
const ARCHITECTURE: &str = "wasm";
/// The one operating system: WASI 0.2, by the name of the artifact specification.
const OS: &str = "wasip2";
/// The default date: the same component must give the same configuration.
const EPOCH: &str = "1970-01-01T00:00:00Z";

/// The configuration of a Wasm artifact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Config {
    /// When it was made, as RFC 3339.
    pub created: String,
    /// Its author.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    architecture: String,
    os: String,
    layer_digests: Vec<Digest>,
    component: Option<Interfaces>,
}

/// Imports and exports of a component, by name and version, in the component's order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interfaces {
    /// What it exports.
    pub exports: Vec<String>,
    /// What it imports.
    pub imports: Vec<String>,
    /// The world that it was built for, as `package/world@version`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
}

impl Config {
    /// The configuration of a component; `created` is RFC 3339, 1970 by default.
    #[must_use]
    pub fn new(component: Digest, interfaces: Interfaces, created: Option<String>) -> Self {
        Config {
            created: created.unwrap_or_else(|| EPOCH.to_owned()),
            author: None,
            architecture: ARCHITECTURE.to_owned(),
            os: OS.to_owned(),
            layer_digests: vec![component],
            component: Some(interfaces),
        }
    }

    /// Reads the configuration of a component with this digest.
    ///
    /// # Errors
    ///
    /// [`Error::Foreign`], with what was found instead.
    pub fn read(place: &str, bytes: &[u8], component: &Digest) -> Result<Self, Error> {
        let foreign = |reason: String| Error::foreign(place, reason);
        let config: Config = serde_json::from_slice(bytes)
            .map_err(|error| foreign(format!("not a configuration: {error}")))?;
        if config.architecture != ARCHITECTURE || config.os != OS {
            let Config {
                architecture, os, ..
            } = &config;
            return Err(foreign(format!(
                "the configuration is for {architecture:?} and {os:?}, not for {ARCHITECTURE} and {OS}"
            )));
        }
        if config.layer_digests != [component.clone()] {
            return Err(foreign(
                "the configuration's layerDigests are not the manifest's".to_owned(),
            ));
        }
        if config.component.is_none() {
            return Err(foreign(
                "the configuration lists no imports and exports".to_owned(),
            ));
        }
        Ok(config)
    }

    /// The listed imports and exports of the component.
    #[must_use]
    pub fn interfaces(&self) -> Interfaces {
        self.component.clone().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Config, Interfaces};
    use crate::digest::Digest;

    fn config() -> Config {
        let interfaces = Interfaces {
            exports: vec!["stocktake:collector/inventory@1.0.0".to_owned()],
            imports: vec!["wasi:http/types@0.2.0".to_owned()],
            target: Some("stocktake:collector/collector@1.0.0".to_owned()),
        };
        Config::new(Digest::of(b"component"), interfaces, None)
    }

    fn read(value: &Value) -> Result<Config, String> {
        let digest = Digest::of(b"component");
        Config::read("here", value.to_string().as_bytes(), &digest)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn its_fields_are_those_of_the_specification() {
        let written = serde_json::to_value(config()).expect("JSON");
        let expected = json!({
            "created": "1970-01-01T00:00:00Z",
            "architecture": "wasm",
            "os": "wasip2",
            "layerDigests": [Digest::of(b"component").to_string()],
            "component": {
                "exports": ["stocktake:collector/inventory@1.0.0"],
                "imports": ["wasi:http/types@0.2.0"],
                "target": "stocktake:collector/collector@1.0.0",
            },
        });
        assert_eq!(written, expected);
        assert_eq!(read(&written), Ok(config()));
    }

    #[test]
    fn what_other_tools_write_as_null_is_as_absent() {
        let mut written = serde_json::to_value(config()).expect("JSON");
        written["author"] = Value::Null;
        written["component"]["target"] = Value::Null;
        let read = read(&written).expect("a configuration");
        assert_eq!(
            (read.author.clone(), read.interfaces().target),
            (None, None)
        );
    }

    #[test]
    fn a_configuration_of_anything_else_is_refused_by_what_it_is() {
        let sound = serde_json::to_value(config()).expect("JSON");
        let other = Digest::of(b"other").to_string();
        for (path, value, expected) in [
            ("/architecture", json!("amd64"), "\"amd64\" and \"wasip2\""),
            ("/os", json!("wasip1"), "\"wasm\" and \"wasip1\""),
            ("/layerDigests", json!([other]), "layerDigests"),
            ("/layerDigests", json!([]), "layerDigests"),
            ("/component", Value::Null, "no imports and exports"),
            ("/component/imports", json!("all"), "not a configuration"),
        ] {
            let mut changed = sound.clone();
            *changed.pointer_mut(path).expect("a field") = value;
            let refused = read(&changed).expect_err(path);
            assert!(refused.contains(expected), "{path}: {refused}");
        }
    }
}
