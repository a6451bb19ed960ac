//! `collector-request-v1` as this collector reads it: field by field, so that
//! each mistake is reported with its field.

use serde_json::{Map, Value};
use stocktake_contract::normalized::Kind;
use stocktake_contract::request::{self, Mode, Profile, SCHEMA_VERSION, Strategy};
use stocktake_contract::{ErrorCode, Problem};

use crate::endpoint::Endpoint;
use crate::scope::Scope;
use crate::version::VersionRange;

use settings::Settings;

mod settings;
#[cfg(test)]
mod tests;

/// The validated request of a run.
pub struct Config {
    /// The endpoint of the vCenter.
    pub endpoint: Endpoint,
    /// What to do.
    pub mode: Mode,
    /// The credential; `None` when the host logs in.
    pub credential: Option<Credential>,
    /// The version range of the ledger; always set in the collect modes.
    pub preferred: Option<VersionRange>,
    /// The requested part of the inventory; everything when empty.
    pub scope: Scope,
    /// Which properties are read.
    pub profile: Profile,
    /// Read tags, over the Automation API.
    pub tags: bool,
    /// Extended kinds that are emitted besides the ledger's.
    pub kinds: Vec<Kind>,
    /// Read the hosts and VMs of datastores and networks too.
    pub deep_relationships: bool,
    /// Whole pages or one call per object.
    pub strategy: Strategy,
    /// Objects per page.
    pub page_size: u32,
    /// Emit VM templates as VMs.
    pub include_templates: bool,
    /// An empty inventory is not an error.
    pub allow_empty: bool,
    /// A root folder that the account may not read is an error.
    pub require_root: bool,
}

/// How to log in. Its `Debug` shows no password.
pub struct Credential {
    /// The account.
    pub username: String,
    /// Its password.
    pub password: String,
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credential")
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
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
        let request = request::read(text)?;
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
        let credential = credential(&request)?;
        for pointer in ["/source/source_id", "/request/run_id", "/request/now"] {
            text_at(&request, pointer)?;
        }
        let preferred = preferred(config, mode)?;
        let settings = Settings(config);
        let profile = settings.one_of("profile", &Profile::ALL, Profile::as_str)?;
        Ok(Config {
            endpoint,
            mode,
            credential,
            preferred,
            scope: settings.scope()?,
            profile,
            tags: settings.tags(profile)?,
            kinds: settings.kinds()?,
            deep_relationships: settings.flag("deep_relationships")?,
            strategy: settings.one_of("strategy", &Strategy::ALL, Strategy::as_str)?,
            page_size: settings.page_size()?,
            include_templates: settings.flag("include_templates")?,
            allow_empty: settings.flag("allow_empty")?,
            require_root: settings.flag("require_root")?,
        })
    }
}

impl Config {
    /// Whether the root folder has to be checked.
    pub(crate) fn asks_for_root(&self) -> bool {
        self.mode.collects() && (self.require_root || self.scope.is_everything())
    }

    /// Refuses a request without a credential.
    pub(crate) fn with_credential(self) -> Result<Self, Problem> {
        match self.credential {
            Some(_) => Ok(self),
            None => Err(invalid(
                "source.credential",
                "is empty; it must hold username and password where no host makes the session",
            )),
        }
    }

    /// The account for messages.
    #[must_use]
    pub fn account(&self) -> &str {
        let credential = self.credential.as_ref();
        credential.map_or("the account", |credential| &credential.username)
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

/// An empty credential means that the host logs in.
fn credential(request: &Value) -> Result<Option<Credential>, Problem> {
    let part = |pointer: &str| {
        let text = text_at(request, pointer)?;
        if text.is_empty() {
            return Err(invalid(&pointer[1..].replace('/', "."), "is empty"));
        }
        if let Some(reason) = request::Credential::unsendable(text) {
            let field = pointer[1..].replace('/', ".");
            return Err(invalid(&field, &format!("{reason}; change it")));
        }
        Ok(text.to_owned())
    };
    match request.pointer("/source/credential") {
        None => {
            return Err(invalid(
                "source.credential",
                "is missing; it must hold username and password",
            ));
        }
        Some(Value::Object(credential)) if credential.is_empty() => return Ok(None),
        Some(_) => {}
    }
    Ok(Some(Credential {
        username: part("/source/credential/username")?,
        password: part("/source/credential/password")?,
    }))
}

fn preferred(config: &Map<String, Value>, mode: Mode) -> Result<Option<VersionRange>, Problem> {
    const FIELD: &str = "source.config.preferred_vcenter_version";
    let known = || format!("it must be one of {}", VersionRange::list());
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
