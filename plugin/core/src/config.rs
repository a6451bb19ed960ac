//! `collector-request-v1` as this collector reads it: field by field, so that
//! each mistake is told by its name.

use stocktake_contract::request::{
    Mode, PAGE_SIZE_DEFAULT, PAGE_SIZE_LEAST, PAGE_SIZE_MOST, SCHEMA_VERSION,
};
use stocktake_contract::{ErrorCode, Problem};

use serde_json::{Map, Value};

use crate::endpoint::Endpoint;
use crate::version::VersionRange;

/// What a run is asked to do.
pub struct Config {
    /// Where the vCenter is.
    pub endpoint: Endpoint,
    /// What to do.
    pub mode: Mode,
    /// The account.
    pub username: String,
    /// Its password.
    pub password: String,
    /// Versions the ledger is prepared for; always there in the collect modes.
    pub preferred: Option<VersionRange>,
    /// Objects per page.
    pub page_size: u32,
    /// Emit VM templates as VMs.
    pub include_templates: bool,
    /// An inventory with nothing in it is not an error.
    pub allow_empty: bool,
}

impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Config")
            .field("endpoint", &self.endpoint)
            .field("mode", &self.mode)
            .finish_non_exhaustive()
    }
}

impl Config {
    /// Reads a request.
    ///
    /// # Errors
    /// `VCENTER_PARSE_ERROR` when it is not JSON, else `VCENTER_CONFIG_INVALID`
    /// for the first field that is wrong.
    pub fn from_request(text: &str) -> Result<Self, Problem> {
        let request: Value = serde_json::from_str(text).map_err(|error| {
            Problem::new(
                ErrorCode::VcenterParseError,
                format!(
                    "the request is not JSON at line {} column {}; send one collector-request-v1 document",
                    error.line(),
                    error.column()
                ),
            )
        })?;
        let schema_version = text_at(&request, "/schema_version")?;
        if schema_version != SCHEMA_VERSION {
            return Err(invalid(
                "schema_version",
                &format!("is {schema_version:?}; it must be {SCHEMA_VERSION:?}"),
            ));
        }
        let source_type = text_at(&request, "/source/source_type")?;
        if source_type != "vcenter" {
            return Err(invalid(
                "source.source_type",
                &format!("is {source_type:?}; this collector accepts \"vcenter\" only"),
            ));
        }
        let empty = Map::new();
        let config = match request.pointer("/source/config") {
            Some(Value::Object(config)) => config,
            None => &empty,
            Some(_) => return Err(invalid("source.config", "must be an object")),
        };
        let endpoint = text_at(&request, "/source/config/endpoint")?
            .parse()
            .map_err(|reason: String| invalid("source.config.endpoint", &reason))?;
        let mode = mode(&request)?;
        let (username, password) = credential(&request)?;
        for pointer in ["/source/source_id", "/request/run_id", "/request/now"] {
            text_at(&request, pointer)?;
        }
        let preferred = preferred(config, mode)?;
        let settings = Settings(config);
        settings.refuse_unsupported()?;
        Ok(Config {
            endpoint,
            mode,
            username,
            password,
            preferred,
            page_size: settings.page_size()?,
            include_templates: settings.flag("include_templates")?,
            allow_empty: settings.flag("allow_empty")?,
        })
    }
}

fn invalid(field: &str, reason: &str) -> Problem {
    Problem::new(ErrorCode::VcenterConfigInvalid, format!("{field} {reason}")).with("field", field)
}

fn text_at<'r>(request: &'r Value, pointer: &str) -> Result<&'r str, Problem> {
    let field = pointer[1..].replace('/', ".");
    match request.pointer(pointer) {
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(invalid(&field, "must be a string")),
        None => Err(invalid(&field, "is missing")),
    }
}

fn mode(request: &Value) -> Result<Mode, Problem> {
    let text = text_at(request, "/request/mode")?;
    Mode::ALL
        .into_iter()
        .find(|mode| mode.as_str() == text)
        .ok_or_else(|| {
            let known = Mode::ALL.map(Mode::as_str).join(", ");
            invalid(
                "request.mode",
                &format!("is {text:?}; it must be one of {known}"),
            )
        })
}

fn credential(request: &Value) -> Result<(String, String), Problem> {
    let part = |pointer: &str| {
        let text = text_at(request, pointer)?;
        if text.is_empty() {
            return Err(invalid(&pointer[1..].replace('/', "."), "is empty"));
        }
        Ok(text.to_owned())
    };
    if request.pointer("/source/credential").is_none() {
        return Err(invalid(
            "source.credential",
            "is missing; it must hold username and password",
        ));
    }
    Ok((
        part("/source/credential/username")?,
        part("/source/credential/password")?,
    ))
}

fn preferred(config: &Map<String, Value>, mode: Mode) -> Result<Option<VersionRange>, Problem> {
    const FIELD: &str = "source.config.preferred_vcenter_version";
    let known = || {
        let known = VersionRange::ALL.map(VersionRange::as_str);
        format!("it must be one of {}", known.join(", "))
    };
    match config.get("preferred_vcenter_version") {
        None if mode.collects() => Err(invalid(
            FIELD,
            &format!("is missing, and {mode} needs it; {}", known()),
        )),
        None => Ok(None),
        Some(value) => VersionRange::ALL
            .into_iter()
            .find(|range| value.as_str() == Some(range.as_str()))
            .map(Some)
            .ok_or_else(|| invalid(FIELD, &format!("is {value}; {}", known()))),
    }
}

/// The optional keys of `source.config`; keys of others are ignored.
struct Settings<'c>(&'c Map<String, Value>);

impl Settings<'_> {
    fn flag(&self, key: &str) -> Result<bool, Problem> {
        match self.0.get(key) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(invalid(&path(key), "must be true or false")),
        }
    }

    fn page_size(&self) -> Result<u32, Problem> {
        let Some(value) = self.0.get("page_size") else {
            return Ok(PAGE_SIZE_DEFAULT);
        };
        value
            .as_u64()
            .and_then(|size| u32::try_from(size).ok())
            .filter(|size| (PAGE_SIZE_LEAST..=PAGE_SIZE_MOST).contains(size))
            .ok_or_else(|| {
                invalid(
                    &path("page_size"),
                    &format!(
                        "is {value}; it must be a whole number from {PAGE_SIZE_LEAST} to {PAGE_SIZE_MOST}"
                    ),
                )
            })
    }

    /// A setting that would change which objects are listed must never be
    /// ignored: the answer would be complete for another question.
    fn refuse_unsupported(&self) -> Result<(), Problem> {
        let asks = |key: &str| match self.0.get(key) {
            None | Some(Value::Null | Value::Bool(false)) => false,
            Some(Value::Array(items)) => !items.is_empty(),
            Some(Value::Object(fields)) => fields
                .values()
                .any(|value| value.as_array().is_none_or(|items| !items.is_empty())),
            Some(Value::String(text)) => !matches!(
                (key, text.as_str()),
                ("profile", "ledger") | ("strategy", "property_collector")
            ),
            Some(_) => true,
        };
        let unsupported = [
            "inventory_scope",
            "profile",
            "kinds",
            "deep_relationships",
            "strategy",
        ];
        match unsupported.into_iter().find(|key| asks(key)) {
            Some(key) => Err(invalid(
                &path(key),
                "asks for what this version cannot do yet; leave it out",
            )),
            None => Ok(()),
        }
    }
}

fn path(key: &str) -> String {
    format!("source.config.{key}")
}

#[cfg(test)]
mod tests {
    use super::Config;
    use serde_json::{Value, json};
    use stocktake_contract::ErrorCode;

    fn request() -> Value {
        json!({
            "schema_version": "collector-request-v1",
            "source": {
                "source_id": "s1",
                "source_type": "vcenter",
                "config": {
                    "endpoint": "https://vc.example:8443//",
                    "preferred_vcenter_version": "7.0-8.x",
                    "some_future_key": [1]
                },
                "credential": {"username": "u", "password": "p"}
            },
            "request": {"run_id": "r1", "mode": "collect", "now": "2026-01-01T00:00:00Z"}
        })
    }

    #[test]
    fn a_good_request_is_read_and_unknown_keys_are_ignored() {
        let config = Config::from_request(&request().to_string()).expect("a good request");
        assert_eq!(config.endpoint.path, "/sdk");
        assert_eq!(config.endpoint.authority, "vc.example:8443");
        assert_eq!(config.page_size, 1000);
        assert!(!format!("{config:?}").contains("password"));
    }

    #[test]
    fn a_request_that_is_not_json_is_a_parse_error() {
        let problem = Config::from_request("{\"schema_version\": ").expect_err("refused");
        assert_eq!(problem.code, ErrorCode::VcenterParseError);
    }

    #[test]
    fn each_wrong_field_is_named() {
        let cases = [
            (
                "/schema_version",
                json!("collector-request-v2"),
                "schema_version",
            ),
            ("/source/source_type", json!("aws"), "source.source_type"),
            (
                "/source/config/endpoint",
                json!("ftp://x"),
                "source.config.endpoint",
            ),
            (
                "/source/config/endpoint",
                json!(7),
                "source.config.endpoint",
            ),
            ("/request/mode", json!("destroy"), "request.mode"),
            (
                "/source/credential/username",
                json!(""),
                "source.credential.username",
            ),
            (
                "/source/credential",
                json!({}),
                "source.credential.username",
            ),
            (
                "/source/credential/password",
                Value::Null,
                "source.credential.password",
            ),
            ("/request/run_id", json!(1), "request.run_id"),
            (
                "/source/config/preferred_vcenter_version",
                json!("9"),
                "source.config.preferred_vcenter_version",
            ),
            (
                "/source/config/page_size",
                json!(0),
                "source.config.page_size",
            ),
            (
                "/source/config/page_size",
                json!(10_001),
                "source.config.page_size",
            ),
            (
                "/source/config/allow_empty",
                json!("yes"),
                "source.config.allow_empty",
            ),
            (
                "/source/config/inventory_scope",
                json!({"cluster_names": ["c"]}),
                "source.config.inventory_scope",
            ),
            (
                "/source/config/profile",
                json!("sync"),
                "source.config.profile",
            ),
        ];
        for (pointer, value, field) in cases {
            let mut request = request();
            let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
            request.pointer_mut(parent).expect("its parent")[key] = value;
            let problem = Config::from_request(&request.to_string()).expect_err(pointer);
            assert_eq!(problem.code, ErrorCode::VcenterConfigInvalid, "{pointer}");
            assert!(
                problem.message.starts_with(field),
                "{pointer}: {}",
                problem.message
            );
        }
    }

    #[test]
    fn the_checks_come_in_the_order_of_the_contract() {
        let mut request = json!({});
        for (pointer, value) in [
            ("schema_version", json!("collector-request-v1")),
            ("source", json!({"source_type": "vcenter"})),
        ] {
            let problem = Config::from_request(&request.to_string()).expect_err("incomplete");
            assert!(
                problem
                    .message
                    .contains(pointer.split('.').next().expect("a name"))
            );
            request[pointer] = value;
        }
        let problem = Config::from_request(&request.to_string()).expect_err("incomplete");
        assert_eq!(problem.message, "source.config.endpoint is missing");
    }

    #[test]
    fn only_the_collect_modes_need_a_preferred_version() {
        for (mode, needed) in [
            ("collect", true),
            ("collect_hosts", true),
            ("detect", false),
            ("healthcheck", false),
        ] {
            let mut request = request();
            request["request"]["mode"] = json!(mode);
            request["source"]["config"]
                .as_object_mut()
                .expect("an object")
                .remove("preferred_vcenter_version");
            assert_eq!(
                Config::from_request(&request.to_string()).is_err(),
                needed,
                "{mode}"
            );
        }
    }
}
