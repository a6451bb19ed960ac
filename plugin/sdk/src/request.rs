//! The request of a run, validated in the order of the contract: the first mistake is reported
//! by the name of its field. Unknown keys are ignored.

use std::fmt;

use serde_json::{Map, Value};
use stocktake_contract::request::{
    Credential, Mode, PAGE_SIZE_DEFAULT, PAGE_SIZE_LEAST, PAGE_SIZE_MOST, SCHEMA_VERSION, read,
};
use stocktake_contract::{ErrorCode, Problem};

use crate::endpoint::Endpoint;
use crate::source::Source;

/// A validated request.
pub struct Request {
    /// Where the source is.
    pub endpoint: Endpoint,
    /// The mode.
    pub mode: Mode,
    /// How to log in; neither part is empty.
    pub credential: Credential,
    /// Objects per page.
    pub page_size: u32,
    /// An empty inventory is not an error.
    pub allow_empty: bool,
    /// All of `source.config`, with the settings of this source.
    pub config: Map<String, Value>,
}

/// The settings of a source may be secrets, so they are not shown.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("endpoint", &self.endpoint)
            .field("mode", &self.mode)
            .finish_non_exhaustive()
    }
}

impl Request {
    /// Reads a request to the collector of `S`.
    ///
    /// # Errors
    ///
    /// `VCENTER_PARSE_ERROR` when it is not JSON, else `VCENTER_CONFIG_INVALID` for the first
    /// field that is wrong.
    pub fn read<S: Source>(text: &str) -> Result<Self, Problem> {
        let request = read(text)?;
        one_of(&request, "schema_version", &[SCHEMA_VERSION])?;
        one_of(&request, "source.source_type", &[S::NAME])?;
        let config = match at(&request, "source.config") {
            Some(Value::Object(config)) => config.clone(),
            None => Map::new(),
            Some(_) => return Err(invalid("source.config", "must be an object")),
        };
        let endpoint = "source.config.endpoint";
        let endpoint = text_at(&request, endpoint)?
            .parse()
            .map_err(|reason| invalid(endpoint, reason))?;
        let modes: Vec<&str> = S::MODES.iter().map(|mode| mode.as_str()).collect();
        let mode = S::MODES[one_of(&request, "request.mode", &modes)?];
        let credential = credential(&request)?;
        for field in ["source.source_id", "request.run_id", "request.now"] {
            text_at(&request, field)?;
        }
        Ok(Request {
            endpoint,
            mode,
            credential,
            page_size: page_size(&config)?,
            allow_empty: flag(&config, "allow_empty")?,
            config,
        })
    }
}

/// An invalid request or setting: the field, and the cure.
#[must_use]
pub fn invalid(field: &str, reason: &str) -> Problem {
    Problem::new(ErrorCode::VcenterConfigInvalid, format!("{field} {reason}")).with("field", field)
}

fn at<'r>(request: &'r Value, field: &str) -> Option<&'r Value> {
    request.pointer(&format!("/{}", field.replace('.', "/")))
}

fn text_at<'r>(request: &'r Value, field: &str) -> Result<&'r str, Problem> {
    match at(request, field) {
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(invalid(field, "must be a string")),
        None => Err(invalid(field, "is missing")),
    }
}

/// The position of the text among the known ones.
fn one_of(request: &Value, field: &str, known: &[&str]) -> Result<usize, Problem> {
    let text = text_at(request, field)?;
    let position = known.iter().position(|known| *known == text);
    position.ok_or_else(|| {
        let known = known.join(", ");
        invalid(field, &format!("is {text:?}; it must be one of {known}"))
    })
}

fn credential(request: &Value) -> Result<Credential, Problem> {
    let part = |field| match text_at(request, field)? {
        "" => Err(invalid(field, "is empty")),
        text => Ok(text.to_owned()),
    };
    let field = "source.credential";
    match at(request, field) {
        Some(Value::Object(credential)) if !credential.is_empty() => Ok(Credential {
            username: part("source.credential.username")?,
            password: part("source.credential.password")?,
        }),
        // Empty, it means that the host logs in, which it cannot for this source.
        _ => Err(invalid(field, "must hold username and password")),
    }
}

fn page_size(config: &Map<String, Value>) -> Result<u32, Problem> {
    let Some(value) = config.get("page_size") else {
        return Ok(PAGE_SIZE_DEFAULT);
    };
    let size = value.as_u64().and_then(|size| u32::try_from(size).ok());
    size.filter(|size| (PAGE_SIZE_LEAST..=PAGE_SIZE_MOST).contains(size))
        .ok_or_else(|| {
            let range = format!("must be a number from {PAGE_SIZE_LEAST} to {PAGE_SIZE_MOST}");
            invalid("source.config.page_size", &range)
        })
}

fn flag(config: &Map<String, Value>, name: &str) -> Result<bool, Problem> {
    match config.get(name) {
        None => Ok(false),
        Some(Value::Bool(value)) => Ok(*value),
        Some(_) => Err(invalid(
            &format!("source.config.{name}"),
            "must be true or false",
        )),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use stocktake_contract::ErrorCode;

    use super::Request;
    use crate::run::fake::{self, Fake};

    #[test]
    fn a_sound_request_is_read() {
        let mut request = fake::request();
        request["source"]["config"]["allow_empty"] = true.into();
        request["source"]["config"]["rack"] = "7".into();
        let read = Request::read::<Fake>(&request.to_string()).expect("a valid request");
        assert_eq!(read.endpoint.to_string(), "https://inventory.example");
        assert_eq!(read.credential.password, "t0ken");
        assert_eq!((read.page_size, read.allow_empty), (1000, true));
        assert_eq!(read.config["rack"], "7");
        assert!(!format!("{read:?}").contains("t0ken"));
    }

    #[test]
    fn what_is_not_json_is_a_parse_error() {
        for text in ["", "{", "[]]", r#"{"a":1,"a":2}"#] {
            let problem = Request::read::<Fake>(text).expect_err(text);
            assert_eq!(problem.code, ErrorCode::VcenterParseError);
        }
    }

    #[test]
    fn the_first_mistake_is_reported_by_the_name_of_its_field() {
        let mistakes = [
            ("/schema_version", json!("collector-request-v2")),
            ("/source/source_type", json!("other")),
            ("/source/config/endpoint", json!("https://host/path")),
            ("/request/mode", json!("collect_vms")),
            ("/source/credential", json!({})),
            ("/source/source_id", json!(1)),
            ("/source/config/page_size", json!(10_001)),
            ("/source/config/allow_empty", json!("yes")),
        ];
        let mut request = fake::request();
        for (pointer, wrong) in mistakes.iter().rev() {
            let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
            let parent = request.pointer_mut(parent).and_then(Value::as_object_mut);
            parent
                .expect(pointer)
                .insert((*key).to_owned(), wrong.clone());
            let problem = Request::read::<Fake>(&request.to_string()).expect_err(pointer);
            assert_eq!(problem.code, ErrorCode::VcenterConfigInvalid);
            let field = pointer[1..].replace('/', ".");
            assert!(problem.message.starts_with(&field), "{field}: {problem}");
        }
    }
}
