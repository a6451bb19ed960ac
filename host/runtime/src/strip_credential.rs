//! What of a request a guest is handed: everything but the credential.
//!
//! A credential that is not whole stays the guest's to refuse, by the shape of
//! what is wrong and without what was given.

use std::fmt;

use serde_json::{Map, Value};
use stocktake_contract::{Problem, request};
use zeroize::Zeroizing;

use crate::credential::Credential;
use crate::gateway::policy::is_vcenter;

/// Stands for a text that a guest must not see.
const WITHHELD: &str = "-";

/// A request as a guest is handed it, and what was taken out.
pub(crate) struct StrippedRequest {
    /// The text of a `collector-request-v1` document.
    pub(crate) request: Zeroizing<String>,
    /// What the host logs in with; `None` when the guest does, or nobody can.
    pub(crate) credential: Option<Credential>,
}

/// The request may hold the credential, when that is meant for the guest.
impl fmt::Debug for StrippedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StrippedRequest")
            .field("credential", &self.credential)
            .finish_non_exhaustive()
    }
}

impl StrippedRequest {
    /// Takes the credential out of `request`, unless it is meant for the guest:
    /// because the policy says so, or because the source is of a kind that the
    /// host cannot log in to.
    ///
    /// # Errors
    ///
    /// `VCENTER_PARSE_ERROR` for what is not JSON, in which a credential cannot be found, or
    /// holds a name twice.
    pub(crate) fn of(request: &str, credentials_to_guest: bool) -> Result<Self, Problem> {
        let mut document = request::read(request)?;
        let is_for_guest = credentials_to_guest || !is_vcenter(&document);
        let mut taken = None;
        if let Some(place) = document.pointer_mut("/source/credential") {
            let is_empty = place.as_object().is_some_and(Map::is_empty);
            if is_for_guest && !is_empty {
                let request = Zeroizing::new(request.to_owned());
                wipe(place);
                return Ok(StrippedRequest {
                    request,
                    credential: None,
                });
            }
            let given = place.take();
            match Credential::of(given) {
                Ok(credential) => {
                    credential.sendable()?;
                    taken = Some(credential);
                    *place = Value::Object(Map::new());
                }
                Err(withheld) => *place = withheld,
            }
        }
        Ok(StrippedRequest {
            request: Zeroizing::new(document.to_string()),
            credential: taken,
        })
    }
}

impl Credential {
    /// A whole credential, or what a guest is shown of one that is not.
    fn of(given: Value) -> Result<Self, Value> {
        let mut shown = Map::new();
        let mut texts = [None, None];
        if let Value::Object(mut given) = given {
            for (part, text) in ["username", "password"].into_iter().zip(&mut texts) {
                match given.remove(part) {
                    Some(Value::String(value)) if !value.is_empty() => {
                        *text = Some(Zeroizing::new(value));
                        shown.insert(part.to_owned(), WITHHELD.into());
                    }
                    Some(Value::String(value)) => drop(shown.insert(part.to_owned(), value.into())),
                    Some(mut other) => {
                        wipe(&mut other);
                        shown.insert(part.to_owned(), Value::Null);
                    }
                    None => {}
                }
            }
            wipe(&mut Value::Object(given));
        }
        if let [Some(username), Some(password)] = texts {
            return Ok(Credential {
                username: username.to_string(),
                password,
            });
        }
        // An empty one would say that the host has made the session.
        if shown.is_empty() {
            shown.insert("password".to_owned(), WITHHELD.into());
        }
        Err(Value::Object(shown))
    }
}

/// Overwrites the texts of a value that is not used any more.
fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => drop(Zeroizing::new(std::mem::take(text))),
        Value::Array(values) => values.iter_mut().for_each(wipe),
        Value::Object(fields) => fields.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use stocktake_contract::ErrorCode;

    use super::StrippedRequest;

    fn request(credential: Option<Value>) -> Value {
        let mut request = json!({
            "source": {"source_type": "vcenter", "config": {"endpoint": "https://vc.lan"}},
        });
        if let Some(credential) = credential {
            request["source"]["credential"] = credential;
        }
        request
    }

    fn handed(credential: Option<Value>, to_guest: bool) -> (Option<Value>, StrippedRequest) {
        let text = request(credential).to_string();
        let stripped = StrippedRequest::of(&text, to_guest).expect("JSON");
        let document: Value = serde_json::from_str(&stripped.request).expect("JSON");
        assert_eq!(document["source"]["config"]["endpoint"], "https://vc.lan");
        (document.pointer("/source/credential").cloned(), stripped)
    }

    #[test]
    fn the_credential_stays_with_the_host() {
        let given = json!({"username": "reader", "password": "s3cret", "token": "s3cret"});
        let (shown, stripped) = handed(Some(given), false);
        assert_eq!(shown, Some(json!({})));
        assert!(!format!("{stripped:?}").contains("s3cret"));
        let credential = stripped.credential.expect("a credential");
        assert_eq!(credential.username, "reader");
        assert_eq!(*credential.password, "s3cret");
    }

    #[test]
    fn a_credential_that_is_not_whole_is_refused_by_the_guest_who_sees_its_shape_only() {
        let without_username = json!({"password": "-"});
        for (given, shown) in [
            (json!({}), without_username.clone()),
            (json!("s3cret"), without_username.clone()),
            (json!(["s3cret"]), without_username.clone()),
            (json!({"token": "s3cret"}), without_username.clone()),
            (json!({"password": "s3cret"}), without_username),
            (json!({"username": "s3cret"}), json!({"username": "-"})),
            (
                json!({"username": "", "password": "s3cret"}),
                json!({"username": "", "password": "-"}),
            ),
            (
                json!({"username": "s3cret", "password": ["s3cret"]}),
                json!({"username": "-", "password": null}),
            ),
        ] {
            let (told, stripped) = handed(Some(given.clone()), false);
            assert_eq!(told, Some(shown), "{given}");
            assert!(stripped.credential.is_none(), "{given}");
        }
        assert_eq!(handed(None, false).0, None);
    }

    #[test]
    fn a_guest_that_logs_in_is_given_the_request_as_it_is() {
        let given = json!({"username": "reader", "password": "s3cret"});
        let (shown, stripped) = handed(Some(given.clone()), true);
        assert_eq!(shown, Some(given));
        assert!(stripped.credential.is_none());
        assert_eq!(
            handed(Some(json!({})), true).0,
            Some(json!({"password": "-"}))
        );
        let other = r#"{"source":{"source_type":"proxmox","credential":{"token":"t"}}}"#;
        let stripped = StrippedRequest::of(other, false).expect("JSON");
        assert_eq!(*stripped.request, other);
    }

    #[test]
    fn what_is_not_json_is_handed_to_nobody() {
        let text = "{\"source\":{\"credential\":{\"password\":\"s3cret\"}}";
        let problem = StrippedRequest::of(text, false).expect_err("not JSON");
        assert_eq!(problem.code, ErrorCode::VcenterParseError);
        assert!(!problem.message.contains("s3cret"));
    }
}
